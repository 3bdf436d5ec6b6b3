"""The grading worksheet of Moodle: `Identifier`, `Full name`, …, `Grade`, in the site's language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.lms.columns import Columns, decimal_comma, find, mark_column, needed
from autograder.lms.sheet import Sheet

_WHAT = "a grading worksheet that Moodle exported"
#: "Grade" as Moodle's language packs say it; others are named with --column.
GRADE = ("Grade", "Bewertung", "Note", "Calificación", "Calificació", "Valutazione", "Voto", "Cijfer", "Nota",
         "Karakter", "Karakteristika", "Betyg", "Arvosana", "Ocena", "Známka", "Hodnocení", "Értékelés", "Not",
         "Оценка", "Оцінка", "評点", "成绩", "成績", "성적", "Puntuación", "Nilai", "Điểm")  # fmt: skip
_MAXIMUM = ("Maximum grade", "Maximum Grade", "Bestwertung", "Note maximale", "Calificación máxima")


def columns(sheet: Sheet, asked: str, titles: Sequence[str]) -> Columns:
    """The worksheet belongs to one assignment; the identifier is a word of the site's language and a number."""
    header, people = sheet.header, tuple(r for r in range(1, len(sheet.rows)) if sheet.cell(r, 0).strip())
    identity = find(header, "Identifier")
    if identity is None and people and all(re.fullmatch(r"\D+\d+", sheet.cell(r, 0).strip()) for r in people):
        identity = 0
    identity = needed(sheet, identity, "Identifier", _WHAT)
    if asked:
        mark = mark_column(sheet, range(len(header)), asked, (), str)
    else:
        mark = needed(sheet, find(header, *GRADE), "Grade (in another language, name it with --column)", _WHAT)
    more = [find(header, "ID number", "ID-Nummer"), find(header, "Username", "Anmeldename"),
            _addresses(sheet, people)]  # fmt: skip
    name = find(header, "Full name", "Vollständiger Name", "Nom complet", "Nombre completo", "Nome completo")
    first, last = find(header, "First name", "Vorname"), find(header, "Last name", "Surname", "Nachname")
    maximum = find(header, *_MAXIMUM)
    cells = [sheet.cell(r, c) for r in people for c in (mark, maximum) if c is not None]
    return Columns(
        ids=(identity, *dict.fromkeys(c for c in more if c is not None)),
        names=(name,) if name is not None else (first, last) if first is not None and last is not None else (),
        mark=mark,
        people=people,
        bare=bare,
        maximum=sheet.cell(people[0], maximum) if maximum is not None and people else "",
        comma=decimal_comma(cells),
    )


def bare(identifier: str) -> str:
    """`Participant 12345` in any language as its number; anything else as it is."""
    text = identifier.strip()
    found = re.fullmatch(r"[^\d@.]+ (\d+)", text)
    return found.group(1) if found else text


def _addresses(sheet: Sheet, people: Sequence[int]) -> int | None:
    """The column of e-mail addresses, whatever it is called."""
    for column in range(len(sheet.header)):
        if people and all("@" in sheet.cell(r, column).strip()[1:-1] for r in people):
            return column
    return None
