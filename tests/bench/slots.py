"""Throughput of one slot and of two on ordinary submissions."""

from __future__ import annotations

import argparse
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


def each(count: int, jobs: int, known: list[str]) -> float:
    """Submissions per second between the first record and the end of the run."""
    course = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        for place in range(count):
            folder = course / "submitted" / f"s{place:03}" / NAME
            folder.mkdir(parents=True)
            (folder / f"{NAME}.ipynb").write_text(known[place % len(known)], encoding="utf-8")
        run = grade(course, jobs, watch=False)
        return (count - jobs) / (run.wall - run.first)
    finally:
        shutil.rmtree(course, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    known = texts(load_assignment(NAME, ROOT / "solutions"))["ordinary"][:1]
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(options.repeats):
        for jobs, measured in rates.items():
            measured.append(each(options.count, jobs, known))
    one, two = (statistics.median(rates[jobs]) for jobs in (1, 2))
    table(f"{options.count} ordinary submissions", ("slots", "submissions a second", "ratio", "target"),
          [(1, one, "", ""), (2, two, f"{two / one:.2f}", "1.80")])


if __name__ == "__main__":
    main()
