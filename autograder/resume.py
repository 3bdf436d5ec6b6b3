"""What a run has left to do: jobs for what is new or changed, records for what is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.assignment import Assignment
from autograder.course import Course, read_record
from autograder.environment import environment_hash, versions
from autograder.errors import UserError
from autograder.isolation_levels import LEVELS, choose
from autograder.jobs import GradeJob, file_hash
from autograder.marks import UNGRADED
from autograder.record import QuestionResult, Record, marks_only


@dataclass
class Plan:
    """What to grade, what is graded, and what was graded before something changed."""

    jobs: list[GradeJob] = field(default_factory=list)
    unchanged: list[Record] = field(default_factory=list)
    #: Student → record of an older submission or of older tests.
    outdated: dict[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a record must match to stay."""

    #: Questions to grade again although nothing changed.
    questions: Sequence[str] = ()
    seed: int | None = None
    #: Whether the record's own seed will do.
    any_seed: bool = False
    #: Grade everything again.
    force: bool = False
    #: Whether a record graded at this isolation level, with these versions, counts.
    fits: Callable[[Record], bool] = lambda record: True


def make_plan(assignment: Assignment, course: Course, students: Sequence[str], wanted: Wanted) -> Plan:
    """Compare what was handed in with the records; nothing heavy is imported and no process started for it."""
    plan, bases, assignment_hash = Plan(), assignment.bases(), assignment.hash()
    seed = assignment.seed if wanted.seed is None else wanted.seed
    for student in students:
        job = _job(assignment, course, student, seed)
        before = _record_before(course, student, assignment.name)
        kept: list[QuestionResult] = []
        if before is not None and not (wanted.force and not wanted.questions):
            same = before.hashes.get("submission") == file_hash(Path(job.notebook)) and wanted.fits(before)
            same = same and (wanted.any_seed or before.seed == seed)
            whole = same and before.hashes.get("assignment") == assignment_hash
            if whole and not wanted.questions and Path(job.autograded).exists():
                plan.unchanged.append(marks_only(before))
                continue
            if same and before.status not in UNGRADED:
                kept = [r for r in before.questions if r.basis == bases.get(r.id) and r.id not in wanted.questions]
        if kept:
            names = {result.id for result in kept}
            job.questions = [q.id for q in assignment.manifest.question if q.id not in names]
            job.previous = kept
        if before is not None:
            plan.outdated[student] = before
        plan.jobs.append(job)
    return plan


def fits_here(level: str | None, trust: bool) -> Callable[[Record], bool]:
    """Whether a record was graded as this machine would: same versions, same isolation level.

    The strongest level needs no proof that this machine can keep it: marks given there stay.
    """
    here = versions()
    strongest = cache(lambda: choose(level, trust))

    def fits(record: Record) -> bool:
        if record.hashes.get("environment") != environment_hash(here, record.isolation):
            return False
        return record.isolation == (level or (LEVELS[0] if record.isolation == LEVELS[0] else strongest()))

    return fits


def fits_there(level: str | None) -> Callable[[Record], bool]:
    """The same for a cluster, whose machines say at which level they are only once they are asked."""
    here = versions()
    return lambda record: (
        record.hashes.get("environment") == environment_hash(here, record.isolation)
        and level in (None, record.isolation)
    )


def _job(assignment: Assignment, course: Course, student: str, seed: int) -> GradeJob:
    name = assignment.name
    refused = ""
    try:
        notebook, note = course.notebook(student, name)
    except UserError as error:
        notebook, note, refused = course.submitted(student, name) / f"{name}.ipynb", "", error.message
    autograded = str(course.autograded(student, name))
    return GradeJob(
        student=student, notebook=str(notebook), note=note, refused=refused, seed=seed, autograded=autograded
    )


def _record_before(course: Course, student: str, assignment: str) -> Record | None:
    path = course.record(student, assignment)
    try:
        return read_record(path) if path.exists() else None
    except UserError:
        return None  # damaged: graded again
