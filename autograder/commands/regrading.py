"""Commands that look again at what was graded: regrade, replay."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.assignment import load_assignment, solutions_folder
from autograder.course import Course
from autograder.errors import ALL_GOOD, FOUND_FAULTS
from autograder.grade import Options
from autograder.live import grading_view
from autograder.marks import shown
from autograder.terminal import Terminal

if TYPE_CHECKING:
    from autograder.regrade import Change

#: So many lines of changes are printed; the page holds all of them.
MAX_LINES = 60


def regrade(
    name: str,
    course: Course,
    solutions: Path | None,
    options: Options,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Grade again what has changed, and show what that does to whom."""
    from autograder.commands.handing_back import write_grades
    from autograder.regrade import regrade as run
    from autograder.regrade_page import signed, write

    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment = load_assignment(name, solutions_folder(solutions))
    with grading_view(terminal, f"regrading {name}") as tell:
        found = run(assignment, course, options, dry_run, tell)
    page = write(found, course.root)
    if found.changes:
        terminal.table(
            f"{name}, {'what regrading would change' if dry_run else 'what regrading changed'}",
            ("student", "question", "before", "after", "change", "why"),
            [
                (c.student, c.question, _text(c.counted_before), _text(c.counted_after), signed(c.difference), _why(c))
                for c in found.changes[:MAX_LINES]
            ],
        )
    if len(found.changes) > MAX_LINES:
        terminal.say(f"and {len(found.changes) - MAX_LINES} more lines, on the page")
    for note in found.notes:
        terminal.say(f"note: {note}")
    if found.ungraded:
        terminal.say(f"never graded, and so not regraded: {', '.join(found.ungraded)}")
    moved = [by for by in found.totals().values() if by]
    up = sum(by > 0 for by in moved)
    would = "would be graded" if dry_run else "graded"
    terminal.say(f"{found.graded} of {found.graded + found.unchanged} {would} again: {up} up, {len(moved) - up} down.")
    if found.earlier:
        terminal.say(f"old records: {found.earlier}")
    grades = None if dry_run else write_grades(assignment, course)
    terminal.say(f"page: {page}" if dry_run else f"page: {page}; marks: {grades}")
    terminal.result(
        {
            "assignment": name,
            "dry_run": dry_run,
            "graded": found.graded,
            "unchanged": found.unchanged,
            "up": up,
            "down": len(moved) - up,
            "page": str(page),
            "grades": str(grades) if grades else None,
            "earlier": str(found.earlier) if found.earlier else None,
            "notes": found.notes,
            "changes": [_told(change) for change in found.changes],
        }
    )
    return ALL_GOOD


def replay(
    path: Path,
    question: str,
    submission: Path | None,
    solutions: Path | None,
    level: str | None,
    trust: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Grade one submission again with the seed of its record, and compare verdict by verdict."""
    from autograder.replay import replay as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    found = run(path, question, submission, solutions, level, trust)
    rows = [("✓" if v.same else "✗", v.question, v.title, v.recorded, v.replayed, v.message) for v in found.verdicts]
    terminal.table(
        f"{found.student}, {found.assignment}, seed {found.seed}",
        ("", "question", "property", "recorded", "now", "what it says now"),
        rows,
    )
    for difference in found.differences:
        terminal.say(f"note: {difference}")
    differing = sum(not v.same for v in found.verdicts)
    terminal.say(
        f"{len(found.verdicts)} verdicts, every one as recorded."
        if not differing
        else f"{differing} of {len(found.verdicts)} verdicts differ from the record."
    )
    terminal.result(
        {
            "record": str(path),
            "student": found.student,
            "assignment": found.assignment,
            "seed": found.seed,
            "same": not differing,
            "differences": found.differences,
            "verdicts": [
                {"question": v.question, "property": v.name, "recorded": v.recorded, "replayed": v.replayed}
                for v in found.verdicts
            ],
        }
    )
    return FOUND_FAULTS if differing else ALL_GOOD


def _text(mark: Decimal | None) -> str:
    return "–" if mark is None else shown(mark)


def _why(change: Change) -> str:
    if change.by_hand is None:
        return change.why
    before, after = _text(change.before), _text(change.after)
    return f"{change.why}; {shown(change.by_hand)} by hand kept, auto changed since: {before} to {after}"


def _told(change: Change) -> dict[str, Any]:
    marks = {key: getattr(change, key) for key in ("before", "after", "counted_before", "counted_after", "by_hand")}
    verdicts = [{"property": title, "before": was, "after": now} for title, was, now in change.verdicts]
    return {
        "student": change.student,
        "question": change.question,
        "why": change.why,
        "verdicts": verdicts,
    } | {key: None if mark is None else float(mark) for key, mark in marks.items()}
