"""Marks given by hand as a table for a spreadsheet, and back: what was changed elsewhere meanwhile is noticed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from autograder.blind import fingerprint
from autograder.errors import UserError
from autograder.marks import shown
from autograder.plaintext import clean, one_line, spreadsheet_cell

COLUMNS = ("student", "question", "title", "part", "out of", "mark", "comment", "tests gave", "answer", "row")
#: Of a written answer so much stands in the table; all of it is on the page beside it.
MAX_ANSWER = 2000
MAX_BYTES = 20 * 2**20
MAX_FAULTS = 5
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{0,9})?|\.[0-9]{1,9}")


@dataclass(frozen=True)
class MarkRow:
    """One mark that a person gives, or could give."""

    student: str
    question: str
    title: str
    #: "by hand", or "tests" where the automatic mark is overruled.
    part: str
    out_of: Decimal
    mark: Decimal | None
    comment: str
    tests_gave: Decimal | None
    #: Names the row in letters only: spreadsheets make dates and numbers of what else stands in it.
    identity: str
    answer: str = ""

    @property
    def state(self) -> str:
        """Names mark and comment, so that a change made elsewhere is noticed."""
        return fingerprint("" if self.mark is None else shown(self.mark), self.comment)


@dataclass(frozen=True)
class Change:
    """What a line of the table does to one mark."""

    row: MarkRow
    mark: Decimal | None
    comment: str
    #: What the student is called in the table: a code, where whoever marks shall not know more.
    name: str


@dataclass(frozen=True)
class Reading:
    """What a table changes, and what it would have changed had nobody else done so since."""

    changes: list[Change]
    conflicts: list[Change]
    rows: int


def sheet_text(rows: Sequence[MarkRow], called: Mapping[str, str]) -> str:
    """The table as CSV; `called` gives the name under which a student stands in it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        texts = (one_line(called[row.student]), row.question, row.title, row.part)
        writer.writerow(
            [
                *map(spreadsheet_cell, texts),
                shown(row.out_of),
                "" if row.mark is None else shown(row.mark),
                spreadsheet_cell(row.comment),
                "" if row.tests_gave is None else shown(row.tests_gave),
                spreadsheet_cell(clean(row.answer, MAX_ANSWER)),
                f"{row.identity}-{row.state}",
            ]
        )
    return "\ufeff" + buffer.getvalue()  # a byte order mark: without it spreadsheets take UTF-8 for something else


def read_sheet(raw: bytes, name: str, rows: Sequence[MarkRow]) -> Reading:
    """Compare a table that came back with the marks as they are now.

    Raises
    ------
    UserError
        When it is not such a table, or when a line holds no mark that can be given; all such lines are named,
        and none of the others is used.
    """
    lines = _lines(raw, name)
    known = {row.identity: row for row in rows}
    changes: dict[str, Change] = {}
    conflicts: list[Change] = []
    faults: list[str] = []
    for number, line in enumerate(lines, start=2):
        identity, _, state = line["row"].strip().partition("-")
        if not any(value.strip() for value in line.values()):
            continue
        row = known.get(identity)
        try:
            if row is None:
                raise ValueError(f"{one_line(line['row'], 30)!r} in the column “row” is no row of this assignment")
            called = one_line(line["student"], 60)
            where = f"{called}, {row.question}"
            if identity in changes:
                raise ValueError(f"{where} stands in the table twice")
            mark, comment = _mark(line["mark"], row, where), _comment(line["comment"])
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        change = changes[identity] = Change(row, mark, comment, called)
        edited = fingerprint("" if mark is None else shown(mark), comment) != state
        if (mark, comment) != (_rounded(row.mark), row.comment) and row.state != state and edited:
            conflicts.append(change)
        elif not edited:
            # nobody touched this line: what the gradebook says now stays
            changes[identity] = Change(row, _rounded(row.mark), row.comment, called)
    if faults:
        more = f"; and {len(faults) - MAX_FAULTS} more" if len(faults) > MAX_FAULTS else ""
        raise UserError(f"{name}: nothing was changed, because of {'; '.join(faults[:MAX_FAULTS])}{more}.")
    changed = [
        c for c in changes.values()
        if c not in conflicts and (c.mark, c.comment) != (_rounded(c.row.mark), c.row.comment)
    ]  # fmt: skip
    return Reading(changed, conflicts, len(changes))


def _lines(raw: bytes, name: str) -> list[dict[str, str]]:
    if len(raw) > MAX_BYTES:
        raise UserError(
            f"{name} has {len(raw) >> 20} MiB, more than a table of marks has: name the one that `autograder marks` "
            "wrote."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{name} is not in UTF-8: save it as “CSV UTF-8”.") from None
    first = text.split("\n", 1)[0]
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), restval="")
        lines = list(reader)
    except csv.Error as error:
        raise UserError(f"{name} cannot be read as CSV ({error}): save it as “CSV UTF-8”.") from None
    missing = [column for column in ("mark", "comment", "row") if column not in (reader.fieldnames or ())]
    if missing:
        raise UserError(
            f"{name} has no column “{missing[0]}”: expected the table that `autograder marks` wrote, saved as CSV."
        )
    return [{column: line.get(column) or "" for column in ("student", "mark", "comment", "row")} for line in lines]


def _mark(text: str, row: MarkRow, where: str) -> Decimal | None:
    """The mark in a cell, with a decimal point or comma; None where there is none."""
    text = text.strip().removeprefix("'").replace(",", ".").replace("\N{MINUS SIGN}", "-")
    if text in ("", "–", "-"):
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{one_line(text, 30)!r} is no mark for {where}: expected a number from 0 up, or nothing")
    mark = Decimal(text)
    if mark > row.out_of and _rounded(mark) != _rounded(row.mark):
        raise ValueError(f"{shown(mark)} is more than the {shown(row.out_of)} marks of {where}")
    return _rounded(mark)


def _rounded(mark: Decimal | None) -> Decimal | None:
    return None if mark is None else Decimal(shown(mark))


def _comment(text: str) -> str:
    """A comment as it was before a spreadsheet was kept from taking it for a formula."""
    text = clean(text).strip()
    bare = text.removeprefix("'")
    return bare if text.startswith("'") and spreadsheet_cell(bare) == text else text
