"""A small course for breaking things in: an assignment that starts fast, a class of any size, its final state."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "small"
#: A run that takes longer than this hangs.
RUN_SECONDS = 300.0
MANIFEST = """\
schema = 1
name = "small"
title = "Sums and turns"
points = 5
preload = ["numpy"]

[limits]
cpu_seconds = 0.3
wall_seconds = 60
memory_mb = 512

[[question]]
id = "1"
title = "A sum"
points = 2
names = ["total"]

[[question]]
id = "2"
title = "A turn"
points = 2
names = ["turned"]

[[question]]
id = "3"
title = "In words"
points = 1
hand = 1
"""
SOURCE = '''\
# %% [markdown]
# # Sums and turns

# %% id="total" role="answer" question="1"
def total(values: list[float]) -> float:
    """Sum of the values; total([1, 2]) is 3."""
    ### BEGIN SOLUTION
    return sum(values)
    ### END SOLUTION


# %% id="check-1" role="check" question="1"
print("check 1")

# %% id="turned" role="answer" question="2"
def turned(values: list[float]) -> list[float]:
    """The values in reverse order; turned([1, 2]) is [2, 1]."""
    ### BEGIN SOLUTION
    return values[::-1]
    ### END SOLUTION


# %% id="check-2" role="check" question="2"
print("check 2")

# %% [markdown] id="answer-3" role="written" question="3"
# ### BEGIN SOLUTION
# Turning does not change a sum.
# ### END SOLUTION
'''
VISIBLE = '''\
"""Small examples."""

import pytest


@pytest.mark.question("1")
def test_one_and_two(student, same):
    """One and two make three."""
    same(student.total([1.0, 2.0]), 3.0)


@pytest.mark.question("2")
def test_two_values(student, holds):
    """Two values change places."""
    holds(student.turned([1.0, 2.0]) == [2.0, 1.0], "they did not")
'''
HIDDEN = '''\
"""Fresh inputs."""

import pytest


@pytest.mark.question("1")
def test_many_values(student, reference, same, generator):
    """Many values add up."""
    import torch

    values = torch.randint(0, 9, (7,), generator=generator).double().tolist()
    same(student.total(values), reference.total(values))


@pytest.mark.question("2")
def test_many_turn(student, reference, holds, generator):
    """Many values turn."""
    import torch

    values = torch.randint(0, 9, (7,), generator=generator).double().tolist()
    holds(student.turned(values) == reference.turned(values), "they do not")
'''
RIGHT = {"total": "def total(values):\n    return sum(values)\n", "turned": "def turned(values):\n    return values[::-1]\n"}
#: What goes wrong in every twelfth submission: (answer, its source), or None for a file that is no notebook.
TROUBLE: dict[int, tuple[str, str] | None] = {
    1: ("total", "def total(values):\n    return max(values)\n"),
    3: ("turned", "def turned(values):\n    return values\n"),
    4: ("total", "def total(values):\n    while True:\n        pass\n"),
    6: ("turned", "import os\ndef turned(values):\n    os._exit(0)\n"),
    7: ("total", "import os\nos._exit(3)\n"),
    8: ("turned", "def turned(values:\n"),
    9: None,
    11: ("total", "def total(values):\n    raise ValueError('no')\n"),
}


def write_assignment(solutions: Path) -> None:
    """Write the assignment's folder below `solutions`."""
    folder = solutions / NAME
    for place, text in (("assignment.toml", MANIFEST), (f"{NAME}.py", SOURCE), ("tests/visible/test_small.py", VISIBLE),
                        ("tests/hidden/test_small.py", HIDDEN)):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def submission(number: int) -> str:
    """The text of a submission: every twelve of them bring each trouble once."""
    number %= 12
    trouble = TROUBLE.get(number)
    if number in TROUBLE and trouble is None:
        return '{"cells": ['
    answers = RIGHT | ({trouble[0]: trouble[1]} if trouble else {})
    return notebook(answers)


def notebook(answers: dict[str, str]) -> str:
    """A notebook with these answers in it."""
    cells = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for name, text in answers.items()
    ]
    cells.append({"cell_type": "markdown", "id": "answer-3", "metadata": {}, "source": "It stays the same."})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def write_class(course: Path, count: int) -> None:
    """Put `count` submissions into the course folder."""
    for number in range(count):
        path = course / "submitted" / f"s{number:03}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(submission(number), encoding="utf-8")


def command(course: Path, solutions: Path, *more: str, jobs: int = 2) -> list[str]:
    """The command line that grades the course."""
    return [str(Path(sys.executable).parent / "autograder"), "grade", NAME, "--course", str(course), "--solutions", str(solutions),
            "--jobs", str(jobs), *more]


def surroundings(temporary: Path | None = None) -> dict[str, str]:
    """The environment of a run: one thread, and a folder of its own for what is temporary."""
    root = str(Path(__file__).resolve().parents[3])
    extra = {} if temporary is None else {"TMPDIR": str(temporary)}
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": root} | extra


def run(course: Path, solutions: Path, *more: str, jobs: int = 2, **options: Any) -> subprocess.CompletedProcess[str]:
    """Grade the course by the real command; whatever was printed is text."""
    options = {"env": surroundings(), "stdin": subprocess.DEVNULL} | options
    return subprocess.run(command(course, solutions, *more, jobs=jobs), capture_output=True, text=True, timeout=RUN_SECONDS, **options)


@dataclass
class State:
    """All that a run leaves behind and that must not depend on what happened on the way."""

    files: dict[str, bytes] = field(default_factory=dict)
    gradebook: list[tuple[object, ...]] = field(default_factory=list)
    #: Everything else in the course folder: nothing may be left over.
    others: list[str] = field(default_factory=list)

    def differences(self, other: State) -> list[str]:
        """What differs, in words."""
        found = [f"{name}: {_first_difference(self.files.get(name), other.files.get(name))}"
                 for name in sorted({*self.files, *other.files}) if self.files.get(name) != other.files.get(name)]
        rows, theirs = set(self.gradebook), set(other.gradebook)
        found += [f"gradebook lacks {row}" for row in sorted(rows - theirs, key=repr)]
        found += [f"gradebook has {row}" for row in sorted(theirs - rows, key=repr)]
        if len(self.gradebook) != len(other.gradebook):
            found.append(f"gradebook has {len(other.gradebook)} rows, expected {len(self.gradebook)}")
        if self.others != other.others:
            found.append(f"files differ: {sorted(set(self.others) ^ set(other.others))}")
        return found


def _first_difference(expected: bytes | None, got: bytes | None) -> str:
    if expected is None or got is None:
        return "only after the fault" if expected is None else "not there"
    for one, two in zip(expected.splitlines(), got.splitlines(), strict=False):
        if one != two:
            return f"expected {one.decode(errors='replace').strip()[:120]}, got {two.decode(errors='replace').strip()[:120]}"
    return f"{len(got)} bytes, expected {len(expected)}"


#: Exact wall times are the one thing that no two runs share.
TIMES = re.compile(rf"records/{NAME}/times/")


def final_state(course: Path, gradebook: list[tuple[object, ...]] | None = None) -> State:
    """Records, notebooks for marking, grades.csv byte by byte; rows of the gradebook; names of all other files.

    `gradebook` holds the rows where they are not in the course folder.
    """
    state = State()
    for path in sorted(course.rglob("*")):
        name = path.relative_to(course).as_posix()
        # what a killed writer leaves is swept once it is old enough to be nobody's
        if not path.is_file() or name.startswith("submitted/") or name.endswith((".unfinished", ".grading.lock")):
            continue
        if (name.startswith(("records/", "autograded/")) and path.name[0] != "." and not TIMES.match(name)) or name == "grades.csv":
            state.files[name] = path.read_bytes()
        else:
            state.others.append(name)
    state.gradebook = gradebook_rows(course / "gradebook.db") if gradebook is None else gradebook
    return state


#: The gradebook's tables without random ids; any database answers these.
QUERIES = (
    "select 'student', id from student",
    "select 'assignment', name from assignment",
    "select 'submission', sa.student_id, a.name, sa.timestamp from submitted_assignment sa join assignment a on"
    " sa.assignment_id = a.id",
    "select 'notebook', sa.student_id, n.name, sn.late_submission_penalty from submitted_notebook sn join"
    " submitted_assignment sa on sn.assignment_id = sa.id join notebook n on sn.notebook_id = n.id",
    "select 'grade', sa.student_id, b.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade from grade g"
    " join submitted_notebook sn on g.notebook_id = sn.id join submitted_assignment sa on sn.assignment_id = sa.id"
    " join base_cell b on g.cell_id = b.id",
    "select 'comment', sa.student_id, b.name, c.auto_comment, c.manual_comment from comment c join submitted_notebook sn on"
    " c.notebook_id = sn.id join submitted_assignment sa on sn.assignment_id = sa.id join base_cell b on c.cell_id = b.id",
    "select 'cell', b.name, b.type from base_cell b",
    "select 'version', version_num from alembic_version",
)


def gradebook_rows(path: Path) -> list[tuple[object, ...]]:
    """All that the gradebook knows, without its random ids."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        rows = [row for query in QUERIES for row in db.execute(query)]
    db.close()
    return sorted(rows, key=repr)
