"""The instructor's own solution as code: executed on the trusted side, or sent to a worker by `verify`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from autograder.assignment import Assignment
from autograder.notebooks import NOT_EXECUTED
from autograder.release import released_cells
from autograder.stubs import without_markers


def reference_namespace(assignment: Assignment) -> SimpleNamespace:
    """The solution's own functions: its given and answer cells, executed here, on the trusted side."""
    namespace: dict[str, Any] = {"__name__": "reference"}
    for label, source in solution_code(assignment):
        exec(compile(source, f"<solution, {label}>", "exec"), namespace)
    return SimpleNamespace(**{k: v for k, v in namespace.items() if not k.startswith("__")})


def solution_code(assignment: Assignment, replace: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """(label, source) of the cells that grading executes, some of them replaced."""
    return [
        (cell.id or f"cell {i + 1}", (replace or {}).get(cell.id, without_markers(cell.source)))
        for i, cell in enumerate(assignment.cells)
        if cell.is_code and cell.role not in NOT_EXECUTED
    ]


def stub_code(assignment: Assignment) -> list[tuple[str, str]]:
    """The same for the released notebook, untouched."""
    return [
        (cell.id, cell.source) for cell in released_cells(assignment) if cell.is_code and cell.role not in NOT_EXECUTED
    ]
