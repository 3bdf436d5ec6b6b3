"""Grade a class: slots in parallel, a record the moment it exists, one writer to the gradebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from autograder.assignment import Assignment
from autograder.atomic import write_whole
from autograder.course import Course, read_record, read_times
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.jobs import GradeJob, Job, file_hash
from autograder.record import Record, Times, record_text
from autograder.slots import Slots


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


@dataclass
class Summary:
    """What a run did."""

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
    students = _chosen(course, assignment.name, options.students)
    for question in options.questions:
        assignment.manifest.find(question)
    course.write_nbgrader_config()
    summary = Summary()
    with Slots(assignment, min(options.jobs, max(len(students), 1)), options.level, options.trust) as slots:
        # nbgrader takes seconds to import: open the gradebook while the slots warm up
        from autograder.gradebook import Gradebook

        with Gradebook(course.db_url) as gradebook:
            gradebook.define(assignment)
            info = slots.warm_up()
            summary.level = info["ready"]
            seed = options.seed if options.seed is not None else int(info["assignment"][:12], 16)
            jobs: list[Job] = []
            for student in students:
                job, unchanged = _job(assignment, course, student, seed, options, info)
                if unchanged is None:
                    jobs.append(job)
                else:
                    summary.unchanged.append(unchanged)
                    gradebook.write(unchanged, assignment, handed_in(course, student, assignment.name))
            progress(0, len(jobs), None)
            for done, (_, answer) in enumerate(slots.run(jobs), start=1):
                record = msgspec.convert(answer["record"], Record)
                # the record comes last of the files and before the gradebook, which is written from the records
                # again by every run: wherever this one is killed, the next one ends with the same
                write_times(course, record, msgspec.convert(answer["times"], Times))
                write_whole(course.record(record.student, assignment.name), record_text(record))
                gradebook.write(record, assignment, handed_in(course, record.student, assignment.name))
                summary.graded.append(record)
                progress(done, len(jobs), record)
            seen = {record.student: record for record in (*summary.graded, *summary.unchanged)}
            summary.notes = gradebook.overruled(assignment, seen)
    return summary


def _chosen(course: Course, assignment: str, asked: Sequence[str]) -> list[str]:
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


def _job(
    assignment: Assignment, course: Course, student: str, seed: int, options: Options, info: dict[str, str]
) -> tuple[GradeJob, Record | None]:
    """The job for one student, and the record that makes it unnecessary, if there is one."""
    name = assignment.name
    try:
        notebook, note = course.notebook(student, name)
    except UserError as error:
        notebook, note = course.submitted(student, name) / f"{name}.ipynb", error.message
    job = GradeJob(
        student=student, notebook=str(notebook), note=note, seed=seed, autograded=str(course.autograded(student, name))
    )
    path = course.record(student, name)
    before = None
    if path.exists():
        try:
            before = read_record(path)
        except UserError:
            before = None  # damaged: graded again
    if before is None:
        return job, None
    hashes = {"submission": file_hash(notebook), "assignment": info["assignment"], "environment": info["environment"]}
    if options.questions and before.hashes.get("submission") == hashes["submission"]:
        job.questions = [assignment.manifest.find(q).id for q in options.questions]
        job.previous = before.questions
        return job, None
    same = before.hashes == hashes and before.seed == seed and course.autograded(student, name).exists()
    return job, before if same and not options.force and not options.questions else None


def handed_in(course: Course, student: str, assignment: str) -> datetime | None:
    """When the submission arrived: nbgrader's timestamp.txt, if it is there."""
    path = (
        course.submitted(student, assignment) / "timestamp.txt"
        if course.submitted(student, assignment).is_dir()
        else None
    )
    if path is None or not path.is_file():
        return None
    try:
        stamp = datetime.fromisoformat(path.read_text(encoding="utf-8").strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


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
