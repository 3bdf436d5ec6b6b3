"""Put a submission into the course folder; whatever it replaces, or is older than, is kept beside it."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import structs

from autograder.arrivals import Arrival
from autograder.atomic import write_whole
from autograder.attempts import Attempt
from autograder.course import Course

COLLECTED, UNCHANGED, KEPT = "collected", "unchanged", "kept"


def place(
    course: Path,
    assignment: str,
    student: str,
    attempt: Attempt,
    raw: bytes,
    arrivals: dict[str, Arrival],
    platform: str,
) -> str:
    """Write a submission unless the course holds a newer one; say what was done, and note it in `arrivals`."""
    folder = Course(course).submitted(student, assignment)
    target = folder / f"{assignment}.ipynb"
    before = arrivals.get(student, Arrival())
    now = Arrival(
        platform=platform,
        id=attempt.by.id,
        name=attempt.by.name,
        email=attempt.by.email,
        file=attempt.entry.path,
        handed_in=attempt.handed_in,
        told_by=attempt.told_by,
        marked_late=attempt.marked_late,
        together=list(attempt.students) if len(attempt.students) > 1 else [],
        earlier=before.earlier,
    )
    if target.is_file():
        held = target.read_bytes()
        if held == raw:
            arrivals.setdefault(student, now)
            return UNCHANGED
        # a margin, because zip files know time to two seconds only
        if target.stat().st_mtime > attempt.when + 2:
            arrivals.setdefault(student, structs.replace(now, file=str(target)))
            set_aside(course, assignment, student, raw, attempt.when, arrivals)
            return KEPT
        arrivals[student] = now
        set_aside(course, assignment, student, held, target.stat().st_mtime, arrivals)
    arrivals[student] = structs.replace(now, earlier=arrivals.get(student, before).earlier)
    write_whole(target, raw)
    os.utime(target, (attempt.when, attempt.when))
    stamp = folder / "timestamp.txt"
    if attempt.handed_in is not None:
        write_whole(stamp, f"{attempt.handed_in.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')} UTC\n")
    else:
        # the time of the one before is not the time of this one
        with suppress(FileNotFoundError):
            stamp.unlink()
    return COLLECTED


def set_aside(
    course: Path, assignment: str, student: str, raw: bytes, when: float, arrivals: dict[str, Arrival]
) -> None:
    """Keep an earlier submission under `earlier/<assignment>/<student>/`, named by its time."""
    moment = datetime.fromtimestamp(max(when, 0.0), UTC).strftime("%Y%m%dT%H%M%SZ")
    path = Path("earlier") / assignment / student / f"{moment}-{hashlib.sha256(raw).hexdigest()[:8]}.ipynb"
    write_whole(course / path, raw)
    arrival = arrivals.setdefault(student, Arrival())
    arrivals[student] = structs.replace(arrival, earlier=sorted({*arrival.earlier, str(path)}))
