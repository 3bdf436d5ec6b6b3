"""A worker that ends without our doing is asked once more, so that nobody is charged for what an outsider did."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from autograder.assignment import load_assignment
from autograder.examine import Examination, only
from autograder.isolation import IsolationError
from autograder.isolation_levels import why_not
from autograder.isolation_memory import tree
from autograder.isolation_worker import Worker
from autograder.sandbox import Box
from autograder.slot import open_slot
from tests.course.faults.small_course import NAME, RIGHT, write_assignment

pytestmark = pytest.mark.course

#: Long enough to be killed in the middle.
SLOW = "import time\ndef turned(values):\n    time.sleep(0.5)\n    return values[::-1]\n"


@pytest.fixture(scope="module")
def examine(tmp_path_factory):
    """`examine(cells, question, disturb)`: the properties' statuses, notes, and how many workers it took."""
    solutions = tmp_path_factory.mktemp("crashes")
    write_assignment(solutions)
    asked, answered = threading.Semaphore(0), threading.Semaphore(0)
    task, result = {}, {}

    def work(slot):
        while asked.acquire() and "end" not in task:
            examination = Examination(slot.box, slot.runner, slot.assignment.manifest, task["cells"])
            try:
                with counted(slot.box) as count, disturbed(task["disturb"], slot.box):
                    result["rows"] = [p.status for p in only(examination.question(task["question"], [1]))]
            except BaseException as error:
                result["error"] = error
            result.update(notes=examination.notes, workers=len(count), level=slot.box.level)
            answered.release()

    thread = threading.Thread(target=open_slot, args=(load_assignment(NAME, solutions), None, True, work), daemon=True)
    thread.start()

    def examine(cells, question="2", disturb=None):
        result.clear()
        task.update(cells=cells, question=question, disturb=disturb)
        asked.release()
        assert answered.acquire(timeout=120)
        if "error" in result:
            raise result["error"]
        return dict(result)

    yield examine
    task["end"] = True
    asked.release()
    thread.join(60)


@contextmanager
def counted(box):
    """A list that grows with every worker that the box gives out."""
    count, fresh = [], box.worker
    box.worker = lambda seed=None: count.append(seed) or fresh(seed)
    try:
        yield count
    finally:
        del box.worker


@contextmanager
def disturbed(what, box):
    """Run `what(box, over)` in a thread beside the block."""
    over = threading.Event()
    thread = threading.Thread(target=what, args=(box, over)) if what else None
    if thread:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if thread:
            thread.join()


def kill_after(seconds, whom):
    def what(box, over):
        if not over.wait(seconds):
            os.kill(whom(box), signal.SIGKILL)

    return what


def working_student(box):
    """The student process that works: of two the older one, the other stands by."""
    inner = []
    for process in [Path(f"/proc/{pid}") for pid in tree(box._zygote.pid)]:
        ids = next(line.split()[1:] for line in (process / "status").read_text().splitlines() if line.startswith("NSpid:"))
        if len(ids) > 2 and ids[-1] != "1":
            inner.append((int((process / "stat").read_text().rpartition(")")[2].split()[19]), int(process.name)))
    return min(inner)[1]


CELLS = [("cell 1", RIGHT["total"]), ("cell 2", SLOW)]


def test_a_worker_that_somebody_killed_costs_no_marks(examine):
    quiet = examine(CELLS)
    if quiet["level"] != "L3":
        pytest.skip("only a process space of its own tells a worker from its box")
    found = examine(CELLS, disturb=kill_after(0.7, working_student))
    assert quiet["rows"] == found["rows"] == ["passed", "passed"]
    assert quiet["notes"] == found["notes"] == []
    assert found["workers"] == quiet["workers"] + 1


def test_a_box_that_somebody_killed_costs_no_marks(examine):
    found = examine(CELLS, disturb=kill_after(0.7, lambda box: box._zygote.pid))
    assert found["rows"] == ["passed", "passed"]
    assert found["notes"] == []


def test_an_answer_that_ends_its_process_is_confirmed_once(examine):
    cells = [("cell 1", RIGHT["total"]), ("cell 2", "import os\ndef turned(values):\n    os._exit(0)\n")]
    found = examine(cells)
    assert found["rows"] == ["error", "error"]
    # one crash and its confirmation; the function is not called again, so a third one serves the other property
    assert found["workers"] == 3


def test_a_cell_that_ends_its_process_is_confirmed_once(examine):
    cells = [("cell 1", "import os\nos._exit(1)"), ("cell 2", RIGHT["turned"])]
    found = examine(cells)
    assert found["rows"] == ["passed", "passed"]
    assert found["notes"] == ["cell 1 was left out: your code ended the process it ran in"]
    assert found["workers"] == 4  # all cells at once, twice one by one, and then without it


def test_a_time_limit_needs_no_confirmation(examine):
    cells = [("cell 1", "def turned(values):\n    while True:\n        pass\n")]
    found = examine(cells)
    assert found["rows"] == ["timeout", "timeout"]
    assert found["workers"] == 2


def test_trouble_with_the_box_is_never_the_students(examine, monkeypatch):
    def stuck(worker, request, exchange=Worker.exchange):
        if request["op"] == "call":
            raise IsolationError("a student process could not be ended")
        return exchange(worker, request)

    with monkeypatch.context() as patched:
        patched.setattr(Worker, "exchange", stuck)
        with pytest.raises(IsolationError, match="could not be ended"):
            examine(CELLS)
    assert examine(CELLS)["rows"] == ["passed", "passed"]


def test_a_box_killed_while_it_starts_is_started_again():
    if why_not("L3"):
        pytest.skip(f"no box of its own: {why_not('L3')}")
    first = []

    def start(box, start=Box._start):
        if not first:
            first.append(box)
            with disturbed(kill_at_once, box):
                start(box)
        else:
            start(box)

    def kill_at_once(box, over):
        while not over.is_set() and box._zygote is None:
            time.sleep(0.001)
        if box._zygote is not None:
            box._zygote.kill()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Box, "_start", start)
        with Box("L3", preload=("numpy",)) as box:
            assert first == [box]
            worker = box.worker()
            worker.run("def f(): return 3", "cell")
            assert worker.student.f() == 3
            worker.close()


def test_a_box_killed_while_it_starts_is_noticed_at_once_and_leaves_nothing():
    if why_not("L3"):
        pytest.skip(f"no box of its own: {why_not('L3')}")
    here = os.getpid()

    def started():
        for pid in tree(here)[1:]:
            with suppress(OSError):
                if b"isolation_zygote" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    yield pid

    draw = random.Random(1)

    def kill_early(box, over):
        while not over.is_set():
            if found := list(started()):
                time.sleep(draw.uniform(0, 0.05))
                with suppress(ProcessLookupError):
                    os.kill(draw.choice(found), signal.SIGKILL)
                return

    before = time.monotonic()
    for _ in range(12):
        box = Box.at("L3")
        with disturbed(kill_early, box), suppress(IsolationError):
            box._start()
        box.close()
    assert list(started()) == []
    # bubblewrap left alone in its first steps waits for ever; a box that does not answer is given 180 s
    assert time.monotonic() - before < 120
