"""Commands of whoever grades: collect, grade."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from autograder.assignment import load_assignment, solutions_folder
from autograder.course import Course, read_times
from autograder.errors import ALL_GOOD, FOUND_FAULTS, UserError
from autograder.grade import Options
from autograder.isolation import KEEPS
from autograder.live import grading_view
from autograder.marks import UNGRADED, shown
from autograder.record import Record, Times
from autograder.terminal import Terminal

if TYPE_CHECKING:
    from autograder.collect import CollectRow

#: So many students are named in one sentence.
MAX_NAMED = 12


def collect(
    source: Path, name: str, course: Path, platform: str, solutions: Path | None, as_json: bool, quiet: bool
) -> int:
    from autograder.attempts import FILE_TIME
    from autograder.collect import collect as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    found = run(source, course, name, platform=platform)
    late = _late_words(found.rows, name, Course(course), solutions)
    terminal.table(
        f"collected {name} from {found.platform}",
        ("student", "file", "handed in", "late", "what happened"),
        [(row.student, row.file, _when(row.handed_in), late.get(row.student, ""), row.what) for row in found.rows],
    )
    if late and any(row.told_by == FILE_TIME for row in found.rows):
        terminal.say("Times are those of the files: where they are wrong, correct submitted/<student>/"
                     f"{name}/timestamp.txt.")  # fmt: skip
    if found.missing:
        terminal.say(f"{len(found.missing)} of the class have handed in nothing: {_named(found.missing)}.")
    if (unknown := _not_here(name, solutions)) is not None:
        terminal.say(f"note: {unknown} has no assignment {name}; where it is graded, its source must be there.")
    terminal.say(
        f"{found.collected} collected, {found.quarantined} in quarantine. Next: autograder grade {name} "
        f"--course {course}"
    )
    terminal.result(msgspec.to_builtins(found) | {"late": late})
    return ALL_GOOD


def _not_here(name: str, solutions: Path | None) -> Path | None:
    """The folder of sources where there is one, but none of this assignment."""
    try:
        folder = solutions_folder(solutions)
    except UserError:
        return None
    return None if (folder / name).is_dir() else folder


def _late_words(rows: Sequence[CollectRow], name: str, course: Course, solutions: Path | None) -> dict[str, str]:
    """Student → how late, by the manifest's policy where the assignment's source is here."""
    from autograder.late import lateness
    from autograder.people import read_people
    from autograder.spec import read_manifest

    try:
        policy = read_manifest(solutions_folder(solutions) / name / "assignment.toml").late
    except UserError:
        return {}  # whoever collects need not have the source
    people = read_people(course.root)
    late: dict[str, str] = {}
    for row in rows if policy is not None else ():
        if row.outcome == "collected" and policy is not None:
            how = lateness(policy, row.handed_in, people.due(row.student, name, policy.due))
            late |= {row.student: how.words(None)} if how is not None else {}
    return late


def _when(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"


def grade(name: str, root: Path, db: str, solutions: Path | None, options: Options, as_json: bool, quiet: bool) -> int:
    from autograder.commands.handing_back import write_grades
    from autograder.grade import grade as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment = load_assignment(name, solutions_folder(solutions))
    course = Course(root, db)
    part = f" {options.shard}" if options.shard else ""
    with grading_view(terminal, f"grading {name}{part}") as tell:
        summary = run(assignment, course, options, tell)
    records = sorted([*summary.graded, *summary.unchanged], key=lambda r: r.student)
    _show(terminal, name, records, summary.notes, summary.level)
    grades = None if options.shard else write_grades(assignment, course)
    merging = f"When all parts are done: autograder grade {name} --course {root} --merge"
    terminal.say(
        f"{len(summary.graded)} graded, {len(summary.unchanged)} unchanged ({_counted(records)}). "
        + (f"Marks: {grades}" if grades else merging)
    )
    terminal.result(
        {
            "assignment": name,
            "isolation": summary.level,
            "graded": len(summary.graded),
            "unchanged": len(summary.unchanged),
            "grades": str(grades) if grades else None,
            "notes": summary.notes,
            "submissions": [_row(r, read_times(course.times(r.student, name))) for r in records],
        }
        | ({"shard": str(options.shard)} if options.shard else {})
    )
    return ALL_GOOD


def merge(name: str, root: Path, db: str, solutions: Path | None, as_json: bool, quiet: bool) -> int:
    from autograder.commands.handing_back import write_grades
    from autograder.merge import merge as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment, course = load_assignment(name, solutions_folder(solutions)), Course(root, db)
    found = run(assignment, course)
    grades = write_grades(assignment, course)
    _show(terminal, name, found.records, found.notes, found.level)
    again = f"run `autograder grade {name} --course {root}`, or their parts again, then merge once more"
    for students, what in (
        (found.missing, "have no record yet"),
        (found.outdated, "were graded before the submission or the tests changed"),
    ):
        if students:
            # whoever is missing is said even with --quiet: the class is not complete
            total = len(found.records) + len(found.missing)
            print(f"{len(students)} of {total} submissions {what} ({_named(students)}): {again}", file=sys.stderr)
    terminal.say(
        f"{len(found.records)} records merged, {found.written} of them new to the gradebook "
        f"({_counted(found.records)}). Marks: {grades}"
    )
    terminal.result(
        {
            "assignment": name,
            "isolation": found.level,
            "merged": len(found.records),
            "written": found.written,
            "missing": found.missing,
            "outdated": found.outdated,
            "grades": str(grades),
            "notes": found.notes,
            "submissions": [_row(r, read_times(course.times(r.student, name))) for r in found.records],
        }
    )
    return FOUND_FAULTS if found.missing or found.outdated else ALL_GOOD


def _show(terminal: Terminal, name: str, records: Sequence[Record], notes: Sequence[str], level: str) -> None:
    """The class as a table, what is worth noting, and what isolation kept."""
    terminal.table(
        f"{name}, isolation {level}",
        ("student", "status", "autograded", "what to know"),
        [(r.student, r.status, "–" if r.status in UNGRADED else shown(r.score), r.message) for r in records],
    )
    for note in notes:
        terminal.say(f"note: {note}")
    if level in KEEPS:
        cure = "" if level == "L3" else " To raise it, install bubblewrap; `autograder doctor` says why."
        terminal.say(f"Isolation {level} was in force; it keeps {KEEPS[level]}.{cure}")


def _counted(records: Sequence[Record]) -> str:
    counts = Counter(record.status for record in records)
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "nobody"


def _named(students: Sequence[str]) -> str:
    more = len(students) - MAX_NAMED
    return ", ".join(students[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _row(record: Record, times: Times | None) -> dict[str, object]:
    return {
        "student": record.student,
        "status": record.status,
        "message": record.message,
        "score": record.score,
        "max_score": record.max_score,
        "seconds": times.seconds if times else None,
        "questions": {q.id: {"score": q.score, "max_score": q.max_score, "status": q.status} for q in record.questions},
    }
