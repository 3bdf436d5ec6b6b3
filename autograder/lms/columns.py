"""Which columns of a platform's table say who somebody is, and which one takes the marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograder.errors import UserError
from autograder.lms.sheet import Sheet
from autograder.plaintext import one_line


@dataclass(frozen=True)
class Columns:
    """What the columns of one table mean."""

    #: What the platform matches a person by, the surest first; these cells are never touched.
    ids: tuple[int, ...]
    #: Names, first name before last; empty where the table has none.
    names: tuple[int, ...]
    mark: int
    #: The rows that are people.
    people: tuple[int, ...]
    #: An id as it is compared: without what the platform adds to it.
    bare: Callable[[str], str] = str.strip
    #: The highest mark that the platform knows of, where the table says it.
    maximum: str = ""
    #: Whether the table writes 0,5 for a half.
    comma: bool = False


def find(header: Sequence[str], *names: str) -> int | None:
    """The first column called like one of `names`, in any case."""
    wanted = [name.casefold() for name in names]
    return next((place for place, cell in enumerate(header) if cell.strip().casefold() in wanted), None)


def mark_column(
    sheet: Sheet, candidates: Sequence[int], asked: str, titles: Sequence[str], short: Callable[[str], str]
) -> int:
    """The column that takes the marks: the one asked for, else the only one that carries the assignment's title.

    `short` is a heading without what the platform adds to it.
    """
    header = sheet.header
    wanted = [asked] if asked else list(titles)
    found = [c for c in candidates if _plain(header[c]) in map(_plain, wanted)]
    found = found or [c for c in candidates if _plain(short(header[c])) in map(_plain, wanted)]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(one_line(header[c], 80) for c in candidates[:20]) or "none"
    what = "no column is" if not found else f"{len(found)} columns are"
    raise UserError(
        f"{sheet.name}: {what} called {' or '.join(repr(one_line(w, 80)) for w in wanted)}; "
        f"name the one that takes the marks with --column (there are: {listed})."
    )


def needed(sheet: Sheet, place: int | None, what: str, platform: str) -> int:
    if place is None:
        listed = ", ".join(one_line(cell, 40) for cell in sheet.header[:12])
        raise UserError(f"{sheet.name} is not {platform}: expected a column {what}, found {listed}.")
    return place


def decimal_comma(cells: Sequence[str]) -> bool:
    """Whether numbers in these cells are written with a comma."""
    return any(re.fullmatch(r"\d+,\d+", cell.strip()) for cell in cells)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
