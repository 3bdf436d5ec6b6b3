"""The command that hands marks to a platform: export, in each of its formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment import Assignment, load_assignment, solutions_folder
from autograder.atomic import write_whole
from autograder.course import Course, read_times
from autograder.errors import ALL_GOOD, FOUND_FAULTS, UserError
from autograder.people import Person
from autograder.plaintext import one_line
from autograder.results import ClassResults, class_results
from autograder.terminal import Terminal

#: Formats that fill in a file of the platform's own.
FILLED = ("canvas", "moodle", "brightspace")
WAITING = "still have marks to get by hand: what they have so far is in it"
FORMATS = ("csv", *FILLED, "gradescope", "junit", "ags")


@dataclass(frozen=True)
class Asked:
    """What `autograder export` was asked for."""

    kind: str = "csv"
    out: Path | None = None
    #: The platform's own file, which is filled in.
    template: Path | None = None
    column: str = ""
    dry_run: bool = False
    bom: bool = False


def export(
    name: str,
    course: Course,
    solutions: Path | None,
    asked: Asked,
    as_json: bool,
    quiet: bool,
) -> int:
    kind, template = asked.kind, asked.template
    terminal = Terminal(as_json=as_json, quiet=quiet)
    if kind not in FORMATS:
        raise UserError(f"--format {one_line(kind, 40)!r} is not known; expected one of {', '.join(FORMATS)}.")
    if kind in FILLED and template is None:
        raise UserError(f"--format {kind} fills in the file that {kind} exports: name it with --template FILE.")
    if kind not in FILLED and (template is not None or asked.column):
        raise UserError(f"--template and --column belong to {', '.join(FILLED)}; --format {kind} needs neither.")
    if asked.bom and kind not in (*FILLED, "csv"):
        raise UserError(f"--bom is for tables; --format {kind} is none.")
    assignment = load_assignment(name, solutions_folder(solutions))
    found = class_results(assignment, course)
    for note in found.notes:
        terminal.say(f"note: {note}")
    result: dict[str, Any] = {"assignment": name, "format": kind, "notes": found.notes, "dry_run": asked.dry_run}
    if template is not None:
        return _filled(terminal, assignment, course, found, asked, template, result)
    written = _WRITERS[kind](course, found, asked)
    if kind == "csv":
        _show_rows(terminal, found)
    waiting = sum(bool(row.to_mark) for row in found.rows())
    if waiting:
        terminal.say(f"{waiting} of {len(found.records)} {WAITING}")
    terminal.say(f"{'would write' if asked.dry_run else 'marks'}: {written}")
    grades = {"grades": str(written)} if kind == "csv" else {}
    terminal.result(result | {"file": str(written), "waiting": waiting} | grades)
    return ALL_GOOD


def write_csv_of(course: Course, found: ClassResults, out: Path | None = None, *, bom: bool = False) -> Path:
    """grades.csv, or the file that was asked for."""
    from autograder.export import write_csv

    path = out or course.grades_csv
    write_csv(found.records, found.marks, found.missing, path, late=found.late, bom=bom)
    return path


def _csv(course: Course, found: ClassResults, asked: Asked) -> Path:
    path = asked.out or course.grades_csv
    return path if asked.dry_run else write_csv_of(course, found, path, bom=asked.bom)


def _junit(course: Course, found: ClassResults, asked: Asked) -> Path:
    from autograder.lms.junit import document

    path = asked.out or course.root / f"{found.assignment}-junit.xml"
    return path if asked.dry_run else write_whole(path, document(found))


def _ags(course: Course, found: ClassResults, asked: Asked) -> Path:
    from autograder.lms.ags import lines

    path = asked.out or course.root / f"{found.assignment}-ags.jsonl"
    return path if asked.dry_run else write_whole(path, lines(found))


def _gradescope(course: Course, found: ClassResults, asked: Asked) -> Path:
    """A folder with one results.json per student."""
    from autograder.lms.gradescope import results

    folder = asked.out or course.root / "gradescope" / found.assignment
    for record in () if asked.dry_run else found.records:
        student, times = record.student, read_times(course.times(record.student, found.assignment))
        seconds = times.seconds if times else 0.0
        value = results(record, found.marks.get(student), found.late.get(student), seconds=seconds)
        write_whole(folder / student / "results.json", json.dumps(value, indent=1, allow_nan=False) + "\n")
    return folder


_WRITERS: Mapping[str, Callable[[Course, ClassResults, Asked], Path]] = {
    "csv": _csv,
    "junit": _junit,
    "ags": _ags,
    "gradescope": _gradescope,
}


def _filled(
    terminal: Terminal,
    assignment: Assignment,
    course: Course,
    found: ClassResults,
    asked: Asked,
    template: Path,
    result: dict[str, Any],
) -> int:
    from autograder.lms.fill import Known, fill
    from autograder.lms.sheet import Sheet

    kind = asked.kind
    path = asked.out or course.root / f"{assignment.name}-{kind}.csv"
    if path.resolve() == template.resolve():
        raise UserError(f"{template} is the platform's own file and stays as it is: name another with --out.")
    sheet = Sheet.open(template)
    titles = [assignment.manifest.title, assignment.name]
    columns = import_module(f"autograder.lms.{kind}").columns(sheet, asked.column, titles)
    rows = found.rows()
    students = [Known(row.student, row.final, *_called(found, row.student, kind)) for row in rows]
    filling = fill(sheet, columns, students, assignment.manifest.points)
    if not asked.dry_run:
        write_whole(path, sheet.to_bytes(bom=asked.bom))
    heading = one_line(sheet.header[columns.mark], 80)
    terminal.table(
        f"{heading}, {kind}",
        ("row", "student", "in the file", "before", "after"),
        [(str(r.row), r.student, r.person, r.before, r.after) for r in filling.rows],
    )
    late = [row for row in rows if row.late]
    for row in late:
        terminal.say(f"late: {row.student}: {row.late}")
    for note in filling.notes:
        terminal.say(f"note: {note}")
    for who, what in ((filling.without_row, "have marks and no row in the file"),
                      (filling.without_marks, "are in the file and have no marks here")):  # fmt: skip
        if who:
            terminal.say(f"{len(who)} {what}: {'; '.join(who)}")
    waiting = sum(bool(row.to_mark) for row in rows)
    if waiting:
        terminal.say(f"{waiting} of {len(found.records)} {WAITING}")
    done = f"{len(filling.rows)} of {len(columns.people)} rows"
    terminal.say(f"{done} would be filled in; nothing was written." if asked.dry_run else f"{done} filled in: {path}")
    terminal.result(
        result
        | {
            "file": None if asked.dry_run else str(path),
            "column": heading,
            "waiting": waiting,
            "rows": msgspec.to_builtins(filling.rows),
            "without_row": filling.without_row,
            "without_marks": filling.without_marks,
            "notes": [*found.notes, *filling.notes],
        }
    )
    return FOUND_FAULTS if filling.without_row else ALL_GOOD


def _called(found: ClassResults, student: str, platform: str) -> tuple[frozenset[str], frozenset[str]]:
    """Ids and names under which a platform's file may list a student."""
    person = found.people.people.get(student, Person())
    ids, names = {student, person.email, getattr(person, platform)}, {student, person.name}
    arrival = found.arrivals.get(student)
    if arrival is not None:
        # one submission of a group came from one of them
        if arrival.platform == platform and len(arrival.together) < 2:
            ids.add(arrival.id)
            names.add(arrival.name)
        ids.add(arrival.email if len(arrival.together) < 2 else "")
    return frozenset(ids - {""}), frozenset(names - {""})


def _show_rows(terminal: Terminal, found: ClassResults) -> None:
    from autograder.marks import shown

    late: Sequence[tuple[str, str, str]] = [
        (row.student, row.late, shown(row.final) if row.final is not None else "–") for row in found.rows() if row.late
    ]
    if late:
        terminal.table("late", ("student", "what it costs", "final"), late)
