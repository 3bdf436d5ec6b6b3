"""Keep files that were not collected, each with its reason."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from autograder.atomic import write_whole
from autograder.plaintext import spreadsheet_cell

HEADER = ["student_id", "file", "reason", "kept_as"]


class Refused(Protocol):
    """What is known of a refused file."""

    student: str
    file: str
    what: str


def keep(folder: Path, name: str, raw: bytes) -> str:
    """Put a refused file into quarantine under a name of our own, which is returned."""
    suffix = next((s for s in (".ipynb", ".zip") if name.lower().endswith(s)), "")
    kept = hashlib.sha256(raw).hexdigest()[:16] + suffix
    write_whole(folder / kept, raw)
    return kept


def write_reasons(folder: Path, refused: Sequence[tuple[Refused, str]]) -> str:
    """Write `reasons.csv`, in which earlier reasons stay: refused files and the names they are kept under.

    Returns the folder's path as text. A file without such a name was too dangerous or too large to
    keep: there is only its reason.
    """
    lines = [[spreadsheet_cell(cell) for cell in (row.student, row.file, row.what, kept)] for row, kept in refused]
    path = folder / "reasons.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="", errors="replace") as file:
            lines = [line for line in csv.reader(file) if line != HEADER and line not in lines] + lines
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, *lines])
    write_whole(path, buffer.getvalue())
    return str(folder)
