"""Who handed in which notebook and when, from the paths of what is collected."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from autograder.archive import Entry, RefusedFile
from autograder.arrivals import Arrival
from autograder.errors import NOT_GRADABLE, UserError
from autograder.layouts import is_about, whose, without_root
from autograder.people import People
from autograder.platforms import PLATFORMS, Parts, Sender, Sent, gradescope_list, list_of_gradescope, read
from autograder.senders import Senders

PLATFORM, TIMESTAMP, FILE_TIME = "the platform", "timestamp.txt", "the file's own time"


class Collecting(Protocol):
    """What is known while a class is collected."""

    assignment: str
    platform: str
    people: People
    arrivals: dict[str, Arrival]
    students: set[str]
    #: When an entry came that lay in a zip, by the entry's identity.
    came: dict[int, float]


@dataclass(frozen=True)
class Attempt:
    """One notebook that somebody handed in."""

    #: Everybody whose submission it is.
    students: tuple[str, ...]
    #: The one of them who sent it.
    sender: str
    by: Sender
    #: Where it lay, from the student's folder on.
    parts: Parts
    entry: Entry
    #: Files of one attempt are alternatives; of two attempts the later one counts.
    attempt: str
    #: When it came as far as files tell, in seconds since 1970.
    came: float
    handed_in: datetime | None = None
    told_by: str = ""
    marked_late: bool = False

    @property
    def when(self) -> float:
        return self.handed_in.timestamp() if self.handed_in is not None else self.came

    def preference(self, assignment: str) -> tuple[bool, bool, float, bool, Parts]:
        """The file that compares largest is the submission: the right name, then the newest."""
        stem = self.parts[-1].rsplit(".", 1)[0]
        return (
            assignment in self.parts[1:-1],
            assignment.lower() in self.entry.path.lower(),
            self.entry.modified,
            stem == assignment,
            self.parts,
        )


@dataclass
class Found:
    """Notebooks with whose they are, or why that cannot be told; other files by student."""

    notebooks: list[tuple[Entry, Attempt | str]] = field(default_factory=list)
    others: dict[str, list[Entry]] = field(default_factory=dict)


def attempts_of(run: Collecting, entries: Sequence[Entry], source_stem: str) -> Found:
    """Tell for every file whose it is, by the platform's way of naming files or by folders."""
    reader = _Platform(run, entries) if run.platform in PLATFORMS else _Folders(run, entries, source_stem)
    found = Found()
    for entry in entries:
        whose_it_is = reader.read(entry)
        if entry.name.lower().endswith((".ipynb", ".zip")):
            found.notebooks.append((entry, whose_it_is))
        else:
            student = "" if isinstance(whose_it_is, str) or len(whose_it_is.parts) < 2 else whose_it_is.sender
            found.others.setdefault(student, []).append(entry)
    return found


class _Folders:
    """A folder or file per student, as `layouts.whose` understands them."""

    def __init__(self, run: Collecting, entries: Sequence[Entry], source_stem: str) -> None:
        self.run = run
        paths = without_root([e.parts for e in entries], run.assignment, source_stem, run.students)
        self.paths = {id(e): path for e, path in zip(entries, paths, strict=True)}
        self.stamps = {e.parts[:-1]: e for e in entries if e.name == "timestamp.txt"}

    def read(self, entry: Entry) -> Attempt | str:
        parts = self.paths[id(entry)]
        student = whose(parts, self.run.assignment, self.run.students)
        if student is None:
            return (
                f"no student can be told from its name; call it <student>_{self.run.assignment}.ipynb or put it into a "
                "folder with the student's id"
            )
        came = self.run.came.get(id(entry), entry.modified)
        moment, told_by = self._stamp(entry), TIMESTAMP
        if moment is None:
            moment, told_by = _file_time(came)
        group = self.run.people.group_of(student, self.run.assignment)
        students = tuple(sorted(group.members)) if group is not None else (student,)
        return Attempt(students, student, Sender(), parts, entry, student, came, moment, told_by)

    def _stamp(self, entry: Entry) -> datetime | None:
        """What nbgrader's timestamp.txt beside the notebook says."""
        stamp = self.stamps.get(entry.parts[:-1])
        if stamp is None:
            return None
        try:
            text = stamp.read()[:200].decode("utf-8").strip().replace(" UTC", "+00:00")
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (RefusedFile, ValueError, OverflowError):
            return None


class _Platform:
    """The archive of a learning platform."""

    def __init__(self, run: Collecting, entries: Sequence[Entry]) -> None:
        self.run = run
        self.zone: tzinfo | None = run.people.zone()
        self.senders = Senders(run.platform, run.assignment, run.people, run.arrivals, run.students)
        self.listed: Mapping[str, Sent] = {}
        listed = list_of_gradescope([e.parts for e in entries]) if run.platform == "gradescope" else None
        for entry in [e for e in entries if e.parts == listed][:1]:
            try:
                self.listed = gradescope_list(entry.read(), self.zone)
            except RefusedFile as error:
                raise UserError(f"{entry.name} in the archive cannot be read: {error}.", NOT_GRADABLE) from None

    def read(self, entry: Entry) -> Attempt | str:
        sent = read(self.run.platform, entry.parts, self.zone, self.listed)
        if sent is None:
            return f"its name is not one that {self.run.platform} gives; collect it with --from folder or zip"
        students = self.senders.students_of(sent.senders)
        if not students:
            return "no student can be told from its name; give the sender's id in people.toml"
        group = self.run.people.group_of(students[0], self.run.assignment)
        everybody = tuple(sorted({*students, *(group.members if group is not None else ())}))
        came = self.run.came.get(id(entry), entry.modified)
        moment, told_by = sent.handed_in, PLATFORM
        if moment is None:
            # Canvas packs every file with the time of the download
            moment, told_by = (None, "") if self.run.platform == "canvas" else _file_time(came)
        attempt = sent.attempt or students[0]
        by = sent.senders[0] if len(sent.senders) == 1 and len(students) == 1 else Sender()
        parts = (students[0], *sent.path)
        return Attempt(everybody, students[0], by, parts, entry, attempt, came, moment, told_by, sent.marked_late)


def notes_about(attempt: Attempt, raw: bytes, assignment: str, students: Collection[str]) -> list[str]:
    """What is worth knowing of a submission that was taken."""
    notes = []
    name = attempt.parts[-1]
    if len(attempt.parts) > 1 and name != f"{assignment}.ipynb":
        about = is_about(assignment, name.rsplit(".", 1)[0])
        notes.append(f"it was called {name}" + ("" if about else ", which does not name the assignment"))
    if len(attempt.students) > 1:
        notes.append(f"handed in for {', '.join(attempt.students)}")
    if attempt.marked_late and attempt.handed_in is None:
        notes.append("marked as late, without a time")
    if students and attempt.sender not in students:
        notes.append("this student is not on the list of the class")
    try:
        readable = isinstance(json.loads(raw.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        readable = False
    return notes if readable else [*notes, "it is not readable as a notebook, grading will say so"]


def _file_time(came: float) -> tuple[datetime | None, str]:
    try:
        moment = datetime.fromtimestamp(came, UTC) if came > 0 else None
    except (OverflowError, ValueError, OSError):
        moment = None
    return moment, FILE_TIME if moment is not None else ""
