"""A thousand synthetic submissions, one in ten of them broken or hostile: time, memory, and nothing lost or left.

`python -P tests/bench/soak.py --count 1000`: damaged 5 %, endless loops 2 %, memory bombs, `os._exit` and
fork bombs 1 % each; the others are the solution, accepted variants and mutants. Submissions of the same
text stand far apart, and must get the same record: no neighbour has touched them.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.assignment import Assignment, load_assignment  # noqa: E402
from autograder.notebooks import to_ipynb  # noqa: E402
from tests.bench.cost import CpuMeter, table  # noqa: E402
from tests.course.demo_class import ClassMaker, _foreign  # noqa: E402

NAME = "hippocampus"
LOOP = "def {name}(*args, **kwargs):\n    while True:\n        pass"
MEMORY = "def {name}(*args, **kwargs):\n    kept = []\n    while True:\n        kept.append(bytearray(b'x') * 2**28)"
EXIT = "import os\ndef {name}(*args, **kwargs):\n    os._exit(0)"
FORKS = ("import os, time\ndef {name}(*args, **kwargs):\n    while True:\n        try:\n            os.fork()\n"
         "        except OSError:\n            time.sleep(0.01)")
#: kind → (share of the class, statuses that are fair)
SHARES = {"damaged": (0.05, {"unreadable", "wrong assignment"}), "endless loop": (0.02, {"timed out"}),
          "memory bomb": (0.01, {"crashed"}), "os._exit": (0.01, {"crashed"}), "fork bomb": (0.01, {"timed out", "crashed", "graded"})}


def texts(assignment: Assignment) -> dict[str, list[str]]:
    """A few notebooks of each kind."""
    maker = ClassMaker(assignment)
    solved = to_ipynb(maker.solved())
    names = [assignment.manifest.find(question).names[0] for question in maker.auto]
    found = {"damaged": [solved[: len(solved) // 2], "", _foreign(), "[]"]}
    for kind, code in (("endless loop", LOOP), ("memory bomb", MEMORY), ("os._exit", EXIT), ("fork bomb", FORKS)):
        found[kind] = [maker.changed(name, code) for name in names]
    found["ordinary"] = [solved, *(maker.replace([variant]) for variant in (*maker.accepted[::9], *maker.mutants[::17]))]
    return found


def write_class(assignment: Assignment, course: Path, count: int) -> dict[str, tuple[str, int]]:
    """Write the submissions; student → (kind, number of the text)."""
    known = texts(assignment)
    kinds = [kind for kind, (share, _) in SHARES.items() for _ in range(round(share * count))]
    kinds += ["ordinary"] * (count - len(kinds))
    step = next(n for n in range(max(count * 5 // 13, 1), count + 2) if _coprime(n, count))
    numbers: dict[str, itertools.count[int]] = {kind: itertools.count() for kind in known}
    students = {}
    for place in range(count):
        kind = kinds[place * step % count]  # spread evenly, the same on every machine
        number = next(numbers[kind]) % len(known[kind])
        student = f"s{place:05}"
        students[student] = kind, number
        folder = course / "submitted" / student / assignment.name
        folder.mkdir(parents=True)
        (folder / f"{assignment.name}.ipynb").write_text(known[kind][number], encoding="utf-8")
    return students


def _coprime(a: int, b: int) -> bool:
    while b:
        a, b = b, a % b
    return a == 1


@dataclass
class Run:
    """What was seen of one run of `autograder grade`."""

    wall: float = 0.0
    first: float = 0.0
    #: (records written, MiB of the coordinator alone), every few seconds.
    memory: list[tuple[int, float]] = field(default_factory=list)
    peak_tree_mb: float = 0.0
    #: Processes that outlived the command by two seconds, and what it left in its temporary folder.
    processes: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def grade(course: Path, jobs: int, watch: bool = True) -> Run:
    """Run the command to its end and watch it."""
    import psutil

    run, over, meter = Run(), threading.Event(), CpuMeter()
    records = course / "records" / NAME
    temporary = Path(tempfile.mkdtemp(prefix="soak-tmp-"))
    temporary.chmod(0o755)  # other users' boxes lie in it
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "autograder"), "grade", NAME, "--course", str(course), "--solutions",
         str(ROOT / "solutions"), "--jobs", str(jobs), "--quiet"],
        stdout=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}, preexec_fn=meter.enter,
    )

    def look() -> None:
        while not over.wait(0.1 if not run.first else 3.0):
            done = len(list(records.glob("*.json"))) if records.is_dir() else 0
            if done and not run.first:
                run.first = time.perf_counter() - started
            if not watch:
                continue
            with contextlib.suppress(psutil.Error):
                own = psutil.Process(process.pid)
                run.memory.append((done, own.memory_info().rss / 2**20))
                total = 0.0
                for one in own.children(recursive=True):
                    with contextlib.suppress(psutil.Error):
                        total += one.memory_full_info().pss / 2**20
                run.peak_tree_mb = max(run.peak_tree_mb, total)

    watcher = threading.Thread(target=look)
    watcher.start()
    code = process.wait()
    over.set()
    watcher.join()
    run.wall = time.perf_counter() - started
    time.sleep(2)
    run.processes, run.files = meter.processes(), sorted(path.name for path in temporary.iterdir())
    meter.close()
    shutil.rmtree(temporary, ignore_errors=True)
    if code:
        sys.exit(f"autograder grade ended with {code}")
    return run


def verdict(course: Path, students: dict[str, tuple[str, int]]) -> list[str]:
    """Everything that is not as it should be."""
    wrong, seen = [], {}
    for student, text in students.items():
        path = course / "records" / NAME / f"{student}.json"
        if not path.exists():
            wrong.append(f"{student} ({text[0]}): no record")
            continue
        record = json.loads(path.read_text())
        fair = SHARES[text[0]][1] if text[0] in SHARES else {"graded"}
        if record["status"] not in fair:
            wrong.append(f"{student} ({text[0]}): {record['status']}, {record['message']}")
        marks = [(q["id"], q["score"], q["status"]) for q in record["questions"]]
        if seen.setdefault(text, marks) != marks:
            wrong.append(f"{student} ({text[0]} {text[1]}): other marks than another submission of the same text")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="leave the course here")
    options = parser.parse_args()
    assignment = load_assignment(NAME, ROOT / "solutions")
    rows: list[tuple[object, ...]] = []
    failures: list[str] = []
    for count in sorted({10, 100, options.count}):
        course = options.keep if options.keep and count == options.count else Path(tempfile.mkdtemp(prefix="soak-"))
        students = write_class(assignment, course, count)
        run = grade(course, options.jobs)
        wrong = verdict(course, students)
        failures += [*wrong, *(f"left running: {p}" for p in run.processes), *(f"left behind: {f}" for f in run.files)]
        complete = len(list((course / "records" / NAME).glob("*.json")))
        early = [mb for done, mb in run.memory if done >= count * 0.1] or [0.0]
        rows.append((count, complete, run.wall, (run.wall - run.first) / max(count - 1, 1), early[0], early[-1],
                     run.peak_tree_mb, len(wrong), len(run.processes), len(run.files)))
        if course != options.keep:
            shutil.rmtree(course, ignore_errors=True)
    table(f"a class with {sum(s for s, _ in SHARES.values()):.0%} damaged or hostile, {options.jobs} slots",
          ("submissions", "records", "wall s", "s each", "coordinator MiB at 10 %", "at the end", "slots and boxes, peak MiB",
           "wrong", "processes left", "files left"), rows)
    for line in failures[:20]:
        print(line)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
