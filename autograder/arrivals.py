"""What is known of how submissions arrived: when, from whom, and which earlier ones they replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder.atomic import write_whole
from autograder.course import Course
from autograder.errors import UserError
from autograder.plainfile import plain_bytes


class Arrival(msgspec.Struct, kw_only=True):
    """One student's submission of one assignment."""

    #: Where it came from: folder, zip, canvas, moodle, brightspace, gradescope.
    platform: str = ""
    #: The platform's id of the sender; "" where the platform has none.
    id: str = ""
    #: The sender's name, as the platform writes it.
    name: str = ""
    email: str = ""
    #: The path in what was collected.
    file: str = ""
    handed_in: datetime | None = None
    #: What says so: the platform, timestamp.txt, or the file's own time.
    told_by: str = ""
    #: The platform marks it as late, without saying when it came.
    marked_late: bool = False
    #: Everybody who handed this in together.
    together: list[str] = []
    #: Earlier submissions, kept under these paths of the course folder.
    earlier: list[str] = []


def arrivals_path(course: Path, assignment: str) -> Path:
    return course / "arrivals" / f"{assignment}.json"


def read_arrivals(course: Path, assignment: str) -> dict[str, Arrival]:
    """Student → how the submission that is graded arrived."""
    path = arrivals_path(course, assignment)
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Arrival])
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        raise UserError(f"{path} is damaged: delete it and collect again.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None


def write_arrivals(course: Path, assignment: str, arrivals: dict[str, Arrival]) -> None:
    raw = msgspec.json.encode(dict(sorted(arrivals.items())))
    write_whole(arrivals_path(course, assignment), msgspec.json.format(raw, indent=1) + b"\n")


def handed_in(course: Course, student: str, assignment: str) -> datetime | None:
    """When the submission arrived: nbgrader's timestamp.txt, if it is there."""
    path = course.submitted(student, assignment) / "timestamp.txt"
    try:
        text = plain_bytes(path, 200).decode("utf-8").strip()
        stamp = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
        return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).astimezone(UTC)
    except (OSError, ValueError, OverflowError):  # not there, no moment, or none that a calendar has
        return None
