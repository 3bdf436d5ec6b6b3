"""Take submissions from a folder or zip into the course; what cannot be taken goes to quarantine with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder.archive import Entry, RefusedFile, opened, unpacked
from autograder.arrivals import read_arrivals, write_arrivals
from autograder.attempts import Attempt, attempts_of, notes_about
from autograder.course import Course, is_student_id
from autograder.errors import NOTHING_TO_DO, USAGE, UserError
from autograder.people import read_people
from autograder.placing import COLLECTED, KEPT, UNCHANGED, place, set_aside
from autograder.plaintext import one_line
from autograder.platforms import PLATFORMS, detect
from autograder.quarantine import keep, write_reasons

#: Refused files of one sender that are kept, all together.
MAX_KEPT_BYTES = 60 * 2**20
EARLIER, QUARANTINED, IGNORED = "earlier", "quarantined", "ignored"
OUTCOMES = (COLLECTED, UNCHANGED, KEPT, EARLIER, QUARANTINED, IGNORED)
SOURCES = ("auto", "folder", "zip", *PLATFORMS)


class CollectRow(msgspec.Struct, kw_only=True):
    """What happened to one file."""

    #: Empty where no student could be told.
    student: str
    file: str
    #: collected, unchanged, kept (the one collected before is newer), earlier (a newer attempt came with it),
    #: quarantined, ignored.
    outcome: str
    #: The outcome in a sentence.
    what: str
    handed_in: datetime | None = None
    #: What says when it was handed in: the platform, timestamp.txt, or the file's own time.
    told_by: str = ""


class CollectReport(msgspec.Struct, kw_only=True):
    """What happened to all files of a source."""

    assignment: str
    source: str
    #: Whose way of naming files was followed: folder, zip, canvas, moodle, brightspace or gradescope.
    platform: str
    collected: int
    unchanged: int
    kept: int
    earlier: int
    quarantined: int
    ignored: int
    rows: list[CollectRow]
    #: Expected students of whom the course has no submission now.
    missing: list[str]
    #: Where refused files and `reasons.csv` lie; empty if there are none.
    quarantine: str = ""


def collect(
    source: Path, course: Path, assignment: str, *, expected_names: Collection[str] = (), platform: str = "auto"
) -> CollectReport:
    """Copy one notebook per student to `submitted/<student>/<assignment>/<assignment>.ipynb`.

    Parameters
    ----------
    source
        Folder or zip; see `layouts.whose` and `platforms` for the layouts. A zip of a student (such as
        `submit` makes) may stand in place of a notebook.
    expected_names
        Ids of the class; by default those that the course folder knows. Others are collected too
        and said not to be on the list.
    platform
        One of `SOURCES`; "auto" looks at the names of the files.

    Raises
    ------
    UserError
        When the source as a whole cannot be used. A single bad file never stops the others.
    """
    if not is_student_id(assignment):
        raise UserError(f"{assignment!r} cannot be the name of an assignment: use letters, digits, - and _.", USAGE)
    if platform not in SOURCES:
        raise UserError(f"--from {one_line(platform, 40)!r} is not known; expected one of {', '.join(SOURCES)}.")
    if source.resolve() == (course / "submitted").resolve():
        raise UserError(f"{source} is where collected submissions go: they are collected already.", NOTHING_TO_DO)
    if platform in ("folder", "zip") and source.exists() and source.is_dir() != (platform == "folder"):
        raise UserError(f"{source} is {'a folder' if source.is_dir() else 'no folder'}; expected a {platform}.")
    run = _Run(course, assignment, expected_names)
    with opened(source) as entries:
        if not entries:
            raise UserError(
                f"{source} is empty: expected notebooks such as <student>/{assignment}.ipynb.", NOTHING_TO_DO
            )
        stem = source.name.rsplit(".", 1)[0] if source.is_file() else source.resolve().name
        plain = "folder" if source.is_dir() else "zip"
        run.platform = (detect(e.parts for e in entries) or plain) if platform == "auto" else platform
        for attempts in run.by_student(entries, stem):
            run.take(attempts)
    write_arrivals(course, assignment, run.arrivals)
    rows = sorted([*run.rows, *(row for row, _ in run.refused)], key=lambda row: (row.student, row.file))
    folder = write_reasons(run.quarantine, run.refused) if run.refused else ""
    count = {outcome: sum(row.outcome == outcome for row in rows) for outcome in OUTCOMES}
    missing = sorted(s for s in run.students if not (course / "submitted" / s / assignment).exists())
    return CollectReport(
        assignment=assignment,
        source=str(source),
        platform=run.platform,
        rows=rows,
        missing=missing,
        quarantine=folder,
        **count,
    )


class _Run:
    """One collection: what has been done so far."""

    def __init__(self, course: Path, assignment: str, students: Collection[str]) -> None:
        self.course, self.assignment, self.platform = course, assignment, ""
        self.people, self.arrivals = read_people(course), read_arrivals(course, assignment)
        self.students = set(students) or {*Course(course).roster(), *self.people.people}
        self.rows: list[CollectRow] = []
        self.quarantine = course / "quarantine" / assignment
        self.refused: list[tuple[CollectRow, str]] = []
        self.kept_bytes: Counter[str] = Counter()
        #: Why a zip holds nothing to collect, and when what another one holds came, by the entry's identity.
        self.unusable: dict[int, str] = {}
        self.came: dict[int, float] = {}

    def by_student(self, entries: Sequence[Entry], source_stem: str) -> list[list[Attempt]]:
        """Notebooks grouped by who handed them in; everything else is told in `rows` and `refused`."""
        flat = [inner for entry in entries for inner in self._unpacked(entry)]
        found = attempts_of(self, flat, source_stem)
        groups: dict[tuple[str, ...], list[Attempt]] = {}
        for entry, attempt in found.notebooks:
            if id(entry) in self.unusable:
                self.refuse("" if isinstance(attempt, str) else attempt.sender, entry, self.unusable[id(entry)])
            elif isinstance(attempt, str):
                self.refuse("", entry, attempt)
            else:
                groups.setdefault(attempt.students, []).append(attempt)
        with_notebook = {student for students in groups for student in students}
        for student, others in found.others.items():
            if student and student not in with_notebook:
                self.refuse(student, others.pop(0), "there is no notebook among this student's files")
            self.rows += [_row(student, e, IGNORED, "ignored: not a notebook") for e in others]
        return [groups[students] for students in sorted(groups)]

    def _unpacked(self, entry: Entry) -> list[Entry]:
        """The entry, or the notebooks in it if it is a zip (one level deep)."""
        if not entry.name.lower().endswith(".zip"):
            return [entry]
        try:
            notebooks = [e for e in unpacked(entry) if e.name.lower().endswith(".ipynb")]
            why = "there is no notebook in it"
        except RefusedFile as error:
            notebooks, why = [], str(error)
        if not notebooks:
            self.unusable[id(entry)] = why
            return [entry]
        # they were handed in when the zip was, whatever the clock said that packed it
        self.came |= {id(inner): entry.modified for inner in notebooks}
        return notebooks

    def take(self, attempts: Sequence[Attempt]) -> None:
        """Copy the newest readable attempt of one student or group; the others are kept aside."""
        last = {a.attempt: max(b.when for b in attempts if b.attempt == a.attempt) for a in attempts}
        order = sorted(
            attempts, key=lambda a: (last[a.attempt], a.attempt, a.preference(self.assignment)), reverse=True
        )
        taken: Attempt | None = None
        for attempt in order:
            try:
                raw = attempt.entry.read()
            except RefusedFile as error:
                self.refuse(attempt.sender, attempt.entry, str(error))
                continue
            if taken is None:
                taken = attempt if self._take(attempt, raw) else None
            elif attempt.attempt == taken.attempt:
                self.refuse(attempt.sender, attempt.entry, f"{taken.entry.path} was taken as this student's submission",
                            raw)  # fmt: skip
            else:
                self._set_aside(attempt, raw, taken)

    def _take(self, attempt: Attempt, raw: bytes) -> bool:
        """Put a submission into the folder of everybody whose it is; False where it fits into none."""
        notes = notes_about(attempt, raw, self.assignment, self.students)
        placed = False
        for student in attempt.students:
            target = Course(self.course).submitted(student, self.assignment) / f"{self.assignment}.ipynb"
            if target.is_dir():
                self.refuse(student, attempt.entry, f"a folder stands in its place in the course ({target})", raw)
                continue
            outcome = place(self.course, self.assignment, student, attempt, raw, self.arrivals, self.platform)
            said = "kept the one collected before, which is newer" if outcome == KEPT else outcome
            self.rows.append(_row(student, attempt.entry, outcome, "; ".join([said, *notes]), attempt))
            placed = True
        return placed

    def _set_aside(self, attempt: Attempt, raw: bytes, taken: Attempt) -> None:
        what = f"a later one counts: {taken.entry.path}"
        if self._has_room(attempt.sender, raw):
            for student in attempt.students:
                set_aside(self.course, self.assignment, student, raw, attempt.when, self.arrivals)
        else:
            what += f"; not kept, {MAX_KEPT_BYTES >> 20} MiB of the same sender are"
        self.rows.append(_row(attempt.sender, attempt.entry, EARLIER, what, attempt))

    def refuse(self, student: str, entry: Entry, why: str, raw: bytes | None = None) -> None:
        """Send a file to quarantine; of what must not be read, or is too much, only the reason is there."""
        if raw is None:
            with suppress(RefusedFile):
                raw = entry.read()
        why = entry.problem or why
        sender = student or next((part for part in entry.parts if part.lower().endswith(".zip")), entry.path)
        if raw is not None and not self._has_room(sender, raw):
            raw, why = None, f"{why}; not kept either, {MAX_KEPT_BYTES >> 20} MiB of the same sender are"
        row = _row(student, entry, QUARANTINED, f"not collected: {why}")
        self.refused.append((row, keep(self.quarantine, row.file, raw) if raw is not None else ""))

    def _has_room(self, sender: str, raw: bytes) -> bool:
        self.kept_bytes[sender] += len(raw)
        return self.kept_bytes[sender] <= MAX_KEPT_BYTES


def _row(student: str, entry: Entry, outcome: str, what: str, attempt: Attempt | None = None) -> CollectRow:
    return CollectRow(
        student=one_line(student, 100),
        file=one_line(entry.path, 200),
        outcome=outcome,
        what=one_line(what, 400),
        handed_in=attempt.handed_in.astimezone(UTC) if attempt is not None and attempt.handed_in else None,
        told_by=attempt.told_by if attempt is not None else "",
    )
