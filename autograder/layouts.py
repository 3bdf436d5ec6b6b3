"""Tell from a file's path whose submission it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from autograder.course import is_student_id

#: Folders that people pack submissions in; they name nobody.
CONTAINERS = ("submissions", "submission", "submitted", "assignments", "assignment", "downloads")

Parts = tuple[str, ...]


def is_about(assignment: str, stem: str) -> bool:
    """Whether a file's stem names the assignment and nobody: `hippocampus (1)`, `hippocampus-submission`."""
    rest = stem.removeprefix(assignment)
    # possessive, or a long number with a letter behind it would be taken apart in every way
    marks = r"(?>[ _-]?\(\d++\)|[ _-]?\d++|[ _-]?copy|[ _-]submission)*+"
    return rest != stem and re.fullmatch(marks, rest, re.IGNORECASE) is not None


def whose(parts: Parts, assignment: str, students: Collection[str] = ()) -> str | None:
    """The student id in a path, or None.

    `<student>/<file>.ipynb`, `<student>/<assignment>/<file>.ipynb`, `<student>_<anything>.ipynb`
    and `<student>.ipynb` are understood; a zip in place of the folder or file counts like it. Ids in
    `students` may themselves hold an underscore.
    """
    first = parts[0]
    is_file = len(parts) == 1 or first.lower().endswith(".zip")
    stem = re.sub(r"\.(ipynb|zip)$", "", first, flags=re.IGNORECASE) if is_file else first
    stem = " ".join(stem.split())  # or two folders could look like one student's
    if known := _known(stem, students):
        return known
    if is_file:
        if is_about(assignment, stem) or is_about(assignment, stem.split("_")[0]):
            return None
        stem = stem.split("_")[0].strip()
    elif stem == assignment or stem.lower() in CONTAINERS:
        return None
    return stem if is_student_id(stem) else None


def _known(stem: str, students: Collection[str]) -> str | None:
    """The longest of `students` that the stem is, or begins with before an underscore."""
    matches = [s for s in students if stem == s or stem.startswith(s + "_")]
    return max(matches, key=len, default=None)


def without_root(
    paths: Sequence[Parts], assignment: str, source_stem: str, students: Collection[str] = ()
) -> list[Parts]:
    """`paths` without the folder that all of them lie in, where that folder is no student's.

    It is dropped if it has a container's name, the archive's or the assignment's, or if there are at
    least two folders under it on every path; and only if a student is found after that.
    """
    current = list(paths)
    while current and all(len(p) >= 2 for p in current) and len({p[0] for p in current}) == 1:
        top = current[0][0]
        named = top.lower() in (*CONTAINERS, source_stem.lower()) or top == assignment
        deep = all(len(p) >= 3 for p in current) and any(p[1] != assignment for p in current)
        shorter = [p[1:] for p in current]
        if top in students or top.lower().endswith(".zip") or not (named or deep):
            break
        if not any(whose(p, assignment, students) for p in shorter if p[-1].lower().endswith((".ipynb", ".zip"))):
            break
        current = shorter
    return current
