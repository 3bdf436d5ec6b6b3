"""A cell that kills or hangs the worker costs its own answer alone, is left out once and noted once."""

from __future__ import annotations

import copy
import sys

import pytest

from autograder.examine import Examination
from autograder.grading import Runner
from autograder.notebooks import to_ipynb
from autograder.sandbox import Box
from tests.course.hostile.corpus import honest_cells, victim

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="boxes need Linux")

EXITS = "import os\nos._exit(0)\n"
HANGS = "while True:\n    pass\n"
FILLS = "kept = []\nwhile True:\n    kept.append(bytearray(b'x') * (16 << 20))\n"
KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
FORGES = "import os\nfor n in range(3, 64):\n    try: os.write(n, b'\\xff' * 16)\n    except OSError: pass\n"


@pytest.fixture(scope="module")
def box():
    manifest = victim().manifest
    with Box(preload=manifest.preload, limits=manifest.limits, trust=True) as box:
        yield box


def cells(**before: str) -> list[tuple[str, str]]:
    """The honest answers, with code in front of some of them in the same cell."""
    return [(cell.id, before.get(cell.id, "") + cell.source) for cell in honest_cells() if cell.is_code and cell.role != "check"]


class Replay:
    """One submission's cells, replayed as often as questions are examined."""

    def __init__(self, box: Box, code: list[tuple[str, str]]) -> None:
        self.examination = Examination(box, Runner([], ["1", "2", "3"]), victim().manifest, code)
        self._box = box
        self.forks = 0

    def defines(self) -> list[str]:
        """Which graded functions a worker knows in the end."""
        fork = self._box.worker

        def count(seed=None):
            self.forks += 1
            return fork(seed)

        self._box.worker = count
        try:
            worker = self.examination._replayed_in(1)
            found = [name for name in ("overlap", "weights", "flips") if worker.student.defines(name)]
            self._box.retire(worker)
            return found
        finally:
            del self._box.worker


@pytest.mark.parametrize(("lethal", "code", "why"), [
    (EXITS, "crashed", "your code ended the process it ran in"),
    (KILLED, "crashed", "your code ended the process it ran in"),
    (HANGS, "timeout", "ran longer than its 0.6 s of computing time"),
    (FILLS, "memory", "used more than the allowed 400 MiB of memory"),
    (FORGES, "protocol", "the worker sent what is not a result"),
], ids=["exits", "is-killed", "hangs", "fills-the-memory", "forges"])
@pytest.mark.parametrize("name", ["overlap", "flips"])
def test_a_lethal_cell_costs_what_it_defines_and_no_more(box, name, lethal, code, why):
    replay = Replay(box, cells(**{name: lethal}))
    others = [other for other in ("overlap", "weights", "flips") if other != name]
    for _ in range(3):
        assert replay.defines() == others
    assert replay.examination.notes == [f"{name} was left out: {why}"]
    assert replay.examination.faults == {code: [name]}


def test_it_is_run_no_more_once_it_is_known(box):
    replay = Replay(box, cells(weights=HANGS))
    replay.defines()
    assert replay.forks <= 3  # all cells together, one by one to find it, without it
    replay.forks = 0
    replay.defines()
    assert replay.forks == 1


def test_two_lethal_cells_are_both_found(box):
    replay = Replay(box, cells(overlap=EXITS, flips=HANGS))
    assert replay.defines() == ["weights"]
    assert replay.defines() == ["weights"]
    assert [note.split(" was left out")[0] for note in replay.examination.notes] == ["overlap", "flips"]
    assert replay.examination.faults == {"crashed": ["overlap"], "timeout": ["flips"]}


def test_three_lethal_cells_leave_nothing_but_what_was_given(box):
    replay = Replay(box, cells(overlap=EXITS, weights=EXITS, flips=EXITS))
    assert replay.defines() == []
    assert len(replay.examination.notes) == 3


def test_what_a_lethal_cell_did_before_is_not_there(box):
    code = cells(overlap="marker = 1\n" + EXITS)
    replay = Replay(box, [*code, ("after", "found = 'marker' in globals()")])
    replay.defines()
    worker = replay.examination._replayed_in(1)
    assert not worker.student.defines("marker")
    box.retire(worker)


def test_a_cell_that_only_fails_is_kept_and_noted_once(box):
    replay = Replay(box, [*cells(), ("after", "1 / 0\nlate = 1")])
    for _ in range(3):
        assert replay.defines() == ["overlap", "weights", "flips"]
    assert replay.examination.notes == ["after, line 1: ZeroDivisionError: division by zero"]
    assert replay.examination.faults == {}


def test_a_cell_that_fails_beside_a_lethal_one_is_noted_once(box):
    replay = Replay(box, [*cells(overlap=EXITS), ("after", "1 / 0")])
    for _ in range(2):
        replay.defines()
    assert sorted(replay.examination.notes) == [
        "after, line 1: ZeroDivisionError: division by zero",
        "overlap was left out: your code ended the process it ran in",
    ]


def test_cells_that_take_their_time_together_are_no_hang(box):
    """Each may use the limit; only together they are over it."""
    slow = "import time\nstarted = time.process_time()\nwhile time.process_time() - started < 0.25: pass\n"
    replay = Replay(box, [*cells(), *((f"slow-{number}", slow) for number in range(4))])
    assert replay.defines() == ["overlap", "weights", "flips"]
    assert replay.examination.notes == []
    assert replay.examination.faults == {}


def test_a_copy_of_a_lethal_cell_is_another_cell():
    """Labels tell cells apart, and a notebook may hold an answer twice."""
    from autograder.matching import match
    from autograder.notebooks import cells_of
    from autograder.release import released_cells

    submitted = honest_cells()
    place = next(i for i, cell in enumerate(submitted) if cell.id == "overlap")
    submitted.insert(place, copy.deepcopy(submitted[place]))
    submission = match(cells_of(to_ipynb(submitted).encode(), "x"), released_cells(victim()), ["overlap", "weights", "flips"])
    labels = [label for label, _ in submission.code]
    assert len(labels) == len(set(labels))
