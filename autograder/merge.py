"""Bring the records of all parts of a class into one gradebook; say whose are missing."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.assignment import Assignment
from autograder.course import Course
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.grade import catch_up, chosen, weakest_level
from autograder.gradebook import Gradebook
from autograder.one_writer import one_writer
from autograder.record import Record
from autograder.resume import Wanted, make_plan


@dataclass
class Merged:
    """What came together."""

    records: list[Record] = field(default_factory=list)
    #: Records that the gradebook did not hold before.
    written: int = 0
    #: Students who handed in and have no record.
    missing: list[str] = field(default_factory=list)
    #: Students whose record is of an older submission or of older tests.
    outdated: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    level: str = ""


def merge(assignment: Assignment, course: Course) -> Merged:
    """Write every record of the class into the gradebook; nothing is graded, and twice is the same as once."""
    plan = make_plan(assignment, course, chosen(course, assignment.name), Wanted(any_seed=True))
    records = sorted([*plan.unchanged, *plan.outdated.values()], key=lambda record: record.student)
    if not records:
        raise UserError(
            f"there is nothing to merge: none of {len(plan.jobs)} submissions of {assignment.name} has a record; run "
            f"`autograder grade {assignment.name} --shard i/n` for every i from 1 to n first.",
            NOTHING_TO_DO,
        )
    found = Merged(records, level=weakest_level(records))
    found.missing = [job.student for job in plan.jobs if job.student not in plan.outdated]
    found.outdated = sorted(plan.outdated)
    environments = {record.hashes.get("environment", "") for record in records}
    if len(environments) > 1:
        found.notes.append(
            f"the records were made in {len(environments)} different environments (versions or isolation), which marks "
            "may depend on; the class report counts them"
        )
    course.write_nbgrader_config()
    with one_writer(course.root), Gradebook(course.db_url) as gradebook:
        found.written = catch_up(gradebook, assignment, course, records, define=True)
        found.notes += gradebook.overruled(assignment, {record.student: record for record in records})
    return found
