"""`make bench`: ours against `otter run` on the same submissions, with the same properties, in the same run.

otter-grader is no dependency: `pip install otter-grader` into the same environment, or this says that it is absent.
`otter run` grades one submission a command, in the student's own process, and writes no gradebook; the table
holds one command of each for one submission, and what one more costs ours, whose command grades a class.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.assignment import Assignment, load_assignment  # noqa: E402
from autograder.notebooks import to_ipynb  # noqa: E402
from tests.bench.against_nbgrader import FEW, MANY, REPEATS, cost, handed_in, our_course  # noqa: E402
from tests.bench.cost import Cost, table  # noqa: E402

#: A question's test file.
TEST_FILE = """from otter.test_files import test_case
import sys

sys.path.insert(0, {root!r})
from tests.bench.in_process import assert_question

OK_FORMAT = False
name = {question!r}
points = {points!r}

@test_case()
def test_properties(env):
    assert_question({solutions!r}, {name!r}, {question!r}, env)
"""


def otter_course(assignment: Assignment, root: Path, count: int, whole: bool) -> list[str]:
    """One submission and the archive that `otter generate` makes of the tests; returns the command that grades it."""
    assert count == 1
    otter = str(shutil.which("otter"))
    (root / "tests").mkdir()
    for question in assignment.manifest.question:
        if question.auto:
            text = TEST_FILE.format(root=str(ROOT), solutions=str(assignment.folder.parent), name=assignment.name,
                                    question=question.id, points=question.auto)
            (root / "tests" / f"q{question.id.replace('.', '_')}.py").write_text(text)
    cells = [cell for cell in handed_in(assignment, whole=whole) if cell.role != "check"]
    (root / "submission.ipynb").write_text(to_ipynb(cells))
    subprocess.run([otter, "generate", "-t", "tests", "-o", "autograder.zip"], cwd=root, check=True, capture_output=True)
    return [otter, "run", "submission.ipynb", "-a", "autograder.zip", "-o", ".", "--no-logo"]


def full_marks(assignment: Assignment) -> None:
    """`otter run` must give the solution every point, or the comparison is of something else."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        subprocess.run(otter_course(assignment, Path(folder), 1, False), cwd=folder, check=True, capture_output=True)
        results = [test for test in json.loads((Path(folder) / "results.json").read_text())["tests"] if "max_score" in test]
        lost = [test for test in results if test["score"] != test["max_score"]]
        points = sum(test["max_score"] for test in results)
    if lost or points != sum(question.auto for question in assignment.manifest.question):
        sys.exit(f"otter run does not give the solution full marks ({points:g} points in all): {lost}")


def main() -> None:
    os.environ |= {"OMP_NUM_THREADS": "1", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    os.environ.pop("HIPPO_DATA", None)  # the experiments run on the bundled digits, as they do for nbgrader
    if shutil.which("otter") is None:
        print("ours against otter run: otter-grader is not installed; pip install otter-grader")
        return
    assignment = load_assignment("hippocampus", ROOT / "solutions")
    full_marks(assignment)
    rows: list[tuple[object, ...]] = []
    for title, whole in (("functions and tests only", False), ("as handed in", True)):
        costs: dict[str, list[Cost]] = {"one": [], "few": [], "many": [], "otter": []}
        for _ in range(REPEATS):
            costs["one"].append(cost(our_course, assignment, 1, whole=whole))
            costs["otter"].append(cost(otter_course, assignment, 1, whole=whole))
            costs["few"].append(cost(our_course, assignment, FEW, whole=whole))
            costs["many"].append(cost(our_course, assignment, MANY, whole=whole))
        for what in ("wall", "cpu"):
            one, few, many, otter = (statistics.median(getattr(c, what) for c in costs[key]) for key in costs)
            more = (many - few) / (MANY - FEW)
            rows.append((f"hippocampus, {title}: one submission, {what} s", one, otter, f"{otter / one:.1f} : 1"))
            rows.append((f"hippocampus, {title}: one more, {what} s", more, otter, f"{otter / more:.1f} : 1"))
    table("ours against otter run, one slot", ("", "ours", "otter", "ratio"), rows)


if __name__ == "__main__":
    main()
