"""Notebook cells: read from the instructor's source or from an .ipynb, written as .ipynb."""

from __future__ import annotations

import errno
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import INFRASTRUCTURE, NOT_GRADABLE, UserError
from autograder.lean import lean_imports
from autograder.plainfile import OF_THE_FILE, plain_bytes

#: What a cell is for; the empty role is text or given code.
ROLES = ("", "answer", "written", "experiment", "figures", "check")
#: Cells that are not executed when grading.
NOT_EXECUTED = ("written", "experiment", "figures", "check")
#: Cells that a person marks.
HAND_GRADED = ("written", "figures")

MAX_NOTEBOOK_BYTES = 64 * 2**20
MAX_CELLS = 5_000


@dataclass
class Cell:
    """One cell of a notebook, with what the assignment says about it."""

    kind: str
    source: str
    id: str = ""
    role: str = ""
    question: str = ""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def is_code(self) -> bool:
        return self.kind == "code"


def read_source(path: Path) -> list[Cell]:
    """Cells of a source in percent format; `id`, `role` and `question` stand in the cell headers."""
    with lean_imports():
        import jupytext

    try:
        notebook = jupytext.read(path, fmt="py:percent")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    cells = []
    for number, raw in enumerate(notebook.cells):
        metadata = {k: v for k, v in raw.metadata.items() if k not in ("lines_to_next_cell",)}
        cell = Cell(
            kind=raw.cell_type,
            source=raw.source,
            id=str(metadata.pop("id", "")),
            role=str(metadata.pop("role", "")),
            question=str(metadata.pop("question", "")),
            metadata=metadata,
        )
        if cell.role not in ROLES:
            raise UserError(
                f"{path}: cell {number + 1} has role {cell.role!r}, expected one of {', '.join(ROLES[1:])}."
            )
        cells.append(cell)
    return cells


def read_ipynb(path: Path) -> list[Cell]:
    """Cells of a submitted notebook. Nothing in it is trusted: only plain JSON values come out.

    Raises
    ------
    UserError
        One sentence a student understands (exit code 4) when the file is no notebook.
    """
    if not path.is_symlink() and not path.exists():
        raise UserError(f"{path.name} is not there: name the notebook that you work on.", NOT_GRADABLE)
    return cells_of(submitted_bytes(path), path.name)


def submitted_bytes(path: Path) -> bytes:
    """What stands in a submitted file; a link, folder, pipe or device in its place is refused, nothing hangs."""
    try:
        raw = plain_bytes(path, MAX_NOTEBOOK_BYTES)
    except FileNotFoundError:
        raise UserError(f"no notebook was handed in: expected {path.name}.", NOT_GRADABLE) from None
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise UserError(
                f"{path.name}: {error.strerror}; at most {MAX_NOTEBOOK_BYTES >> 20} MiB are read: clear large outputs "
                "and hand it in again.",
                NOT_GRADABLE,
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise UserError(f"{path.name} cannot be read: {error.strerror}.", NOT_GRADABLE) from None
        if error.errno in OF_THE_FILE:
            raise UserError(
                f"{path.name} is a link, folder or special file, expected a notebook file.", NOT_GRADABLE
            ) from None
        raise UserError(f"{path} cannot be read: {error.strerror}.", INFRASTRUCTURE) from None
    if not raw.strip():
        raise UserError(f"{path.name} is empty: save the notebook and hand it in again.", NOT_GRADABLE)
    return raw


def cells_of(raw: bytes, name: str) -> list[Cell]:
    """Cells of the notebook with the bytes `raw`; see `read_ipynb`."""
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UserError(
            f"{name} is not a readable notebook (broken JSON): open it in Jupyter, save it and hand it in again.",
            NOT_GRADABLE,
        ) from None
    if isinstance(document, dict) and isinstance(document.get("worksheets"), list):
        sheets = [s.get("cells") for s in document["worksheets"] if isinstance(s, dict)]
        document = {"cells": [cell for cells in sheets if isinstance(cells, list) for cell in cells]}
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise UserError(f"{name} is JSON but not a notebook: it has no list of cells.", NOT_GRADABLE)
    if len(document["cells"]) > MAX_CELLS:
        raise UserError(
            f"{name} has {len(document['cells']):,} cells; at most {MAX_CELLS:,} are read: delete what is no "
            "answer and hand it in again.",
            NOT_GRADABLE,
        )
    return [_cell(c) for c in document["cells"] if isinstance(c, dict)]


def _cell(raw: dict[str, Any]) -> Cell:
    metadata = raw.get("metadata") if isinstance(raw.get("metadata"), dict) else {}
    assert isinstance(metadata, dict)
    record = metadata.get("nbgrader")
    grade_id = record.get("grade_id") if isinstance(record, dict) else None
    # nbgrader's grade_id survives tools that renew cell ids
    ids = [grade_id] if isinstance(grade_id, str) else [raw.get("id")]
    outputs = raw.get("outputs")
    return Cell(
        kind="code" if raw.get("cell_type") == "code" else "markdown",
        source=_text(raw.get("source", raw.get("input", ""))),
        # what is no id of nbformat is the id of no released cell, but could stand in a message
        id=next((i for i in ids if isinstance(i, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", i)), ""),
        outputs=[o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else [],
        metadata=metadata,
    )


def _text(source: object) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    return source.encode("utf-8", "replace").decode("utf-8")


def to_ipynb(cells: list[Cell], *, language_version: str = "3.11") -> str:
    """The notebook as text, nbformat 4.5: same cells, same bytes."""
    document = {
        "cells": [_raw(cell, position) for position, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": language_version},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _raw(cell: Cell, position: int) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "cell_type": cell.kind,
        # ids must not be random, or regeneration would differ
        "id": cell.id or f"cell-{position}",
        "metadata": cell.metadata,
        "source": cell.source.splitlines(keepends=True),
    }
    if cell.is_code:
        raw |= {"execution_count": None, "outputs": cell.outputs}
    return raw
