"""A gradebook that is locked, read-only or no gradebook is said in one sentence; no graded record is lost."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import threading
import time

import pytest

from autograder.errors import INFRASTRUCTURE, USAGE
from tests.course.faults.small_course import NAME, command, final_state, run, surroundings

pytestmark = [pytest.mark.course, pytest.mark.slow]


class Locked:
    """Another program that holds the gradebook's write lock."""

    def __init__(self, course):
        self.db = sqlite3.connect(course / "gradebook.db", timeout=30, isolation_level=None, check_same_thread=False)
        self.db.execute("begin immediate")

    def release(self):
        self.db.rollback()
        self.db.close()


def test_a_lock_that_is_given_up_in_time_costs_only_the_wait(small, graded):
    for path in (graded / "records" / NAME).glob("s00*.json"):
        path.unlink()
    lock = Locked(graded)
    threading.Timer(6, lock.release).start()  # sqlite's own patience is 5 s
    done = run(graded, small.solutions)
    assert done.returncode == 0, done.stderr
    assert small.state.differences(final_state(graded)) == []


def test_a_lock_that_stays_is_said_and_what_was_graded_is_kept(small, fresh, completes):
    impatient = f"sqlite:///{fresh}/gradebook.db?timeout=0.5"
    process = subprocess.Popen(command(fresh, small.solutions, "--db", impatient), env=surroundings(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    records = fresh / "records" / NAME
    while process.poll() is None and len(list(records.glob("s*.json"))) < 3:
        time.sleep(0.01)
    lock = Locked(fresh)
    _, said = process.communicate(timeout=120)
    lock.release()
    assert process.returncode == INFRASTRUCTURE, said
    assert "Traceback" not in said
    assert "locked" in said.splitlines()[-1]
    kept = len(list(records.glob("s*.json")))
    assert kept >= 3
    found = completes(fresh)
    assert found["unchanged"] == kept


def test_a_file_that_is_no_gradebook_is_left_alone(small, graded):
    (graded / "gradebook.db").write_bytes(b"my shopping list\n" * 100)
    done = run(graded, small.solutions)
    assert done.returncode == INFRASTRUCTURE
    assert "not a database" in done.stderr
    assert "Traceback" not in done.stderr
    assert (graded / "gradebook.db").read_bytes().startswith(b"my shopping list")


def test_an_empty_file_becomes_a_gradebook(graded, completes):
    (graded / "gradebook.db").write_bytes(b"")
    assert completes(graded)["unchanged"] == 12


def test_a_second_run_at_the_same_time_is_told_to_wait(small, fresh, completes):
    first = subprocess.Popen(command(fresh, small.solutions, "--json"), env=surroundings(), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (fresh / ".grading.lock").exists() or not (fresh / ".grading.lock").read_text():
        assert first.poll() is None
        time.sleep(0.01)
    second = run(fresh, small.solutions)
    out, said = first.communicate(timeout=300)
    assert second.returncode == INFRASTRUCTURE
    assert f"another run is writing to {fresh} (process {first.pid} " in second.stderr
    assert "Traceback" not in second.stderr + said
    assert first.returncode == 0, said
    assert json.loads(out)["graded"] == 12
    assert completes(fresh)["unchanged"] == 12


@pytest.mark.slow
def test_two_runs_started_together_do_no_harm(small, fresh, completes):
    for _ in range(3):
        both = [subprocess.Popen(command(fresh, small.solutions), env=surroundings(), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        said = [process.communicate(timeout=300)[1] for process in both]
        assert sorted(process.returncode for process in both) in ([0, 0], [0, INFRASTRUCTURE]), said
        assert "Traceback" not in "".join(said)
        completes(fresh)


def test_a_gradebook_in_a_folder_that_is_not_there_is_said(small, fresh):
    done = run(fresh, small.solutions, "--db", f"sqlite:///{fresh}/nowhere/gradebook.db")
    assert done.returncode in (USAGE, INFRASTRUCTURE)
    assert "gradebook" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
