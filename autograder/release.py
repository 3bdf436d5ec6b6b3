"""Make what students get: `assignments/<name>/`, the same bytes every time."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment import Assignment
from autograder.errors import UserError
from autograder.leakcheck import refuse_leaks
from autograder.notebooks import HAND_GRADED, Cell, to_ipynb
from autograder.stubs import stub
from autograder.student_package import requires_python, student_wheel, wheel_name
from autograder.testfiles import declared_tests

#: What a student's machine knows of the assignment; see `public_manifest`.
PUBLIC_MANIFEST = "assignment.json"


def release(assignment: Assignment, assignments: Path, *, student_package: bool = False) -> Path:
    """Write `assignments/<name>/`: notebook with stubs, visible tests, public manifest, README, on request a wheel.

    Built in a clean staging folder, so that nothing lying beside the source can slip through;
    checked for solutions before it takes the place of the old release.
    """
    _require_tests(assignment)
    target = assignments / assignment.name
    assignments.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{assignment.name}-", dir=assignments))
    try:
        staging.chmod(0o755)
        wheel = wheel_name(assignment) if student_package else ""
        for path, text in released_files(assignment, wheel).items():
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            (staging / path).write_text(text, encoding="utf-8", newline="\n")
        refuse_leaks(assignment, staging)
        if wheel:
            (staging / wheel).write_bytes(student_wheel(assignment))
        if target.exists():
            shutil.rmtree(target)
        staging.rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _require_tests(assignment: Assignment) -> None:
    tested = {test.question for test in declared_tests(assignment.tests)}
    for question in assignment.manifest.question:
        if question.auto > 0 and question.id not in tested:
            raise UserError(
                f"question {question.id} of {assignment.name} gives {question.auto:g} marks, but no file in "
                f"{assignment.tests} tests it: write tests, or set hand = {question.points:g}."
            )


def released_files(assignment: Assignment, wheel: str = "") -> dict[str, str]:
    """Relative path → text of every released file; the README tells how to install `wheel`, where there is one."""
    files = {
        f"{assignment.name}.ipynb": to_ipynb(released_cells(assignment)),
        PUBLIC_MANIFEST: msgspec.json.format(msgspec.json.encode(public_manifest(assignment)), indent=1).decode()
        + "\n",
        "README.md": _readme(assignment, wheel),
    }
    visible = assignment.tests / "visible"
    for path in sorted(visible.rglob("*.py")):
        files[f"tests/{path.relative_to(visible).as_posix()}"] = path.read_text(encoding="utf-8")
    return files


def released_cells(assignment: Assignment) -> list[Cell]:
    """The notebook's cells with stubs in place of solutions, and nbgrader's metadata."""
    cells = []
    for position, cell in enumerate(assignment.cells):
        source = stub(cell)
        metadata = _nbgrader_metadata(assignment, cell, source)
        cells.append(
            Cell(
                cell.kind,
                source,
                cell.id or f"text-{position}",
                cell.role,
                cell.question,
                [],
                {"nbgrader": metadata} if metadata else {},
            )
        )
    return cells


def public_manifest(assignment: Assignment) -> dict[str, Any]:
    """What `check` and `submit` need on the student's machine: no tolerance, no hidden test, no limit."""
    manifest = assignment.manifest
    return {
        "schema": 1,
        "name": manifest.name,
        "title": manifest.title,
        "points": manifest.points,
        "bonus": manifest.bonus,
        "withhold": manifest.withhold,
        "questions": [
            {
                "id": q.id,
                "title": q.title,
                "points": q.points,
                "hand": q.hand,
                "bonus": q.bonus,
                "names": q.names,
                "tolerance": {"atol": q.tolerance.atol, "rtol": q.tolerance.rtol} if q.tolerance else None,
                "hidden": hidden_count(assignment, q.id),
            }
            | ({"later": later} if (later := hidden_categories(assignment, q.id)) else {})
            for q in manifest.question
        ],
        "cells": [{"id": c.id, "role": c.role, "question": c.question} for c in assignment.cells if c.role],
    }


def hidden_count(assignment: Assignment, question_id: str) -> int:
    """How many hidden properties a question has: the student may know the number."""
    return sum(1 for test in declared_tests(assignment.tests / "hidden") if test.question == question_id)


def hidden_categories(assignment: Assignment, question_id: str) -> list[str]:
    """What the hidden properties of a question look at, in the author's words; empty where none are said."""
    own = (t for t in declared_tests(assignment.tests / "hidden") if t.question == question_id)
    return list(dict.fromkeys(test.category for test in own if test.category))


def _nbgrader_metadata(assignment: Assignment, cell: Cell, source: str) -> dict[str, Any] | None:
    """nbgrader's cell metadata, schema 3: required keys, points where there are marks, a checksum."""
    has_stub = source != cell.source
    if cell.role not in ("answer", "written", "figures", "check") and not has_stub:
        return None
    points = None
    if cell.role in HAND_GRADED:
        points = assignment.manifest.find(cell.question).hand
    elif cell.role == "check":
        points = assignment.manifest.find(cell.question).auto
    metadata: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": cell.id,
        "grade": points is not None,
        "solution": cell.role != "check",
        "locked": cell.role == "check",
        "task": False,
        "cell_type": cell.kind,
    }
    if points is not None:
        metadata["points"] = points
    return metadata | {"checksum": checksum(source, cell.kind, metadata)}


def checksum(source: str, kind: str, metadata: dict[str, Any]) -> str:
    """nbgrader's own cell checksum, so that it finds nothing to complain about."""
    parts = [
        source,
        kind,
        str(metadata["grade"]),
        str(metadata["solution"]),
        str(metadata["locked"]),
        metadata["grade_id"],
    ]
    if metadata["grade"]:
        parts.append(str(float(metadata["points"])))
    return hashlib.md5("".join(parts).encode("utf-8")).hexdigest()


def _readme(assignment: Assignment, wheel: str) -> str:
    name, manifest = assignment.name, assignment.manifest
    bonus = f" and {manifest.bonus:g} bonus" if manifest.bonus else ""
    rows = "\n".join(f"| {q.id} | {q.title} | {q.points:g}{' (bonus)' if q.bonus else ''} |" for q in manifest.question)
    data = (
        f"\nData: {', '.join(manifest.data)}; found or fetched by `hippo.datasets`, `hippo data` shows where.\n"
        if manifest.data
        else ""
    )
    install = (
        f"""
Once, in this folder, with Python {requires_python()}:

```
pip install jupyterlab ./{wheel}
```
"""
        if wheel
        else ""
    )
    return f"""# {manifest.title}

Open `{name}.ipynb`, replace every `raise NotImplementedError(...)` by your answer and run the cells.
{manifest.points:g} marks{bonus}.

| question | asks | marks |
|---|---|---|
{rows}
{data}{install}
Three commands, run in this folder:

```
jupyter lab {name}.ipynb           # open the notebook
autograder check {name}.ipynb      # see which visible properties hold
autograder submit {name}.ipynb     # pack it, with a receipt
```

Inside the notebook, `check("QUESTION")` does the same for one question. More properties are checked
after you hand in; their number is shown, their inputs are not.

<!-- generated from the assignment's source; do not edit -->
"""
