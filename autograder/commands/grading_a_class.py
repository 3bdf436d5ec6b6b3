"""Commands of whoever grades: collect, grade."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from autograder.assignment import load_assignment, solutions_folder
from autograder.course import Course, read_times
from autograder.errors import ALL_GOOD
from autograder.grade import Options
from autograder.isolation import KEEPS
from autograder.marks import UNGRADED, shown
from autograder.record import Record, Times
from autograder.terminal import Terminal


def collect(source: Path, name: str, course: Path, as_json: bool, quiet: bool) -> int:
    from autograder.collect import collect as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    found = run(source, course, name)
    terminal.table(
        f"collected {name}",
        ("student", "file", "what happened"),
        [(row.student, row.file, row.what) for row in found.rows],
    )
    terminal.say(
        f"{found.collected} collected, {found.quarantined} in quarantine. Next: autograder grade {name} "
        f"--course {course}"
    )
    terminal.result(msgspec.to_builtins(found))
    return ALL_GOOD


def grade(name: str, root: Path, db: str, solutions: Path | None, options: Options, as_json: bool, quiet: bool) -> int:
    from autograder.commands.handing_back import write_grades
    from autograder.grade import grade as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment = load_assignment(name, solutions_folder(solutions))
    course = Course(root, db)
    with terminal.progress(f"grading {name}") as tell:
        summary = run(
            assignment,
            course,
            options,
            lambda done, total, record: tell(done, total, f"{record.student}: {record.status}" if record else ""),
        )
    records = sorted([*summary.graded, *summary.unchanged], key=lambda r: r.student)
    grades = write_grades(assignment, course)
    terminal.table(
        f"{name}, isolation {summary.level}",
        ("student", "status", "autograded", "what to know"),
        [(r.student, r.status, "–" if r.status in UNGRADED else shown(r.score), r.message) for r in records],
    )
    counts = Counter(r.status for r in records)
    for note in summary.notes:
        terminal.say(f"note: {note}")
    terminal.say(
        f"{len(summary.graded)} graded, {len(summary.unchanged)} unchanged ("
        + ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        + f"). Marks: {grades}"
    )
    cure = "" if summary.level == "L3" else " To raise it, install bubblewrap; `autograder doctor` says why."
    terminal.say(f"Isolation {summary.level} was in force; it keeps {KEEPS[summary.level]}.{cure}")
    terminal.result(
        {
            "assignment": name,
            "isolation": summary.level,
            "graded": len(summary.graded),
            "unchanged": len(summary.unchanged),
            "grades": str(grades),
            "notes": summary.notes,
            "submissions": [_row(r, read_times(course.times(r.student, name))) for r in records],
        }
    )
    return ALL_GOOD


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
