"""Find the notebook in what a student uploaded to Gradescope."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from autograder.archive import Entry, RefusedFile, opened, unpacked
from autograder.atomic import write_whole
from autograder.errors import UserError
from autograder.plaintext import one_line


def fetch(submission: Path, target: Path, assignment: str) -> tuple[Path, str]:
    """Copy the notebook that counts to `target`; a note where it is not called as it should be.

    Where there is none `target` is not written, which grading tells the student.
    """
    files: list[Entry] = []
    with suppress(UserError), opened(submission) as entries:
        for entry in entries:
            files.append(entry)
            if entry.name.lower().endswith(".zip"):
                with suppress(RefusedFile):
                    files += unpacked(entry)
        notebooks = [entry for entry in files if entry.name.lower().endswith(".ipynb")]
        for entry in sorted(notebooks, key=lambda e: _preference(e, assignment), reverse=True):
            try:
                raw = entry.read()
            except RefusedFile:
                continue
            write_whole(target, raw)
            name = one_line(entry.path, 120)
            return target, "" if entry.name == target.name else f"the notebook is called {name}; it was graded"
    return target, "no notebook was handed in"


def _preference(entry: Entry, assignment: str) -> tuple[bool, bool, float, tuple[str, ...]]:
    stem = entry.name.rsplit(".", 1)[0]
    return stem == assignment, assignment.lower() in entry.path.lower(), entry.modified, entry.parts
