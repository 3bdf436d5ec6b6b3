"""A container as the outer box: its command line, and a worker's whole way through the relay with an engine made up here."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
import torch

from autograder import isolation_box, isolation_container, isolation_levels
from autograder.assignment import load_assignment
from autograder.course import Course
from autograder.grade import Options, grade
from autograder.isolation import BrokenPromise, IsolationError, Limits
from autograder.isolation_container import containerfile, run_command
from autograder.isolation_levels import Trial, choose, why_not
from autograder.isolation_memory import tree
from autograder.isolation_promises import PROMISES, probe_level
from autograder.isolation_trunk import Trunk
from autograder.new_assignment import new_assignment
from autograder.notebooks import to_ipynb
from autograder.sandbox import Box
from autograder.student import StudentFault
from tests.autograder.engine import IMAGE, install, parsed
from tests.course.demo_class import ClassMaker

LIMITS = Limits(cpu_seconds=1, wall_seconds=3, memory_mb=500, processes=16, disk_mb=48, value_mb=16, output_kib=64)
IMPORTS = "import os, signal, socket, sys, threading, time\nimport numpy as np\nfrom pathlib import Path\n"
needs_bubblewrap = pytest.mark.skipif(sys.platform != "linux" or isolation_box.bubblewrap() is None,
                                      reason="the engine made up here keeps its limits with bubblewrap")


@pytest.fixture(autouse=True)
def fresh_answers():
    """What was found out about one PATH says nothing about another."""
    caches = (isolation_container._choose, isolation_levels.tried)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A PATH with the engine on it, for the whole module."""
    folder = tmp_path_factory.mktemp("engine")
    with pytest.MonkeyPatch.context() as patch:
        told = install(folder)
        patch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        patch.delenv("AUTOGRADER_IMAGE", raising=False)
        yield told


@pytest.fixture(scope="module", params=["with Landlock", "without Landlock"])
def box(path, request):
    """Not every kernel that containers run on has Landlock: the box must hold without it."""
    if sys.platform != "linux" or isolation_box.bubblewrap() is None:
        pytest.skip("the engine made up here keeps its limits with bubblewrap")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without Landlock":
            patch.setattr(Box, "_config", lambda self, plain=Box._config: plain(self) | {"landlock": False})
        with Box("L2d", preload=("torch", "numpy"), limits=LIMITS) as box:
            yield box


def attack(box: Box, source: str, call: bool = True) -> tuple[object, StudentFault | None]:
    worker = box.worker(1)
    try:
        worker.run(IMPORTS, "imports")
        worker.run(source, "hostile")
        return (worker.student.f() if call else None), None
    except StudentFault as fault:
        return None, fault
    finally:
        worker.close()


def assert_honest(box: Box) -> None:
    worker = box.worker(1)
    try:
        assert worker.run("import numpy as np\ndef honest(x):\n    print('thinking')\n    return (x @ x.T).sum()", "honest") == []
        assert float(worker.student.honest(torch.ones(3, 2))) == 18
        assert worker.output().stdout == "thinking\n"
    finally:
        worker.close()


@pytest.mark.parametrize("engine", ["podman", "docker"])
def test_the_command_line_leaves_nothing_open(engine, tmp_path):
    command = run_command(f"/usr/bin/{engine}", "box-1", tmp_path, ["/course/packages"], Limits(memory_mb=2048, disk_mb=64))
    assert command[:2] == [f"/usr/bin/{engine}", "run"]
    options, inner = parsed(command[2:])
    single = {name: values[0] for name, values in options.items() if len(values) == 1}
    assert single["--network"] == "none"
    assert single["--ipc"] == "none"
    assert single["--cap-drop"] == "ALL"
    assert single["--security-opt"] == "no-new-privileges"
    assert single["--user"].split(":")[0] not in ("0", "root")
    assert single["--pull"] == "never"
    assert single["--log-driver"] == "none"
    assert {"--read-only", "--rm", "--interactive"} <= set(options)
    assert single["--memory"] == single["--memory-swap"] == f"{2048 + isolation_container.OWN_MEMORY_MB}m"
    assert int(single["--pids-limit"]) == Limits().processes + isolation_container.OWN_PROCESSES
    scratch, mount = single["--tmpfs"].split(":")
    assert scratch == "/scratch"
    assert {"size=64m", "nr_inodes=2048", "noexec", "nosuid", "nodev"} <= set(mount.split(","))
    assert options["--volume"] == [f"{tmp_path}:/box:ro,z", "/course/packages:/path/0:ro,z"]
    assert inner == [IMAGE, "-s", "-P", "/box/isolation_relay.py"]
    environment = dict(pair.split("=", 1) for pair in options["--env"])
    assert environment["OMP_NUM_THREADS"] == "1"
    assert not any("TOKEN" in name or ("HOME" in name and value != "/scratch") for name, value in environment.items())
    assert ("--read-only-tmpfs=false" in options) is (engine == "podman")
    assert not {"--privileged", "--cap-add", "--device", "--publish", "--pid", "--env-file"} & set(options)


def test_a_path_with_a_colon_is_refused_rather_than_read_as_two(tmp_path):
    with pytest.raises(IsolationError, match="without a colon"):
        run_command("podman", "box-1", tmp_path, ["/a:/etc"], LIMITS)


def test_the_image_holds_the_versions_of_this_grader():
    from importlib.metadata import version

    text = containerfile()
    assert f"python:{sys.version_info.major}.{sys.version_info.minor}-slim" in text
    assert f"numpy=={version('numpy')}" in text
    assert f"torch=={version('torch').partition('+')[0]}" in text
    assert "+cpu" not in text
    assert "hippo" not in text
    assert "\nUSER 65534:65534" in text


@pytest.mark.parametrize(("set_up", "reason"), [
    (lambda folder: None, "neither podman nor docker is installed"),
    (lambda folder: install(folder, image="another"), "podman has no image autograder-box: make it with `autograder doctor --containerfile | podman build"),
    (lambda folder: ((folder / "docker").write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n"),
                     (folder / "docker").chmod(0o755)), "docker is installed, but its service does not run"),
])
def test_without_engine_or_image_the_level_is_not_offered_and_the_cure_is_said(monkeypatch, tmp_path, set_up, reason):
    set_up(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reason in why_not("L2d")
    with pytest.raises(IsolationError, match="L2d cannot be kept here"):
        choose("L2d", trust=False)


def test_an_image_may_be_named_and_the_first_engine_that_has_it_is_taken(monkeypatch, tmp_path):
    install(tmp_path, "podman", image="another")
    install(tmp_path, "docker", image="course-box:2")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AUTOGRADER_IMAGE", "course-box:2")
    assert isolation_container.engine() == str(tmp_path / "docker")
    assert run_command("docker", "b", tmp_path, [], LIMITS)[-4] == "course-box:2"


@needs_bubblewrap
def test_every_promise_is_kept_in_a_container(path):
    assert why_not("L2d") == ""
    rows = probe_level("L2d")
    assert len(rows) == len(PROMISES)
    expected = {True} if os.geteuid() == 0 else {True, False}  # only root can count processes without an engine
    assert {row.kept for row in rows} <= expected, rows


@needs_bubblewrap
def test_a_container_comes_before_bare_filters_and_after_bubblewrap(path, monkeypatch):
    # only the level asked about is tried: a box at each would take long
    monkeypatch.setattr("autograder.isolation_box.bubblewrap", lambda: None)
    asked = []
    monkeypatch.setattr("autograder.isolation_levels.tried", lambda level: asked.append(level) or Trial({"L3": "no"}.get(level, "")))
    assert choose(None, trust=False) == "L2d"
    assert list(dict.fromkeys(asked)) == ["L3", "L2d"]


def test_an_honest_answer_comes_back(box):
    assert box.level == "L2d"
    assert_honest(box)


def test_large_values_cross_both_ways(box):
    worker = box.worker(1)
    try:
        worker.run("import numpy as np\ndef f(x):\n    return x * 2", "cell")
        x = torch.arange(1 << 20, dtype=torch.float64)
        assert torch.equal(worker.student.f(x), x * 2)
    finally:
        worker.close()


def test_output_is_cut_and_counted_and_both_streams_come_apart(box):
    worker = box.worker(1)
    try:
        worker.run("import sys\nprint('o' * 1_000_000)\nprint('e', file=sys.stderr)", "cell")
        output = worker.output()
        assert (output.stdout, output.stderr) == ("o" * (64 << 10), "e\n")
        assert output.discarded == 1_000_001 - (64 << 10)
    finally:
        worker.close()


@pytest.mark.parametrize(("source", "code"), [
    ("os._exit(0)", "crashed"),
    ("def f():\n    while True: pass", "timeout"),
    ("def f():\n    time.sleep(60)", "timeout"),
    ("def f():\n    while True: print('x' * 1000)", "timeout"),
    ("def f():\n    held = [np.ones(2**22) for _ in range(64)]\n    return 1", "memory"),
    ("def f():\n  for _ in range(6):\n    if os.fork() == 0:\n      x = np.ones(20 * 2**20)\n      time.sleep(9)\n  time.sleep(9)", "memory"),
    ("def f():\n  while True:\n    try: os.fork()\n    except OSError: pass", "timeout"),
    ("def f():\n    for n in range(3, 256):\n        try: os.write(n, bytes(64))\n        except OSError: pass\n    time.sleep(9)", "protocol"),
], ids=lambda v: v.replace("\n", " ")[:30])
def test_hostile_code_earns_a_fault_and_the_next_question_is_answered(box, source, code):
    _, fault = attack(box, source)
    assert fault is not None
    assert fault.code == code
    assert_honest(box)


def test_the_relay_cannot_be_ended_from_inside_and_without_its_zygote_the_box_starts_anew(box):
    _, fault = attack(box, "def f():\n    for n in (9, 15, 19, 2):\n        try: os.kill(1, n)\n        except OSError: pass\n"
                           "    time.sleep(0.2)\n    return 1")
    assert fault is None
    assert_honest(box)
    attack(box, "def f():\n    for pid in range(2, 99):\n        try: pid == os.getpid() or os.kill(pid, 9)\n"
                "        except OSError: pass\n    time.sleep(0.2)")
    assert_honest(box)


def test_nothing_of_one_question_waits_for_the_next(box):
    daemon = ("def f():\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            time.sleep(60)\n"
              "        os._exit(0)\n    os.wait()\n    Path('left').write_text('x')\n    os.mkdir('closed')\n    os.chmod('closed', 0)\n"
              "    for _ in range(1500):\n        os.mkdir('d')\n        os.chdir('d')\n    return 1")
    value, fault = attack(box, daemon)
    assert (value, fault) == (1, None)
    inside = [pid for pid in tree(box._trunk._client.pid) if Path(f"/proc/{pid}/stat").exists()
              and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"]
    assert len(inside) <= 4  # the client, the relay and the zygote
    value, fault = attack(box, "def f():\n    return os.listdir('.'), os.listdir('/scratch')")
    assert fault is None
    assert value[0] == []
    assert [name for name in value[1] if not name.startswith("fontlist")] == [f"work-{box._trunk._numbers.__reduce__()[1][0] - 1}"]


def test_the_limits_of_the_scratch_space_are_those_asked_for(box):
    value, fault = attack(box, "def f():\n    out = []\n    for attempt in (lambda: [open(f'{i}', 'wb').write(bytes(1 << 20)) for i in range(60)],"
                          "\n                    lambda: [open(f'f{i}', 'w').close() for i in range(5000)]):\n        try:\n            attempt()\n"
                          "        except OSError as error:\n            out.append(error.errno)\n"
                          "        [os.unlink(name) for name in os.listdir('.')]\n    return out")
    assert (value, fault) == ([28, 28], None)


def test_one_process_cannot_even_reserve_more_memory_than_it_may_use(box):
    """At once, before any watchdog looks."""
    assert attack(box, f"def f():\n    try:\n        return len(bytearray({LIMITS.memory_mb + 64} << 20))\n"
                       "    except MemoryError:\n        return 'refused'") == ("refused", None)


def test_closing_ends_the_container(path):
    if isolation_box.bubblewrap() is None:
        pytest.skip("needs bubblewrap")
    with Box("L2d", limits=LIMITS) as box:
        client = box._trunk._client
        everything = tree(client.pid)
        assert len(everything) >= 3
    assert client.poll() is not None
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in everything):
        time.sleep(0.02)
    assert not [pid for pid in everything if Path(f"/proc/{pid}").exists()]
    called = [json.loads(line) for line in path.read_text().splitlines()]
    assert "kill" not in [arguments[0] for arguments in called]


@needs_bubblewrap
@pytest.mark.parametrize("sabotage", ["shm"])
def test_an_engine_that_does_not_keep_a_promise_is_not_used(monkeypatch, tmp_path, sabotage):
    install(tmp_path, sabotage=sabotage)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    # without Landlock, which would deny it a second time
    monkeypatch.setattr(Box, "_config", lambda self, plain=Box._config: plain(self) | {"landlock": False})
    with pytest.raises(BrokenPromise, match=r"nothing is written outside.*/dev/shm"):
        choose("L2d", trust=False)


@needs_bubblewrap
def test_an_image_with_other_versions_or_with_the_answers_is_refused(path, monkeypatch, tmp_path):
    monkeypatch.setattr("autograder.isolation_container.versions", lambda: {"python": "3.11", "numpy": "1.0"})
    with pytest.raises(IsolationError, match=r"holds numpy .*, the grader 1\.0: make it again with"), Box.at("L2d"):
        pass
    monkeypatch.undo()
    folder = tmp_path / "packages"
    (folder / "hippo").mkdir(parents=True)
    monkeypatch.setattr("autograder.isolation_box.MASKED", ("numpy",))
    monkeypatch.setenv("PATH", str(path.parent) + ":/usr/bin:/bin")
    with pytest.raises(IsolationError, match="the image holds the package numpy"), Box.at("L2d"):
        pass


@pytest.mark.slow
@needs_bubblewrap
@pytest.mark.course
def test_a_submission_is_graded_in_a_container_and_the_record_says_so(path, tmp_path):
    new_assignment("tiny", tmp_path / "solutions")
    assignment = load_assignment("tiny", tmp_path / "solutions")
    handed_in = tmp_path / "submitted" / "ann" / "tiny" / "tiny.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text(to_ipynb(ClassMaker(assignment).solved()))
    summary = grade(assignment, Course(tmp_path), Options(jobs=1, level="L2d"))
    (record,) = Course(tmp_path).records("tiny")
    assert (summary.level, record.isolation, record.status) == ("L2d", "L2d", "graded")
    assert record.score == sum(q.auto for q in assignment.manifest.question)


@needs_bubblewrap
def test_a_frame_that_no_relay_sends_ends_the_container(path, tmp_path):
    trunk = Trunk.__new__(Trunk)
    read, write = os.pipe()
    os.set_blocking(read, False)
    trunk._from, trunk._received, trunk._lines, trunk.gone = read, bytearray(), {}, False
    os.write(write, b"D" + (1).to_bytes(4, "little") + (2**31).to_bytes(4, "little"))
    trunk.take()
    assert trunk.gone
    os.close(read)
    os.close(write)
