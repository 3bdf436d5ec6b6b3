"""Throughput of one slot and of two on ordinary submissions.

One slot forks ahead on a second core where one is free, so it is measured on one core and on all: a slot per core
is what a machine is given, and from one core to two the work should nearly double.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.assignment import load_assignment  # noqa: E402
from tests.bench.cost import table  # noqa: E402
from tests.bench.soak import NAME, grade, texts  # noqa: E402


def each(count: int, jobs: int, cores: set[int], known: list[str]) -> float:
    """Submissions per second between the first record and the end of the run, on these cores."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    course = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        for place in range(count):
            folder = course / "submitted" / f"s{place:03}" / NAME
            folder.mkdir(parents=True)
            (folder / f"{NAME}.ipynb").write_text(known[place % len(known)], encoding="utf-8")
        run = grade(course, jobs, watch=False)
        return (count - jobs) / (run.wall - run.first)
    finally:
        os.sched_setaffinity(0, every)
        shutil.rmtree(course, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    known = texts(load_assignment(NAME, ROOT / "solutions"))["ordinary"][:1]
    two = set(sorted(os.sched_getaffinity(0))[:2])
    ways = {(1, 1): {min(two)}, (1, 2): two, (2, 2): two}
    rates: dict[tuple[int, int], list[float]] = {way: [] for way in ways}
    for _ in range(options.repeats):
        for (jobs, cores), allowed in ways.items():
            rates[jobs, cores].append(each(options.count, jobs, allowed, known))
    medians = {way: statistics.median(measured) for way, measured in rates.items()}
    table(f"{options.count} ordinary submissions",
          ("slots", "cores", "submissions a second", "two slots to this", "target"),
          [(*way, rate, f"{medians[2, 2] / rate:.2f}", "" if way == (2, 2) else "1.80") for way, rate in medians.items()])


if __name__ == "__main__":
    main()
