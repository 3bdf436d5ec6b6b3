"""kill -9 of a coordinator, slot, box or worker at a random moment changes nothing in the end."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.course.faults.kills import kinds, prepare, trial

pytestmark = [
    pytest.mark.course,
    pytest.mark.skipif(sys.platform != "linux", reason="finds its targets in /proc"),
]


def outcomes(folder, trials, submissions, seed):
    expected, usual = prepare(folder, submissions)
    with ThreadPoolExecutor(2) as pool:
        done = pool.map(lambda number: trial(number, seed, folder, expected, submissions, usual), range(trials))
        return list(done)


@pytest.mark.slow
def test_killed_runs_end_as_an_undisturbed_one(tmp_path):
    done = outcomes(tmp_path, trials=3, submissions=8, seed=3)
    assert [t.faults for t in done] == [[], [], []], done
    assert any(t.kills for t in done)


@pytest.mark.slow
def test_many_killed_runs_end_as_an_undisturbed_one(tmp_path):
    done = outcomes(tmp_path, trials=16, submissions=36, seed=4)
    assert [t for t in done if t.faults] == []
    assert {kill.split()[0] for t in done for kill in t.kills} == {"coordinator", "slot", "box", "worker"}


def test_a_process_is_known_for_what_it_is(tmp_path):
    from autograder.sandbox import Box

    with Box(preload=("numpy",), trust=True) as box:
        if box.level != "L3":
            pytest.skip("only a process space of its own tells a worker from its box")
        worker = box.worker()
        found = dict(kinds(box._zygote.pid))
        assert found[worker._process.pid] == found[worker._process.student_pid] == "worker"
        assert "box" in found.values()
        worker.close()
