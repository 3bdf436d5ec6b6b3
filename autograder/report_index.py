"""The page that links all reports of a course, assignment by assignment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder.atomic import write_whole
from autograder.course import Course
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.itemstats import graded
from autograder.pages import render

#: Ending of a page's name after the assignment's → what the link is called.
KINDS = {
    "": "Class report",
    ".stats": "Test quality",
    ".similarity": "Similarity",
    ".regrade": "Last regrading",
}


@dataclass
class Row:
    """One assignment of the course."""

    name: str
    title: str = ""
    submissions: int = 0
    median: float | None = None
    maximum: float = 0.0
    #: (file name, what it is)
    links: list[tuple[str, str]] = field(default_factory=list)


def write_index(folder: Path) -> Path:
    """Write `reports/index.html`, which links the reports of a course."""
    rows: dict[str, Row] = {}
    for path in sorted((folder / "reports").glob("*.html")):
        ending = next((e for e in KINDS if e and path.stem.endswith(e)), "")
        if path.name != "index.html":
            name = path.stem.removesuffix(ending)
            rows.setdefault(name, Row(name)).links.append((path.name, KINDS[ending]))
    if not rows:
        raise UserError(f"{folder / 'reports'} holds no report yet: make one with `autograder report`.", NOTHING_TO_DO)
    for row in rows.values():
        _look_up(row, Course(folder))
    return write_whole(folder / "reports" / "index.html", render("index.html", rows=list(rows.values())))


def _look_up(row: Row, course: Course) -> None:
    """What the records say of an assignment; nothing where they are gone or damaged: the links stay."""
    try:
        records = course.records(row.name)
    except UserError:
        return
    order = list(KINDS.values())
    row.links.sort(key=lambda link: order.index(link[1]))
    row.title = records[0].title if records else ""
    row.submissions = len(records)
    known = graded(records)
    if known:
        row.median = float(np.median([r.score for r in known]))
        row.maximum = max(sum(q.auto_max for q in r.questions) for r in known)
