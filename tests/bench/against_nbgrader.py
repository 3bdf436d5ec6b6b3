"""`make bench`: ours against `nbgrader autograde` on the same answers, in the same run.

The notebook of functions and tests only is the fair comparison: both tools execute all of it.
nbgrader gets its tests as cells with a few assertions per function, ours runs the assignment's
whole hidden test set inside the box; both write a gradebook. Marginal cost = (8 submissions - 2) / 6,
so that neither is charged for its start.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.assignment import Assignment, load_assignment  # noqa: E402
from autograder.notebooks import Cell, to_ipynb  # noqa: E402
from autograder.release import released_cells  # noqa: E402
from tests.course.demo_class import ClassMaker  # noqa: E402

NAME = "hippocampus"
MANY, FEW = 8, 2
#: Smoke tests in the style of an nbgrader course: one cell per graded function.
SMOKE = "assert callable({name})\nassert {name}.__doc__ is not None or True"


@dataclass
class Cost:
    """What a command cost, its children included."""

    wall: float
    cpu: float
    peak_mb: float


def measure(command: list[str], folder: Path) -> Cost:
    """Run a command and add up CPU time and the highest memory of its whole process tree."""
    import psutil

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak = [0.0]

    def watch() -> None:
        while process.poll() is None:
            try:
                parent = psutil.Process(process.pid)
                total = sum(p.memory_full_info().pss for p in [parent, *parent.children(recursive=True)])
                peak[0] = max(peak[0], total / 2**20)
            except psutil.Error:
                pass
            time.sleep(0.3)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, errors = process.communicate()
    watcher.join()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{errors[-3000:]}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak[0])


#: The shortest experiment of the notebook, and the cell it needs.
EXPERIMENT = ("data", "experiment-3-3")


def answers(maker: ClassMaker, *, experiment: bool) -> list[Cell]:
    """The solved notebook without figures and written answers, with one experiment or with none."""
    return [c for c in maker.solved() if c.role in ("", "answer", "check") or (experiment and c.id in EXPERIMENT)]


def with_smoke_tests(assignment: Assignment, cells: list[Cell]) -> list[Cell]:
    """Test cells as an nbgrader course would have them."""
    for cell in cells:
        if cell.role == "check":
            names = assignment.manifest.find(cell.question).names
            cell.source = "\n".join(SMOKE.format(name=name) for name in names)
            cell.metadata["nbgrader"].pop("checksum", None)
    return cells


def nbgrader_course(assignment: Assignment, root: Path, count: int, experiment: bool) -> list[str]:
    """A course of `count` submissions as nbgrader wants it; returns the command that grades it."""
    maker = ClassMaker(assignment)
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\nc.CourseDirectory.db_url = 'sqlite:///{root}/gradebook.db'\n"
        "c.ExecutePreprocessor.timeout = 120\n"
    )
    source = root / "source" / NAME
    source.mkdir(parents=True)
    (source / f"{NAME}.ipynb").write_text(to_ipynb(with_smoke_tests(assignment, answers(maker, experiment=experiment))))
    nbgrader = str(Path(sys.executable).parent / "nbgrader")
    subprocess.run([nbgrader, "generate_assignment", NAME], cwd=root, check=True, capture_output=True)
    for student in range(count):
        folder = root / "submitted" / f"s{student}" / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(
            to_ipynb(with_smoke_tests(assignment, answers(maker, experiment=experiment)))
        )
    return [nbgrader, "autograde", NAME]


def our_course(assignment: Assignment, root: Path, count: int, experiment: bool) -> list[str]:
    maker = ClassMaker(assignment)
    for student in range(count):
        folder = root / "submitted" / f"s{student}" / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(to_ipynb(answers(maker, experiment=experiment)))
    return [
        str(Path(sys.executable).parent / "autograder"),
        "grade",
        NAME,
        "--course",
        str(root),
        "--solutions",
        str(assignment.folder.parent),
        "--jobs",
        "1",
        "--quiet",
    ]


def cost(make: object, assignment: Assignment, count: int, experiment: bool = False) -> Cost:
    root = Path(tempfile.mkdtemp(prefix="hippo-bench-"))
    try:
        command = make(assignment, root, count, experiment)  # type: ignore[operator]
        return measure(command, root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def main() -> None:
    os.environ |= {"OMP_NUM_THREADS": "1", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    assignment = load_assignment(NAME, ROOT / "solutions")
    assert released_cells(assignment)
    for make in (our_course, nbgrader_course):
        cost(make, assignment, 1)  # compiles and caches what both need; not counted
    costs = {
        (who, n): cost(make, assignment, n)
        for n in (FEW, MANY)
        for who, make in (("ours", our_course), ("nbgrader", nbgrader_course))
    }
    rows = []
    for what, number in (("wall", lambda c: c.wall), ("CPU", lambda c: c.cpu)):
        ours, theirs = (number(costs[who, MANY]) for who in ("ours", "nbgrader"))
        rows.append((f"{MANY} submissions, whole command, {what} s", ours, theirs, ""))
        each = [(number(costs[who, MANY]) - number(costs[who, FEW])) / (MANY - FEW) for who in ("ours", "nbgrader")]
        rows.append((f"one more submission, {what} s", *each, "20 : 1"))
    ours, theirs = (cost(make, assignment, 1, experiment=True) for make in (our_course, nbgrader_course))
    rows.append(("1 submission with an experiment, command, wall s", ours.wall, theirs.wall, ""))
    rows.append(("the same, CPU s", ours.cpu, theirs.cpu, ""))
    rows.append(("peak memory, MiB", costs["ours", MANY].peak_mb, costs["nbgrader", MANY].peak_mb, ""))
    print(f"{'':50} {'ours':>9} {'nbgrader':>9} {'ratio':>8}  target")
    for name, ours, theirs, target in rows:
        print(f"{name:50} {ours:9.2f} {theirs:9.2f} {theirs / ours:7.1f}×  {target}")
    print(json.dumps({f"{who}-{n}": vars(c) for (who, n), c in costs.items()}))


if __name__ == "__main__":
    main()
