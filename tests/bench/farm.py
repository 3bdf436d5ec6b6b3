"""Ten thousand submissions on 50 and 500 cores, simulated from costs that are measured here and now.

Three stations in a row: a scheduler that hands out jobs one at a time, cores that grade them, and the
single writer of records and gradebook. Which of them is busy all the time is the limit.
"""

from __future__ import annotations

import argparse
import heapq
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402

from autograder.assignment import load_assignment  # noqa: E402
from autograder.atomic import write_whole  # noqa: E402
from autograder.grade import record_text  # noqa: E402
from autograder.gradebook import Gradebook  # noqa: E402
from autograder.jobs import GradeJob  # noqa: E402
from autograder.notebooks import to_ipynb  # noqa: E402
from autograder.record import Record  # noqa: E402
from autograder.slot import open_slot  # noqa: E402
from tests.bench.cost import table  # noqa: E402
from tests.course.demo_class import ClassMaker  # noqa: E402

COUNT = 10_000
CORES = (2, 50, 500)


def simulate(grading: list[float], dispatch: float, write: float, start: float, cores: int, count: int) -> tuple[float, float, float, float]:
    """(seconds in all, share of time that scheduler, cores and writer are busy)."""
    draw = random.Random(1)
    free = [start] * cores
    heapq.heapify(free)
    handed_out, ready, busy = start, [], 0.0
    for _ in range(count):
        handed_out = max(handed_out + dispatch, free[0])
        took = draw.choice(grading)
        heapq.heapreplace(free, handed_out + took)
        ready.append(handed_out + took)
        busy += took
    written = 0.0
    for moment in sorted(ready):
        written = max(written, moment) + write
    span = written - start
    return written, count * dispatch / span, busy / (cores * span), count * write / span


def measured(repeats: int) -> tuple[list[float], float, float]:
    """Seconds of grading one submission, once per repeat; and medians of passing a job on and of writing."""
    assignment = load_assignment("hippocampus", ROOT / "solutions")
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    notebook = folder / "hippocampus.ipynb"
    notebook.write_text(to_ipynb(ClassMaker(assignment).solved()))
    grading: list[float] = []
    passing: list[float] = []
    writing: list[float] = []

    def work(slot: object) -> None:
        with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
            gradebook.define(assignment)
            for number in range(repeats + 1):
                job = GradeJob(student=f"s{number}", notebook=str(notebook), seed=5, autograded=str(folder / "a.ipynb"))
                started = time.perf_counter()
                answer = slot.answer(job)  # type: ignore[attr-defined]
                graded = time.perf_counter()
                text = msgspec.json.encode(answer)
                msgspec.json.decode(text)
                msgspec.json.decode(msgspec.json.encode(job))
                passed = time.perf_counter()
                record = msgspec.convert(answer["record"], Record)
                write_whole(folder / f"{number}.json", record_text(record))
                gradebook.write(record, assignment)
                written = time.perf_counter()
                if number:
                    grading.append(graded - started)
                    passing.append(passed - graded)
                    writing.append(written - passed)

    open_slot(assignment, None, False, work)
    return grading, statistics.median(passing), statistics.median(writing)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--dispatch-ms", type=float, default=1.0, help="a scheduler's own cost per task; dask's documentation says about 1 ms")
    parser.add_argument("--start", type=float, default=10.0, help="seconds until a slot is warm")
    options = parser.parse_args()
    grading, passing, writing = measured(options.repeats)
    dispatch = options.dispatch_ms / 1e3 + passing
    rows: list[tuple[object, ...]] = []
    for cores in CORES:
        total, scheduler, busy, writer = simulate(grading, dispatch, writing, options.start, cores, COUNT)
        limit = max((scheduler, "scheduler"), (busy, "cores"), (writer, "writer"))[1]
        rows.append((cores, total / 60, *(f"{share:.0%}" for share in (scheduler, busy, writer)), limit))
    table(f"{COUNT:,} submissions, simulated: grading {statistics.median(grading) * 1e3:.0f} ms, handing out "
          f"{dispatch * 1e3:.1f} ms, writing {writing * 1e3:.1f} ms each",
          ("cores", "minutes", "scheduler busy", "cores busy", "writer busy", "the limit"), rows)


if __name__ == "__main__":
    main()
