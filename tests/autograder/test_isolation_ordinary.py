"""Isolation does not need root to keep its promises, nor a grader that lives to the end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder import isolation_box
from autograder.isolation_levels import why_not
from autograder.isolation_memory import tree

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json
from autograder.isolation import Limits
from autograder.isolation_promises import probe_level
from autograder.isolation_levels import why_not
from autograder.sandbox import Box
from autograder.student import StudentFault

found = {"why_not": {level: why_not(level) for level in ("L3", "L2")}}
found["rows"] = {level: probe_level(level) for level in ("L3", "L2") if not why_not(level)}
found["reserved"] = {}
for level in found["rows"]:
    with Box(level, limits=Limits(memory_mb=400)) as box:
        worker = box.worker()
        worker.run("def f():\\n    try: return len(bytearray(464 << 20))\\n    except MemoryError: return 'refused'", "cell")
        found["reserved"][level] = worker.student.f()
        worker.close()
with Box() as box:
    worker = box.worker()
    worker.run("import os\\ndef f(): return os.getuid()\\ndef g(): os._exit(0)", "cell")
    found["level"], found["uid"], found["limit"] = box.level, worker.student.f(), worker._process.memory_limit
    try:
        worker.student.g()
    except StudentFault as fault:
        found["fault"] = fault.code
    worker.close()
print(json.dumps(found))
"""


def as_nobody() -> list[str]:
    """Start of a command line that runs the rest as `nobody`, with the interpreter where everybody may read it."""
    if os.geteuid() != 0:
        return []
    if sys.platform != "linux" or shutil.which("setpriv") is None or isolation_box.bubblewrap() is None:
        pytest.skip("needs bubblewrap and setpriv to become an ordinary user")
    # a home that only root may enter is shown as one that everybody may, with nothing but the interpreter in it
    opened = []
    if not isolation_box.readable_by_all():
        home, base = str(Path.home()), sys.base_prefix
        if not base.startswith(home) or str(ROOT).startswith(home):
            pytest.skip(f"an ordinary user may not read {base} or {ROOT}")
        opened = ["--tmpfs", home, "--chmod", "0755", home, "--ro-bind", base, base]
        for parent in Path(base).relative_to(home).parents:
            opened += ["--chmod", "0755", str(Path(home) / parent)]
    return [str(isolation_box.bubblewrap()), "--bind", "/", "/", "--dev-bind", "/dev", "/dev", *opened, "--cap-add", "ALL",
            "--chdir", str(ROOT), "--", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]


def test_an_ordinary_user_gets_the_same_promises():
    found = subprocess.run([*as_nobody(), "env", "HOME=/tmp", f"PYTHONPATH={ROOT}", sys.executable, "-B", "-c", SCRIPT],
                           capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr
    result = json.loads(found.stdout)
    if result["why_not"]["L3"] or result["why_not"]["L2"]:
        pytest.skip(f"an ordinary user has less on this machine: {result['why_not']}")
    for level, rows in result["rows"].items():
        assert len(rows) >= 9
        assert all(kept for *_, kept, _ in rows), (level, rows)
    # at once, before any watchdog looks
    assert set(result["reserved"].values()) == {"refused"}
    assert result["level"] == "L3"
    assert result["uid"] != 0
    assert result["fault"] == "crashed"


HOLDER = """
import sys, time
from autograder.sandbox import Box
from autograder.student import StudentFault

with Box(sys.argv[1], trust=True) as box:
    worker = box.worker()
    worker.run("import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    time.sleep(60)\\n    os._exit(0)", "daemon")
    print(box._zygote.pid, worker._process.pid, worker._process.student_pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("level", ["L3", "L1"])
def test_when_the_grader_is_killed_nothing_of_a_worker_goes_on(level):
    if why_not(level):
        pytest.skip(why_not(level))
    with subprocess.Popen([sys.executable, "-c", HOLDER, level], stdout=subprocess.PIPE, cwd=ROOT) as grader:
        assert grader.stdout is not None
        pids = [int(pid) for pid in grader.stdout.readline().split()]
        everything = {pid for start in pids for pid in tree(start)}
        assert len(everything) >= 4
        grader.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(map(_runs, everything)):
        time.sleep(0.05)
    assert not [pid for pid in everything if _runs(pid)]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
