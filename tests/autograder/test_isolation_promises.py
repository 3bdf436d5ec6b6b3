"""A promised denial that does not happen stops grading: each promise is broken on purpose, in every layer that keeps it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import isolation_box, isolation_levels
from autograder.assignment import load_assignment
from autograder.cli import app
from autograder.course import Course
from autograder.grade import Options, grade
from autograder.isolation import BrokenPromise, IsolationError
from autograder.isolation_levels import LEVELS, Trial, choose, why_not
from autograder.isolation_memory import MemoryGroup
from autograder.isolation_promises import PROMISES, every_promise_is_kept
from autograder.new_assignment import new_assignment
from autograder.sandbox import Box

pytestmark = pytest.mark.skipif(sys.platform != "linux" or bool(why_not("L3")),
                                reason="this machine keeps no L3: " + (why_not("L3") if sys.platform == "linux" else ""))

NO_FILTERS = {"landlock": False, "seccomp": False}


@pytest.fixture(autouse=True)
def fresh():
    isolation_levels.tried.cache_clear()
    yield
    isolation_levels.tried.cache_clear()


@pytest.fixture
def without(monkeypatch):
    """Leave out a layer: words of bubblewrap's command line, what the zygote is told, lines of the scripts inside."""
    command, config, stage = isolation_box.bubblewrap_command, Box._config, isolation_box.stage

    def leave_out(words=(), told=None, scripts=None, instead=()):
        def changed(*args):
            made = command(*args)
            for phrase in words:
                places = [i for i in range(len(made)) if made[i:i + len(phrase)] == list(phrase)]
                assert places, phrase
                for place in reversed(places):
                    del made[place:place + len(phrase)]
            end = made.index("--remount-ro", len(made) - 9)
            return [*made[:end], *instead, *made[end:]]

        def staged():
            folder, lock = stage()
            for name, pairs in (scripts or {}).items():
                text = (folder / name).read_text()
                for old, new in pairs:
                    assert old in text, old
                    text = text.replace(old, new)
                (folder / name).write_text(text)
            return folder, lock

        monkeypatch.setattr(isolation_box, "bubblewrap_command", changed)
        monkeypatch.setattr(isolation_box, "stage", staged)
        monkeypatch.setattr(Box, "_config", lambda self: config(self) | (told or {}))

    return leave_out


def no_group(monkeypatch):
    monkeypatch.setattr(MemoryGroup, "open", classmethod(lambda cls, limit_mb, pid=None: None))
    monkeypatch.setattr("autograder.isolation_process.memory_bytes", lambda pids, enough: 0)


SHM = ("--size", "4096", "--tmpfs", "/dev/shm", "--remount-ro", "/dev/shm")
BROKEN = {
    "nothing is written outside": {"words": [SHM], "instead": ["--perms", "1777", "--tmpfs", "/dev/shm"], "told": NO_FILTERS},
    "no connection is made": {"words": [("--unshare-net",)], "told": NO_FILTERS},
    "files outside cannot be read": {"words": [("--symlink", "/scratch", "/tmp")], "instead": ["--ro-bind", "/tmp", "/tmp"]},
    "other processes are out of reach": {
        "words": [("--unshare-pid",)],
        "scripts": {"isolation_confine.py": [("_NEWNS | _NEWPID | _NEWIPC", "_NEWNS | _NEWIPC")]}},
    "no socket and no namespace can be made": {"told": {"seccomp": False}},
    "the number of processes is limited": {"told": {"processes": None, "required_limits": []}},
    "scratch space is limited": {"scripts": {"isolation_confine.py": [("size={disk_mb}m,", "")]}},
    "the number of files is limited": {
        "scripts": {"isolation_confine.py": [(",nr_inodes={disk_mb * INODES_PER_MIB}", "")]}},
    "memory is limited": {"told": {"memory_bytes": 1 << 45}},
    "memory is limited for all processes together": {},
}


def test_every_promise_is_broken_here_once():
    assert set(BROKEN) == {promise.promise for promise in PROMISES}


@pytest.mark.parametrize("promise", BROKEN)
def test_a_denial_that_does_not_happen_is_refused_by_name(promise, without, monkeypatch):
    if "/tmp" in sys.prefix and promise == "files outside cannot be read":
        pytest.skip("here the box shows /tmp as it is")
    if promise.startswith("memory"):
        no_group(monkeypatch)
    without(**BROKEN[promise])
    with pytest.raises(BrokenPromise) as error:
        choose(None, trust=True)
    said = error.value.message
    assert said.startswith(f"isolation L3 promises that {promise}, but student code managed this: ")
    assert "To cure it: " in said
    assert "--isolation L2" in said  # the way out is a person's choice, never a silent one
    assert "\n" not in said


@pytest.mark.parametrize("layer", [
    {"words": [SHM], "instead": ["--perms", "1777", "--tmpfs", "/dev/shm"]},
    {"words": [("--unshare-net",)]},
    {"told": {"landlock": False}},
], ids=["a writable /dev/shm", "the network of this machine", "no Landlock"])
def test_where_one_layer_is_missing_another_still_denies(layer, without):
    without(**layer)
    every_promise_is_kept("L3")


def test_grading_refuses_and_nothing_is_written(tmp_path, monkeypatch):
    """In the slot's own process, where the box is opened."""
    new_assignment("tiny", tmp_path / "solutions")
    assignment = load_assignment("tiny", tmp_path / "solutions")
    handed_in = tmp_path / "submitted" / "ann" / "tiny" / "tiny.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("{}")
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "from autograder.sandbox import Box\n"
        "plain = Box._config\n"
        "Box._config = lambda self: plain(self) | {'processes': None, 'required_limits': []}\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(isolation_box.__file__).parents[1]}")
    with pytest.raises(Exception, match="isolation L3 promises that the number of processes is limited") as error:
        grade(assignment, Course(tmp_path), Options(jobs=1))
    assert getattr(error.value, "exit_code", 0) == 3
    assert not list(tmp_path.glob("records/*/*.json"))


def test_a_missing_level_gives_way_but_a_broken_one_does_not(monkeypatch):
    trials = {"L3": Trial("bubblewrap is not installed"), "L2d": Trial("no engine"), "L2": Trial(""), "L1": Trial("")}
    monkeypatch.setattr(isolation_levels, "tried", trials.__getitem__)
    assert choose(None, trust=False) == "L2"
    trials["L2"] = Trial("isolation L2 promises that x", broken=True)
    with pytest.raises(BrokenPromise, match="isolation L2 promises that x"):
        choose(None, trust=True)
    trials["L2"] = Trial("the kernel has no Landlock")
    assert choose(None, trust=True) == "L1"
    with pytest.raises(IsolationError, match="pass --trust-submissions"):
        choose(None, trust=False)
    with pytest.raises(IsolationError, match=r"L3 cannot be kept here .bubblewrap is not installed"):
        choose("L3", trust=True)


def doctor(*options: str):
    result = CliRunner().invoke(app, ["doctor", "--json", *options])
    return result.exit_code, json.loads(result.stdout)


def test_doctor_shows_a_broken_promise_with_its_cure_instead_of_refusing(without):
    without(**BROKEN["the number of files is limited"])
    code, said = doctor()
    assert code == 1
    assert (said["level"], said["ok"]) == ("L3", False)
    (row,) = [row for row in said["promises"] if not row["kept"]]
    assert row["promise"] == "the number of files is limited"
    assert row["result"].startswith("not denied: ")
    assert row["cure"]


def test_doctor_names_what_is_missing_for_each_higher_level(monkeypatch):
    monkeypatch.setattr("autograder.isolation_box.bubblewrap", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("autograder.isolation_container._choose", lambda *a: ("", "neither podman nor docker is installed"))
    code, said = doctor("--isolation", "L1", "--trust-submissions")
    assert code == 0
    assert said["level"] == "L1"
    assert list(said["missing"]) == ["L3", "L2d", "L2"]
    assert "apt install bubblewrap" in said["missing"]["L3"]
    assert "--containerfile" in said["missing"]["L2d"]
    assert {row["promise"] for row in said["promises"]} == set(BROKEN)
    denied = [row for row in said["promises"] if row["result"].startswith("not promised at L1")]
    assert all(row["cure"] for row in denied)
    assert len(denied) >= 4


def test_doctor_prints_what_an_image_is_built_from_and_nothing_else():
    result = CliRunner().invoke(app, ["doctor", "--containerfile"])
    assert result.exit_code == 0
    assert result.stdout.startswith("#")
    assert "FROM docker.io/library/python:" in result.stdout


def test_doctor_refuses_a_level_that_there_is_not():
    result = CliRunner().invoke(app, ["doctor", "--isolation", "L9"])
    assert isinstance(result.exception, Exception)
    assert "choose one of " + ", ".join(LEVELS) in str(result.exception)


LONELY = """
from autograder.isolation import IsolationError
from autograder.sandbox import Box
for level in ("L3", "L2"):
    try:
        with Box.at(level):
            print("started")
    except IsolationError as error:
        print(error.message)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="root of this machine makes a root without other users")
def test_1_root_without_a_spare_user_is_refused():
    """In a user namespace that knows root alone, as in some containers."""
    root = Path(isolation_box.__file__).parents[1]
    found = subprocess.run(["unshare", "--user", "--map-root-user", sys.executable, "-c", LONELY], cwd=root, capture_output=True,
                           text=True, timeout=60, check=False)
    if "unshare" in found.stderr:
        pytest.skip(found.stderr)
    l3, l2 = found.stdout.splitlines()
    assert l3.startswith("started as root, but here is no other user that student code could run as")
    assert "started as root" in l2


def test_1_a_spare_user_is_taken_from_what_the_namespace_knows(monkeypatch, tmp_path):
    from autograder import isolation_user

    file = tmp_path / "uid_map"
    monkeypatch.setattr(isolation_user, "_UID_MAP", file)
    file.write_text("         0          0 4294967295\n")
    assert isolation_user.spare_uid() >= 0x70000000
    file.write_text("         0     100000      65536\n")
    found = {isolation_user.spare_uid() for _ in range(16)}
    assert len(found) == 16
    assert all(60578 <= uid < 61184 for uid in found)
    file.write_text("         0          0          1\n")
    with pytest.raises(IsolationError, match="as an ordinary user"):
        isolation_user.spare_uid()
