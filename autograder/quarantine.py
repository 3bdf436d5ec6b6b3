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


def write_quarantine(folder: Path, refused: Sequence[tuple[Refused, bytes | None]]) -> str:
    """Write refused files under names of our own and `reasons.csv`, in which earlier reasons stay.

    Returns the folder's path as text. A file without bytes was too dangerous to read: only its
    reason is written.
    """
    lines = []
    for row, raw in refused:
        kept = ""
        if raw is not None:
            suffix = next((s for s in (".ipynb", ".zip") if row.file.lower().endswith(s)), "")
            kept = hashlib.sha256(raw).hexdigest()[:16] + suffix
            write_whole(folder / kept, raw)
        lines.append([spreadsheet_cell(cell) for cell in (row.student, row.file, row.what, kept)])
    path = folder / "reasons.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="", errors="replace") as file:
            lines = [line for line in csv.reader(file) if line != HEADER and line not in lines] + lines
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, *lines])
    write_whole(path, buffer.getvalue())
    return str(folder)
