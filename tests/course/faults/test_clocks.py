"""A clock that is set during a run, or that was wrong when something was handed in, changes no mark and no limit."""

from __future__ import annotations

import ast
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.course.faults.small_course import NAME, final_state, run, surroundings

ROOT = Path(__file__).resolve().parents[3]
#: Who may ask what time it is, and what for. Limits, waits and measurements go by the monotonic clock.
MAY_ASK = {
    "tempfolder.py": "the age of files, which is told in this time",
    "atomic.py": "the age of files, which is told in this time",
}
WALL_CLOCKS = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "datetime.now", "datetime.utcnow",
               "datetime.today", "date.today", "datetime.datetime.now"}
#: Imported by every Python that starts: each look at the clock shows another year.
JUMPING = """
import itertools, time
_years, _time, _time_ns = itertools.cycle((0, 5, -20, 30, -1, 0, 100)), time.time, time.time_ns
time.time = lambda: _time() + next(_years) * 31_557_600
time.time_ns = lambda: _time_ns() + next(_years) * 31_557_600_000_000_000
"""


def asks_the_wall_clock(path):
    return {ast.unparse(node) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)} & WALL_CLOCKS


def test_no_limit_and_no_mark_goes_by_the_wall_clock():
    asking = {path.relative_to(ROOT / "autograder").as_posix(): asks_the_wall_clock(path) for path in (ROOT / "autograder").rglob("*.py")}
    stamps = {name for name, found in asking.items() if found and found <= {"datetime.now"}}
    assert {name for name, found in asking.items() if found} - stamps == set(MAY_ASK)
    # a stamp is written down for people; none of these files waits for anything or gives marks
    for name in stamps:
        source = (ROOT / "autograder" / name).read_text()
        assert "timeout" not in source, name
        assert "deadline" not in source, name


@pytest.mark.course
@pytest.mark.slow
def test_a_clock_that_jumps_all_the_time_changes_nothing(small, fresh, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(JUMPING)
    environment = surroundings() | {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}
    jumps = "import time; print(abs(time.time() - time.time()) > 1e6)"
    python = str(Path(__import__("sys").executable))
    assert subprocess.run([python, "-c", jumps], env=environment, capture_output=True, text=True).stdout == "True\n"
    done = run(fresh, small.solutions, env=environment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert small.state.differences(final_state(fresh)) == []


@pytest.mark.course
@pytest.mark.slow
def test_stamps_from_the_past_the_future_and_nowhere_change_no_mark(small, fresh, completes):
    stamps = {
        "s000": "1970-01-01 00:00:00.000000 UTC",
        "s001": "2999-12-31 23:59:59.999999 UTC",
        "s002": "0001-01-01 00:00:00.000000 UTC",
        "s003": "9999-12-31 23:59:59 -1200",
        "s004": "yesterday",
        "s005": "",
        "s006": "\x00" * 100,
    }
    for student, text in stamps.items():
        (fresh / "submitted" / student / NAME / "timestamp.txt").write_text(text)
    done = run(fresh, small.solutions)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for name, raw in small.state.files.items():
        if name.startswith("records/"):
            assert (fresh / name).read_bytes() == raw
    with sqlite3.connect(fresh / "gradebook.db") as db:
        known = dict(db.execute("select student_id, timestamp from submitted_assignment"))
    db.close()
    assert known["s000"].startswith("1970-01-01")
    assert known["s001"].startswith("2999-12-31")
    assert known["s004"] is known["s005"] is known["s006"] is None
    for student in stamps:
        (fresh / "submitted" / student / NAME / "timestamp.txt").unlink()
    completes(fresh)
