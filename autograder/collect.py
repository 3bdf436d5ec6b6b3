"""Take submissions from a folder or zip into the course; what cannot be taken goes to quarantine with a reason."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.archive import Entry, RefusedFile, opened, unpacked
from autograder.atomic import write_whole
from autograder.course import Course, is_student_id
from autograder.errors import NOTHING_TO_DO, USAGE, UserError
from autograder.layouts import is_about, whose, without_root
from autograder.plaintext import one_line
from autograder.quarantine import keep, write_reasons

#: Refused files of one sender that are kept, all together.
MAX_KEPT_BYTES = 60 * 2**20
COLLECTED, UNCHANGED, KEPT, QUARANTINED, IGNORED = "collected", "unchanged", "kept", "quarantined", "ignored"


class CollectRow(msgspec.Struct, kw_only=True):
    """What happened to one file."""

    #: Empty where no student could be told.
    student: str
    file: str
    #: collected, unchanged, kept (the one collected before is newer), quarantined, ignored.
    outcome: str
    #: The outcome in a sentence.
    what: str


class CollectReport(msgspec.Struct, kw_only=True):
    """What happened to all files of a source."""

    assignment: str
    source: str
    collected: int
    unchanged: int
    kept: int
    quarantined: int
    ignored: int
    rows: list[CollectRow]
    #: Expected students of whom the course has no submission now.
    missing: list[str]
    #: Where refused files and `reasons.csv` lie; empty if there are none.
    quarantine: str = ""


@dataclass(frozen=True)
class _Candidate:
    student: str
    parts: tuple[str, ...]
    entry: Entry

    def preference(self, assignment: str) -> tuple[bool, bool, float, bool, tuple[str, ...]]:
        """The candidate that compares largest is the submission: the right name, then the newest."""
        stem = self.parts[-1].rsplit(".", 1)[0]
        return (
            assignment in self.parts[1:-1],
            assignment.lower() in self.entry.path.lower(),
            self.entry.modified,
            stem == assignment,
            self.parts,
        )


def collect(source: Path, course: Path, assignment: str, *, expected_names: Collection[str] = ()) -> CollectReport:
    """Copy one notebook per student to `submitted/<student>/<assignment>/<assignment>.ipynb`.

    Parameters
    ----------
    source
        Folder or zip; see `layouts.whose` for the layouts. A zip of a student (such as `submit`
        makes) may stand in place of a notebook.
    expected_names
        Ids of the class; by default those that the course folder knows. Others are collected too
        and said not to be on the list.

    Raises
    ------
    UserError
        When the source as a whole cannot be used. A single bad file never stops the others.
    """
    if not is_student_id(assignment):
        raise UserError(f"{assignment!r} cannot be the name of an assignment.", USAGE)
    if source.resolve() == (course / "submitted").resolve():
        raise UserError(f"{source} is where collected submissions go: they are collected already.", NOTHING_TO_DO)
    run = _Run(course, assignment, set(expected_names) or set(Course(course).roster()))
    with opened(source) as entries:
        if not entries:
            raise UserError(
                f"{source} is empty: expected notebooks such as <student>/{assignment}.ipynb.", NOTHING_TO_DO
            )
        stem = source.name.rsplit(".", 1)[0] if source.is_file() else source.resolve().name
        for candidates in run.by_student(entries, stem):
            run.take(candidates)
    rows = sorted([*run.rows, *(row for row, _ in run.refused)], key=lambda row: (row.student, row.file))
    folder = write_reasons(run.quarantine, run.refused) if run.refused else ""
    count = {o: sum(row.outcome == o for row in rows) for o in (COLLECTED, UNCHANGED, KEPT, QUARANTINED, IGNORED)}
    missing = sorted(s for s in run.students if not (course / "submitted" / s / assignment).exists())
    return CollectReport(
        assignment=assignment, source=str(source), rows=rows, missing=missing, quarantine=folder, **count
    )


class _Run:
    """One collection: what has been done so far."""

    def __init__(self, course: Path, assignment: str, students: Collection[str]) -> None:
        self.course, self.assignment, self.students = course, assignment, students
        self.rows: list[CollectRow] = []
        self.quarantine = course / "quarantine" / assignment
        self.refused: list[tuple[CollectRow, str]] = []
        self.kept_bytes: Counter[str] = Counter()

    def by_student(self, entries: Sequence[Entry], source_stem: str) -> list[list[_Candidate]]:
        """Notebooks grouped by student; everything else is told in `rows` and `refused`."""
        flat = [inner for entry in entries for inner in self._unpacked(entry)]
        paths = without_root([e.parts for e in flat], self.assignment, source_stem, self.students)
        groups: dict[str, list[_Candidate]] = {}
        others: dict[str, list[Entry]] = {}
        for entry, parts in zip(flat, paths, strict=True):
            student = whose(parts, self.assignment, self.students)
            if not entry.name.lower().endswith(".ipynb"):
                others.setdefault(student if student and len(parts) > 1 else "", []).append(entry)
            elif student is None:
                self.refuse(
                    "",
                    entry,
                    "no student can be told from its name; call it "
                    f"<student>_{self.assignment}.ipynb or put it into a folder with the student's id",
                )
            else:
                groups.setdefault(student, []).append(_Candidate(student, parts, entry))
        for student, found in others.items():
            if student and student not in groups:
                self.refuse(student, found.pop(0), "there is no notebook among this student's files")
            self.rows += [_row(student, e, IGNORED, "ignored: not a notebook") for e in found]
        return [groups[student] for student in sorted(groups)]

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
            self.refuse(whose(entry.parts, self.assignment, self.students) or "", entry, why)
        return notebooks

    def take(self, candidates: Sequence[_Candidate]) -> None:
        """Copy the best readable candidate of one student; the others go to quarantine."""
        taken = ""
        for candidate in sorted(candidates, key=lambda c: c.preference(self.assignment), reverse=True):
            entry, student = candidate.entry, candidate.student
            try:
                raw = entry.read()
            except RefusedFile as error:
                self.refuse(student, entry, str(error))
                continue
            target = self.course / "submitted" / student / self.assignment / f"{self.assignment}.ipynb"
            if taken:
                self.refuse(student, entry, f"{taken} was taken as this student's submission", raw)
            elif target.is_dir():
                self.refuse(student, entry, f"a folder stands in its place in the course ({target})", raw)
            else:
                taken = entry.path
                outcome = _store(raw, target, entry.modified)
                said = "kept the one collected before, which is newer" if outcome == KEPT else outcome
                self.rows.append(_row(student, entry, outcome, "; ".join([said, *self._notes(candidate, raw)])))

    def refuse(self, student: str, entry: Entry, why: str, raw: bytes | None = None) -> None:
        """Send a file to quarantine; of what must not be read, or is too much, only the reason is there."""
        if raw is None:
            with suppress(RefusedFile):
                raw = entry.read()
        why = entry.problem or why
        sender = student or next((part for part in entry.parts if part.lower().endswith(".zip")), entry.path)
        self.kept_bytes[sender] += len(raw or b"")
        if raw is not None and self.kept_bytes[sender] > MAX_KEPT_BYTES:
            raw, why = None, f"{why}; not kept either, {MAX_KEPT_BYTES >> 20} MiB of the same sender are"
        row = _row(student, entry, QUARANTINED, f"not collected: {why}")
        self.refused.append((row, keep(self.quarantine, row.file, raw) if raw is not None else ""))

    def _notes(self, candidate: _Candidate, raw: bytes) -> list[str]:
        notes = []
        name = candidate.parts[-1]
        if len(candidate.parts) > 1 and name != f"{self.assignment}.ipynb":
            about = is_about(self.assignment, name.rsplit(".", 1)[0])
            notes.append(f"it was called {name}" + ("" if about else ", which does not name the assignment"))
        if self.students and candidate.student not in self.students:
            notes.append("this student is not on the list of the class")
        try:
            readable = isinstance(json.loads(raw.decode("utf-8-sig")), dict)
        except (ValueError, RecursionError):
            readable = False
        return notes if readable else [*notes, "it is not readable as a notebook, grading will say so"]


def _store(raw: bytes, target: Path, modified: float) -> str:
    """Write a submission unless the course holds a newer one; say what was done."""
    if target.is_file():
        if target.read_bytes() == raw:
            return UNCHANGED
        # a margin, because zip files know time to two seconds only
        if target.stat().st_mtime > modified + 2:
            return KEPT
    write_whole(target, raw)
    os.utime(target, (modified, modified))
    return COLLECTED


def _row(student: str, entry: Entry, outcome: str, what: str) -> CollectRow:
    return CollectRow(
        student=one_line(student, 100), file=one_line(entry.path, 200), outcome=outcome, what=one_line(what, 400)
    )
