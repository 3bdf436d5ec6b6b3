"""Grade a class: slots in parallel, a record the moment it exists, one writer to the gradebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from autograder.arrivals import handed_in
from autograder.assignment import Assignment
from autograder.atomic import sweep_unfinished, write_whole
from autograder.course import Course, read_times
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.executor import open_executor
from autograder.fanout import Fanout, share_submissions
from autograder.isolation_levels import LEVELS
from autograder.one_writer import one_writer
from autograder.record import Record, Times, marks_only, record_text
from autograder.resume import Plan, Wanted, fits_here, fits_there, make_plan
from autograder.shards import Shard

if TYPE_CHECKING:
    from autograder.gradebook import Gradebook


@dataclass(frozen=True)
class Options:
    """What `autograder grade` was asked for."""

    jobs: int = 1
    level: str | None = None
    trust: bool = False
    students: Sequence[str] = ()
    questions: Sequence[str] = ()
    seed: int | None = None
    #: Grade again what is graded already.
    force: bool = False
    #: Address of a dask scheduler whose workers grade in place of this machine.
    scheduler: str = ""
    #: Grade only this part of the class, and leave the gradebook to `merge`.
    shard: Shard | None = None


@dataclass
class Summary:
    """What a run did; of the records everything but the properties."""

    graded: list[Record] = field(default_factory=list)
    unchanged: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    level: str = ""


def grade(
    assignment: Assignment,
    course: Course,
    options: Options,
    progress: Callable[[int, int, Record | None], None] = lambda done, total, record: None,
) -> Summary:
    """Grade every submission of `assignment` in `course`; leave alone what has not changed.

    `progress` is called with (done, total, record) at the start and after each submission.
    """
    together = share_submissions(course, assignment.name)
    plan = plan_of(assignment, course, options)
    fanout = Fanout(plan.jobs, together)
    summary = Summary(unchanged=plan.unchanged)
    with ExitStack() as stack:
        if options.shard is None:
            stack.enter_context(one_writer(course.root))
        for path in (course.grades_csv, course.record("", assignment.name), course.times("", assignment.name)):
            sweep_unfinished(path.parent)
        # the slots get ready while the gradebook is opened; where there is nothing to grade, none is started
        jobs = min(options.jobs, len(fanout.jobs))
        executor = (
            stack.enter_context(open_executor(assignment, jobs, options.level, options.trust, options.scheduler))
            if plan.jobs
            else None
        )
        gradebook = None if options.shard is not None else stack.enter_context(_ready(assignment, course, plan))
        if executor is not None:
            summary.level = executor.warm_up()["ready"]
            progress(0, len(plan.jobs), None)
            answers = (answer for _, answer in executor.run(fanout.jobs))
            each = ((record, answer["times"]) for answer in answers
                    for record in fanout.records(msgspec.convert(answer["record"], Record)))  # fmt: skip
            for done, (record, times) in enumerate(each, start=1):
                # the record comes last of the files and before the gradebook, into which every run writes whatever
                # it lacks of the records: wherever this one is killed, the next one ends with the same
                write_times(course, record, msgspec.convert(times, Times))
                write_whole(course.record(record.student, assignment.name), record_text(record))
                if gradebook is not None:
                    gradebook.write(record, assignment, handed_in(course, record.student, assignment.name))
                summary.graded.append(marks_only(record))
                progress(done, len(plan.jobs), record)
        records = {record.student: record for record in (*summary.graded, *summary.unchanged)}
        summary.level = summary.level or weakest_level(records.values())
        if gradebook is not None:
            summary.notes = gradebook.overruled(assignment, records)
        if misnamed := course.misnamed(assignment.name):
            listed = "; ".join(misnamed)
            summary.notes.append(f"not graded, because the folder's name cannot be a student's id: {listed}")
    return summary


def plan_of(assignment: Assignment, course: Course, options: Options) -> Plan:
    """What is to be graded, and what has not changed."""
    questions = [assignment.manifest.find(question) for question in options.questions]
    if by_hand := [question.id for question in questions if question.auto == 0]:
        raise UserError(f"question {by_hand[0]} has no tests: a person marks it, nothing can be graded.", NOTHING_TO_DO)
    students = chosen(course, assignment.name, options.students)
    if options.shard is not None:
        students = options.shard.of(students)
    fits = fits_there(options.level) if options.scheduler else fits_here(options.level, options.trust)
    wanted = Wanted(
        questions=[question.id for question in questions], seed=options.seed, force=options.force, fits=fits
    )
    return make_plan(assignment, course, students, wanted)


@contextmanager
def _ready(assignment: Assignment, course: Course, plan: Plan) -> Iterator[Gradebook]:
    """The gradebook, which knows the assignment and holds every record that stays."""
    from autograder.gradebook import Gradebook

    course.write_nbgrader_config()
    with Gradebook(course.db_url) as gradebook:
        catch_up(gradebook, assignment, course, plan.unchanged, define=bool(plan.jobs))
        yield gradebook


def catch_up(
    gradebook: Gradebook, assignment: Assignment, course: Course, records: Sequence[Record], *, define: bool = False
) -> int:
    """Write what the gradebook lacks of `records`, and say how many that were; twice is the same as once."""
    lacking = gradebook.lacking(records, assignment, lambda student: handed_in(course, student, assignment.name))
    if lacking or define:
        gradebook.define(assignment)
    for record in lacking:
        gradebook.write(record, assignment, handed_in(course, record.student, assignment.name))
    return len(lacking)


def weakest_level(records: Iterable[Record]) -> str:
    """The weakest isolation level of all records."""
    levels = {record.isolation for record in records}
    return next((level for level in reversed(LEVELS) if level in levels), "")


def chosen(course: Course, assignment: str, asked: Sequence[str] = ()) -> list[str]:
    """Students who handed in, or those of them who were asked for."""
    students = course.students(assignment)
    if not students:
        raise UserError(
            f"nobody has handed in {assignment}: {course.root / 'submitted'} holds no <student>/{assignment}/.",
            NOTHING_TO_DO,
        )
    unknown = sorted(set(asked) - set(students))
    if unknown:
        raise UserError(
            f"{unknown[0]} has not handed in {assignment}; expected a folder "
            f"{course.submitted(unknown[0], assignment)}."
        )
    return [s for s in students if not asked or s in asked]


def write_times(course: Course, record: Record, times: Times) -> None:
    """Keep what grading took beside the record; questions that were not run again keep theirs."""
    path = course.times(record.student, record.assignment)
    before = read_times(path) if len(times.questions) < len(record.questions) else None
    whole = times if before is None else times.after(before)
    write_whole(path, json.dumps(msgspec.to_builtins(whole), indent=1) + "\n")


def roster(course: Course, assignment: Assignment, records: Sequence[Record]) -> list[str]:
    """Students without a record for the assignment: they appear as "not submitted", never as a 0."""
    graded = {record.student for record in records}
    return [student for student in course.roster() if student not in graded]
