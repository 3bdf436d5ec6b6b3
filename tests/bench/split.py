"""Where the time of one ordinary submission goes: fork, cells, tests, student's own code, gradebook."""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402
import torch  # noqa: E402

from autograder import slot as slot_module  # noqa: E402
from autograder.assignment import load_assignment  # noqa: E402
from autograder.examine import Examination  # noqa: E402
from autograder.gradebook import Gradebook  # noqa: E402
from autograder.grading import Runner  # noqa: E402
from autograder.isolation_worker import Worker  # noqa: E402
from autograder.jobs import GradeJob  # noqa: E402
from autograder.notebooks import to_ipynb  # noqa: E402
from autograder.record import Record  # noqa: E402
from autograder.sandbox import Box  # noqa: E402
from tests.bench.cost import table  # noqa: E402
from tests.course.demo_class import ClassMaker  # noqa: E402

REPEATS = 15
FORK, CELLS, TESTS, OWN = "wait for a forked worker", "run the notebook's cells", "tests, without the next line", "student's functions, with the crossing"
NOTEBOOK, GRADEBOOK, ALL = "notebook for hand-grading", "gradebook rows and commit", "all but the gradebook"


class Stopwatch:
    """Seconds by part, of one submission at a time."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def watch(self, owner: Any, name: str, part: str | Callable[..., str]) -> None:
        """Add up the time of every call of `owner.name`."""
        function = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                return function(*args, **kwargs)  # a worker made ready for later: nobody waits for it
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[part if isinstance(part, str) else part(*args)] += time.perf_counter() - started

        setattr(owner, name, timed)


def main() -> None:
    torch.set_num_threads(1)
    watch = Stopwatch()
    watch.watch(Box, "worker", FORK)
    watch.watch(Runner, "run", TESTS)
    watch.watch(Examination, "question", lambda self, question, *rest: f"question {question}")
    watch.watch(Worker, "exchange", lambda self, request: CELLS if request["op"] in ("run", "cells") else OWN)
    watch.watch(slot_module, "autograded_notebook", NOTEBOOK)
    assignment = load_assignment("hippocampus", ROOT / "solutions")
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    notebook = folder / "hippocampus.ipynb"
    notebook.write_text(to_ipynb(ClassMaker(assignment).solved()))
    split: list[dict[str, float]] = []

    def work(slot: slot_module.Slot) -> None:
        with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
            gradebook.define(assignment)
            for number in range(REPEATS + 2):
                watch.seconds.clear()
                started = time.perf_counter()
                answer = slot.answer(GradeJob(student=f"s{number}", notebook=str(notebook), seed=5,
                                              autograded=str(folder / f"{number}.ipynb")))
                watch.seconds[ALL] = time.perf_counter() - started
                started = time.perf_counter()
                gradebook.write(msgspec.convert(answer["record"], Record), assignment)
                watch.seconds[GRADEBOOK] = time.perf_counter() - started
                watch.seconds[TESTS] -= watch.seconds[OWN]
                if number >= 2:
                    split.append(dict(watch.seconds))

    slot_module.open_slot(assignment, None, False, work)
    rows: list[tuple[object, ...]] = [
        (part, statistics.median(one[part] for one in split) * 1e3) for part in (FORK, CELLS, TESTS, OWN, NOTEBOOK, ALL, GRADEBOOK)
    ]
    questions = [part for part in split[0] if part.startswith("question ") and split[0][part] > 1e-3]
    overhead = statistics.median(
        (sum(one[q] for q in questions) - one[OWN]) / len(questions) for one in split
    )
    rows.append((f"overhead over the student's own code, per question ({len(questions)} questions)", overhead * 1e3))
    table(f"one submission of hippocampus, median of {REPEATS}", ("", "ms"), rows)


if __name__ == "__main__":
    main()
