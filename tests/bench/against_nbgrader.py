"""`make bench`: ours against `nbgrader autograde` on the same submissions, with the same properties, in the same run.

Three notebooks: the hippocampus notebook as handed in, whose experiments nbgrader executes again; the same
with functions and tests only; and the small assignment that `autograder new` makes. nbgrader runs the
properties in test cells, in the student's own process; ours runs them across the trust line. Both
write a gradebook. The cost of one more submission = (many - few) / difference, so that neither is
charged for its start.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.assignment import Assignment, load_assignment  # noqa: E402
from autograder.new_assignment import new_assignment  # noqa: E402
from autograder.notebooks import Cell, to_ipynb  # noqa: E402
from tests.bench.cost import Cost, measure, table  # noqa: E402
from tests.course.demo_class import ClassMaker  # noqa: E402

MANY, FEW = 8, 2
REPEATS = 3
#: What a test cell of the nbgrader course holds.
TEST_CELL = """import sys
sys.path.insert(0, {root!r})
from tests.bench.in_process import assert_question
assert_question({solutions!r}, {name!r}, {question!r}, globals())"""


def handed_in(assignment: Assignment, *, whole: bool) -> list[Cell]:
    """The solved notebook: all of it, or functions and tests only."""
    return [cell for cell in ClassMaker(assignment).solved() if whole or cell.role in ("", "answer", "check")]


def nbgrader_course(assignment: Assignment, root: Path, count: int, whole: bool) -> list[str]:
    """A course of `count` submissions as nbgrader wants it; returns the command that grades it."""
    cells = handed_in(assignment, whole=whole)
    for cell in cells:
        if cell.role == "check":
            cell.source = TEST_CELL.format(root=str(ROOT), solutions=str(assignment.folder.parent), name=assignment.name,
                                           question=cell.question)
            cell.metadata["nbgrader"].pop("checksum", None)
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\nc.CourseDirectory.db_url = 'sqlite:///{root}/gradebook.db'\n"
        "c.ExecutePreprocessor.timeout = 600\n"
    )
    name, text = assignment.name, to_ipynb(cells)
    nbgrader = str(Path(sys.executable).parent / "nbgrader")
    for path in [root / "source" / name, *(root / "submitted" / f"s{student}" / name for student in range(count))]:
        path.mkdir(parents=True)
        (path / f"{name}.ipynb").write_text(text)
    subprocess.run([nbgrader, "generate_assignment", name], cwd=root, check=True, capture_output=True)
    return [nbgrader, "autograde", name]


def our_course(assignment: Assignment, root: Path, count: int, whole: bool) -> list[str]:
    text = to_ipynb(handed_in(assignment, whole=whole))
    for student in range(count):
        folder = root / "submitted" / f"s{student}" / assignment.name
        folder.mkdir(parents=True)
        (folder / f"{assignment.name}.ipynb").write_text(text)
    return [str(Path(sys.executable).parent / "autograder"), "grade", assignment.name, "--course", str(root),
            "--solutions", str(assignment.folder.parent), "--jobs", "1", "--quiet"]


Course = Callable[[Assignment, Path, int, bool], list[str]]


def cost(make: Course, assignment: Assignment, count: int, *, whole: bool = False) -> Cost:
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        return measure(make(assignment, root, count, whole), root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def full_marks(assignment: Assignment) -> None:
    """Both tools must see a right submission as right, or the comparison is of something else."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        subprocess.run(nbgrader_course(assignment, root, 1, False), cwd=root, check=True, capture_output=True)
        graded = json.loads((root / "autograded" / "s0" / assignment.name / f"{assignment.name}.ipynb").read_text())
        errors = [o for c in graded["cells"] for o in c.get("outputs", []) if o["output_type"] == "error"]
        if errors:
            sys.exit(f"nbgrader's test cells fail on the solution: {errors[0]['ename']}: {errors[0]['evalue']}")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def one_more(make: Course, assignment: Assignment) -> tuple[list[float], list[float], list[Cost]]:
    """Wall and CPU seconds that one more submission costs, once per repeat, and the costs themselves."""
    walls, cpus, costs = [], [], []
    for _ in range(REPEATS):
        few, many = (cost(make, assignment, count) for count in (FEW, MANY))
        walls.append((many.wall - few.wall) / (MANY - FEW))
        cpus.append((many.cpu - few.cpu) / (MANY - FEW))
        costs += [many]
    return walls, cpus, costs


def main() -> None:
    os.environ |= {"OMP_NUM_THREADS": "1", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    os.environ.pop("HIPPO_DATA", None)  # the experiments run on the bundled digits: the shortest that nbgrader can do
    course = Path(tempfile.mkdtemp(prefix="bench-solutions-"))
    new_assignment("overlap", course)
    cases = [("hippocampus, functions and tests only", load_assignment("hippocampus", ROOT / "solutions")),
             ("the assignment of `autograder new`", load_assignment("overlap", course))]
    rows: list[tuple[object, ...]] = []
    peaks: dict[str, float] = {}
    for title, assignment in cases:
        full_marks(assignment)
        for make in (our_course, nbgrader_course):
            cost(make, assignment, 1)  # compiles and caches what both need; not counted
        ours, theirs = one_more(our_course, assignment), one_more(nbgrader_course, assignment)
        for place, what in ((0, "wall"), (1, "CPU")):
            a, b = statistics.median(ours[place]), statistics.median(theirs[place])
            rows.append((f"{title}: one more, {what} s", a, b, f"{b / a:.1f} : 1", "20 : 1"))
        a, b = (statistics.median(c.wall for c in costs[2]) for costs in (ours, theirs))
        rows.append((f"{title}: {MANY} submissions, whole command, wall s", a, b, f"{b / a:.1f} : 1", ""))
        peaks = {"ours": max(c.peak_mb for c in ours[2]), "nbgrader": max(c.peak_mb for c in theirs[2])}
        if assignment is cases[0][1]:
            rows.append(("… peak memory MiB", peaks["ours"], peaks["nbgrader"], "", ""))
            one, many = ({make: cost(make, assignment, n, whole=True) for make in (our_course, nbgrader_course)}
                         for n in (1, MANY))
            for what in ("wall", "cpu"):
                a, b = (getattr(many[make], what) for make in many)
                rows.append((f"hippocampus, as handed in: {MANY} submissions, whole command, {what} s",
                             a, b, f"{b / a:.1f} : 1", "20 : 1"))
                a, b = ((getattr(many[make], what) - getattr(one[make], what)) / (MANY - 1) for make in many)
                rows.append((f"hippocampus, as handed in: one more, {what} s", a, b, f"{b / a:.1f} : 1", "20 : 1"))
            if not ours[2][0].whole:
                print("CPU without the boxed processes: no control group could be made to count them.")
    table("ours against nbgrader autograde, one slot", ("", "ours", "nbgrader", "ratio", "target"), rows)
    shutil.rmtree(course, ignore_errors=True)


if __name__ == "__main__":
    main()
