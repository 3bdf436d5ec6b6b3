"""What a class has earned: records, marks given by hand, and what being late has cost; all exports begin here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.arrivals import Arrival, handed_in, read_arrivals
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.export import GradeRow, grade_rows
from autograder.groups import shared_marks, teams
from autograder.late import Lateness, lateness
from autograder.marks import ManualMark
from autograder.people import People, read_people
from autograder.record import Record


@dataclass(frozen=True)
class ClassResults:
    """The results of one assignment."""

    assignment: str
    records: list[Record]
    #: Student → question id → what a person gave.
    marks: Mapping[str, Mapping[str, ManualMark]]
    late: Mapping[str, Lateness]
    people: People
    arrivals: Mapping[str, Arrival]
    #: Students who should have handed in and did not.
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def rows(self) -> list[GradeRow]:
        return grade_rows(self.records, self.marks, self.missing, self.late)


def class_results(assignment: Assignment, course: Course) -> ClassResults:
    """Read everything that marks are made of; nothing is written."""
    from autograder.gradebook import Gradebook

    records = graded(course, assignment.name)
    with Gradebook(course.db_url) as gradebook:
        marks = gradebook.manual_marks(assignment)
        known = set(gradebook.students())
    people, arrivals = read_people(course.root), read_arrivals(course.root, assignment.name)
    students = [record.student for record in records]
    return ClassResults(
        assignment.name,
        records,
        shared_marks(marks, teams(students, assignment.name, people, arrivals)),
        _late(assignment, course, students, people),
        people,
        arrivals,
        sorted((known | set(course.roster()) | set(people.people)) - set(students)),
        _notes(assignment, course, students, people, arrivals),
    )


def graded(course: Course, name: str) -> list[Record]:
    """The records of an assignment; one sentence where there are none."""
    records = course.records(name)
    if not records:
        raise UserError(
            f"{course.root} holds no records of {name} yet: run `autograder grade {name} --course {course.root}`.",
            NOTHING_TO_DO,
        )
    return records


def _late(assignment: Assignment, course: Course, students: Sequence[str], people: People) -> dict[str, Lateness]:
    policy, name = assignment.manifest.late, assignment.name
    if policy is None:
        return {}
    found = {s: lateness(policy, handed_in(course, s, name), people.due(s, name, policy.due)) for s in students}
    return {student: late for student, late in found.items() if late is not None}


def _notes(
    assignment: Assignment, course: Course, students: Sequence[str], people: People, arrivals: Mapping[str, Arrival]
) -> list[str]:
    """Whose time of handing in nobody knows, where it matters; and extensions for nobody in the course."""
    known = {*course.roster(), *people.people, *(g.name for g in people.group), *students}
    strangers = sorted({who for e in people.extension for who in e.who} - known)
    notes = [f"people.toml gives {who} more time, but nobody in the course is called so" for who in strangers]
    if assignment.manifest.late is None:
        return notes
    for student in students:
        if handed_in(course, student, assignment.name) is not None:
            continue
        place = course.submitted(student, assignment.name) / "timestamp.txt"
        if student in arrivals and arrivals[student].marked_late:
            notes.append(
                f"{student}: {arrivals[student].platform} marks this as late and does not say since when: nothing was "
                f"taken off; write the time into {place}"
            )
    unknown = sum(handed_in(course, student, assignment.name) is None for student in students)
    if unknown:
        notes.append(f"when {unknown} of {len(students)} submissions came is not known: they count as in time")
    return notes
