"""The gradebook file of Canvas: `Student,ID,SIS User ID,SIS Login ID,Section,<Title (assignment id)>`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.lms.columns import Columns, find, mark_column, needed
from autograder.lms.sheet import Sheet

#: What stands before the columns of assignments.
_PEOPLE = ("student", "id", "sis user id", "sis login id", "integration id", "root account", "section", "notes")


def columns(sheet: Sheet, asked: str, titles: Sequence[str]) -> Columns:
    """Canvas matches a person by ID; a heading or person that it does not know, it creates."""
    header = sheet.header
    identity = needed(sheet, find(header, "ID"), "ID", "a gradebook that Canvas exported")
    name = needed(sheet, find(header, "Student", "Student Name"), "Student", "a gradebook that Canvas exported")
    others = [place for place in (find(header, "SIS User ID"), find(header, "SIS Login ID")) if place is not None]
    marks = [c for c, cell in enumerate(header) if re.search(r"\(\d+\)\s*$", cell)]
    marks = marks or [c for c, cell in enumerate(header) if cell.strip() and cell.strip().casefold() not in _PEOPLE]
    mark = mark_column(sheet, marks, asked, titles, lambda heading: re.sub(r"\s*\(\d+\)\s*$", "", heading))
    # the second row begins with four spaces and "Points Possible"; between the two may be one about posting
    possible = next((r for r in range(1, len(sheet.rows)) if sheet.cell(r, name).strip() == "Points Possible"), None)
    people = tuple(r for r in range(1, len(sheet.rows)) if sheet.cell(r, identity).strip() and r != possible)
    return Columns(
        ids=(identity, *others),
        names=(name,),
        mark=mark,
        people=people,
        maximum=sheet.cell(possible, mark) if possible is not None else "",
    )
