"""Turn a solution cell into a stub that names its question."""

from __future__ import annotations

import re

from autograder.errors import UserError
from autograder.notebooks import Cell

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
WRITTEN_STUB = "*Your answer here.*"


def stub(cell: Cell) -> str:
    """The cell's source with every solution region replaced.

    Code regions become ``raise NotImplementedError("2.a: write mse")``, written ones a line that
    asks for the answer. Signature, docstring and given lines stay as they are.
    """
    kept: list[str] = []
    inside = False
    for line in cell.source.split("\n"):
        mark = line.strip().removeprefix("# ").strip() if not cell.is_code else line.strip()
        if mark == BEGIN:
            if inside:
                raise UserError(f"cell {cell.id}: {BEGIN!r} stands inside another solution region.")
            inside = True
            kept.append(_replacement(cell, indent=line[: len(line) - len(line.lstrip())]))
        elif mark == END:
            if not inside:
                raise UserError(f"cell {cell.id}: {END!r} has no {BEGIN!r} before it.")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise UserError(f"cell {cell.id}: {BEGIN!r} is never closed by {END!r}.")
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(kept)).rstrip("\n")


def without_markers(source: str) -> str:
    """The solution itself, its marker lines removed."""
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN, END))


def solution_lines(cell: Cell) -> list[str]:
    """The lines that must never be released."""
    lines, inside = [], False
    for line in cell.source.split("\n"):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside and line.strip():
            lines.append(line.strip())
    return lines


def _replacement(cell: Cell, indent: str) -> str:
    if not cell.is_code:
        return WRITTEN_STUB
    verb = "write" if cell.role == "answer" else "complete"
    return f'{indent}raise NotImplementedError("{cell.question}: {verb} {cell.id}")'
