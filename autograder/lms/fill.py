"""Fill a platform's table with marks: who is which row, and what it says after."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from autograder.errors import UserError
from autograder.lms.columns import Columns
from autograder.lms.sheet import Sheet
from autograder.marks import shown
from autograder.plaintext import one_line


@dataclass(frozen=True)
class Known:
    """What is known of one student: what platforms call them, their names, their marks."""

    student: str
    mark: Decimal | None
    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Filled:
    """What one row says before and after."""

    student: str
    #: The person as the platform names them.
    person: str
    #: Number of the line's row in the table, the headings being 1.
    row: int
    before: str
    after: str


@dataclass
class Filling:
    """What was filled in, and who was not found."""

    rows: list[Filled] = field(default_factory=list)
    #: Students with marks for whom the table has no row.
    without_row: list[str] = field(default_factory=list)
    #: People of the table whom the course does not know, or who have no marks.
    without_marks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def fill(sheet: Sheet, columns: Columns, students: Sequence[Known], highest: float | None) -> Filling:
    """Write every known mark into its row of `sheet`; a student without one leaves the cell as it is.

    Raises
    ------
    UserError
        When two rows match one student, or two students one row: nothing is to be written then.
    """
    owner = _owners(sheet, columns, students)
    marks = {known.student: known.mark for known in students}
    filling = Filling()
    for row in columns.people:
        student = owner.get(row)
        mark = marks[student] if student is not None else None
        if student is None or mark is None:
            filling.without_marks.append(person(sheet, columns, row))
            continue
        if len(sheet.rows[row]) <= columns.mark:
            raise UserError(f"{sheet.name}: row {row + 1} ends before the column of marks; export the table again.")
        before = sheet.cell(row, columns.mark)
        after = shown(mark).replace(".", ",") if columns.comma else shown(mark)
        sheet.fill(row, columns.mark, after)
        filling.rows.append(Filled(student, person(sheet, columns, row), row + 1, before, after))
    seen = set(owner.values())
    filling.without_row = [k.student for k in students if k.mark is not None and k.student not in seen]
    filling.notes = [*_scale(sheet, columns, highest), *_disarm(sheet, columns)]
    return filling


def person(sheet: Sheet, columns: Columns, row: int) -> str:
    """A row's name and first id, on one line."""
    name = " ".join(sheet.cell(row, c).strip() for c in columns.names)
    identity = sheet.cell(row, columns.ids[0]).strip()
    return one_line(f"{name} ({identity})" if name else identity, 120)


def folded(name: str) -> str:
    """A name as it is compared: one normal form, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _owners(sheet: Sheet, columns: Columns, students: Sequence[Known]) -> dict[int, str]:
    """Row → student: by an id of the platform, and where that finds nobody, by name."""
    owner: dict[int, str] = {}
    for column in columns.ids:
        by_id: dict[str, list[str]] = {}
        for known in students:
            for each in known.ids:
                by_id.setdefault(columns.bare(each).casefold(), []).append(known.student)
        ids = {r: columns.bare(sheet.cell(r, column)).casefold() for r in columns.people}
        _claim(sheet, columns, owner, ids, by_id)
    if columns.names:
        by_name: dict[str, list[str]] = {}
        for known in students:
            for name in {folded(n) for n in known.names} if known.student not in owner.values() else ():
                by_name.setdefault(name, []).append(known.student)
        names = {r: folded(" ".join(sheet.cell(r, c) for c in columns.names)) for r in columns.people if r not in owner}
        _claim(sheet, columns, owner, names, by_name)
    rows: dict[str, list[int]] = {}
    for row, student in sorted(owner.items()):
        rows.setdefault(student, []).append(row)
    for student, both in rows.items():
        if len(both) > 1:
            raise UserError(
                f"{sheet.name}: rows {both[0] + 1} and {both[1] + 1} are both {one_line(student, 80)}; nothing was "
                "written: give the right one's id in people.toml, or remove the other."
            )
    return owner


def _claim(
    sheet: Sheet, columns: Columns, owner: dict[int, str], keys: Mapping[int, str], known: Mapping[str, Sequence[str]]
) -> None:
    for row, key in keys.items():
        found = sorted(set(known.get(key, ()))) if key else []
        if row in owner:
            continue
        if len(found) > 1:
            raise UserError(
                f"{sheet.name}: row {row + 1}, {person(sheet, columns, row)}, could be {found[0]} or {found[1]}; "
                "nothing was written: give their ids in people.toml."
            )
        if found:
            owner[row] = found[0]


def _scale(sheet: Sheet, columns: Columns, highest: float | None) -> list[str]:
    try:
        theirs = float(columns.maximum.strip().replace(",", "."))
    except ValueError:
        return []
    if highest is None or abs(theirs - highest) < 1e-6:
        return []
    return [f"the platform counts this out of {theirs:g}, the assignment out of {highest:g}: marks were not rescaled"]


def _disarm(sheet: Sheet, columns: Columns) -> list[str]:
    """Put an apostrophe before what a spreadsheet would take for a formula; ids must stay, so they are told."""
    notes = []
    for row in columns.people:
        for column in range(len(sheet.rows[row])):
            if column in columns.ids:
                if sheet.is_formula(row, column):
                    what = one_line(sheet.header[column], 40)
                    notes.append(
                        f"row {row + 1}: {what} looks like a formula and was left as it is, because the platform "
                        "matches people by it; open the file in no spreadsheet"
                    )
            elif column != columns.mark:
                sheet.disarm(row, column)
    return notes
