"""The command that hands marking by hand to a spreadsheet and takes it back: marks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, load_assignment, solutions_folder
from autograder.atomic import write_whole
from autograder.course import Course
from autograder.errors import ALL_GOOD, FOUND_FAULTS, NOTHING_TO_DO, UserError
from autograder.marks import shown
from autograder.marksheet import Change, Reading
from autograder.plainfile import plain_bytes
from autograder.terminal import Terminal, plural


@dataclass(frozen=True)
class Asked:
    """What `autograder marks` was asked for."""

    read: Path | None = None
    out: Path | None = None
    blind: bool = False
    overrides: bool = False
    dry_run: bool = False


def marks(name: str, course: Course, solutions: Path | None, asked: Asked, as_json: bool, quiet: bool) -> int:
    """Write the table of marks given by hand, or read one back."""
    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment = load_assignment(name, solutions_folder(solutions))
    if asked.read is not None and (asked.out or asked.blind or asked.overrides):
        raise UserError("--read takes a table back: --out, --blind and --overrides are for writing one.")
    if asked.read is None and asked.dry_run:
        raise UserError("--dry-run belongs to --read FILE: writing the table changes no mark.")
    return _read(terminal, assignment, course, asked) if asked.read else _write(terminal, assignment, course, asked)


def _write(terminal: Terminal, assignment: Assignment, course: Course, asked: Asked) -> int:
    from autograder.blind import blind_key
    from autograder.marking import handed_in_answers, mark_rows, marking_page, names_for
    from autograder.marksheet import sheet_text
    from autograder.results import class_results

    found = class_results(assignment, course)
    answers = handed_in_answers(assignment, course, found)
    rows = mark_rows(assignment, found, answers, blind_key(course.root), overrides=asked.overrides)
    if not rows:
        raise UserError(f"nothing of {assignment.name} is marked by hand; --overrides lists what tests mark.",
                        NOTHING_TO_DO)  # fmt: skip
    called = names_for(course, assignment.name, [r.student for r in found.records], blind=asked.blind)
    order = {question.id: place for place, question in enumerate(assignment.manifest.question)}
    rows.sort(key=lambda row: (order[row.question], row.part, called[row.student]))
    path = asked.out or course.root / "marking" / f"{assignment.name}{'-blind' if asked.blind else ''}.csv"
    write_whole(path, sheet_text(rows, called))
    page = write_whole(path.with_suffix(".html"), marking_page(assignment, rows, answers, called))
    waiting = sum(row.mark is None and row.part == "by hand" for row in rows)
    terminal.say(f"{plural(len(rows), 'row')}, {waiting} without a mark: {path}")
    terminal.say(f"the answers, to look at beside it: {page}")
    terminal.say(f"Next: fill in mark and comment, then autograder marks {assignment.name} --course {course.root} "
                 f"--read {path}")  # fmt: skip
    terminal.result({"assignment": assignment.name, "file": str(path), "page": str(page), "rows": len(rows),
                     "waiting": waiting, "blind": asked.blind})  # fmt: skip
    return ALL_GOOD


def _read(terminal: Terminal, assignment: Assignment, course: Course, asked: Asked) -> int:
    from autograder.blind import blind_key
    from autograder.commands.handing_back import write_grades
    from autograder.gradebook import Gradebook
    from autograder.marking import gradebook_cells, mark_rows
    from autograder.marksheet import read_sheet
    from autograder.one_writer import one_writer
    from autograder.results import class_results

    assert asked.read is not None
    try:
        raw = plain_bytes(asked.read)
    except OSError as error:
        raise UserError(f"{asked.read} cannot be read: {error.strerror}.") from None
    with one_writer(course.root):
        rows = mark_rows(assignment, class_results(assignment, course), {}, blind_key(course.root), overrides=True)
        reading = read_sheet(raw, asked.read.name, rows)
        if reading.changes and not asked.dry_run:
            with Gradebook(course.db_url) as gradebook:
                gradebook.give(assignment.name, gradebook_cells(assignment, reading.changes))
    _show(terminal, assignment.name, reading)
    grades = ""
    if reading.changes and not asked.dry_run:
        grades = str(write_grades(assignment, course))
        terminal.say(f"{len(reading.changes)} marks given. Marks: {grades}. Next: autograder feedback "
                     f"{assignment.name} --course {course.root}")  # fmt: skip
    elif asked.dry_run:
        terminal.say(f"{len(reading.changes)} of {reading.rows} rows would be changed; nothing was written.")
    else:
        terminal.say(f"{plural(reading.rows, 'row')}, no new mark among them.")
    terminal.result(
        {
            "assignment": assignment.name,
            "rows": reading.rows,
            "dry_run": asked.dry_run,
            "changes": [_told(change) for change in reading.changes],
            "conflicts": [_told(change) for change in reading.conflicts],
            "grades": grades or None,
        }
    )
    return FOUND_FAULTS if reading.conflicts else ALL_GOOD


def _show(terminal: Terminal, name: str, reading: Reading) -> None:
    if reading.changes:
        terminal.table(
            f"{name}, marks by hand",
            ("student", "question", "part", "before", "after", "comment"),
            [
                (c.name, c.row.question, c.row.part, _text(c.row.mark), _text(c.mark), c.comment)
                for c in reading.changes
            ],
        )
    for c in reading.conflicts:
        terminal.say(
            f"not changed: {c.name}, {c.row.question} ({c.row.part}): somebody has given {_text(c.row.mark)} since the "
            f"table was written, which says {_text(c.mark)}; write a new table, or use formgrader"
        )


def _text(mark: Decimal | None) -> str:
    return "–" if mark is None else shown(mark)


def _told(change: Change) -> dict[str, Any]:
    before, after = (None if m is None else float(m) for m in (change.row.mark, change.mark))
    return {"student": change.row.student, "question": change.row.question, "part": change.row.part,
            "before": before, "after": after, "comment": change.comment}  # fmt: skip
