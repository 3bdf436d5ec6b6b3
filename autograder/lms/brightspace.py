"""The grades file of Brightspace: `OrgDefinedId` or `Username` first, `<Item> Points Grade`, then `#` in every row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.errors import UserError
from autograder.lms.columns import Columns, find, mark_column
from autograder.lms.sheet import Sheet

_ITEM = re.compile(r"\s+Points Grade(?:\s*<.*>)?\s*$", re.IGNORECASE)
_END = "End-of-Line Indicator"


def columns(sheet: Sheet, asked: str, titles: Sequence[str]) -> Columns:
    """Brightspace matches a person by OrgDefinedId or Username, which it writes with a # in front."""
    header = sheet.header
    ids = [c for c in (find(header, "OrgDefinedId"), find(header, "Username")) if c is not None]
    end = find(header, _END)
    if not ids or min(ids) != 0 or end is None or end != len(header) - 1:
        raise UserError(
            f"{sheet.name} is not a grades file of Brightspace: expected OrgDefinedId or Username first and {_END!r} "
            "last; export it with points grades and either key field."
        )
    marks = [c for c, cell in enumerate(header) if _ITEM.search(cell)]
    mark = mark_column(sheet, marks, asked, titles, lambda heading: _ITEM.sub("", heading))
    address = find(header, "Email")
    maximum = re.search(r"MaxPoints:([\d.,]+)", header[mark])
    first, last = find(header, "First Name"), find(header, "Last Name")
    return Columns(
        ids=(*ids, *([address] if address is not None else [])),
        names=(first, last) if first is not None and last is not None else (),
        mark=mark,
        people=tuple(r for r in range(1, len(sheet.rows)) if any(sheet.cell(r, c).strip() for c in ids)),
        bare=lambda text: text.strip().removeprefix("#"),
        maximum=maximum.group(1) if maximum else "",
    )
