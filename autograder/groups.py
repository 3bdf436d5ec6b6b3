"""Students who hand in together: one submission, the same marks for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograder.arrivals import Arrival
from autograder.marks import ManualMark
from autograder.people import People


def teams(
    students: Iterable[str], assignment: str, people: People, arrivals: Mapping[str, Arrival]
) -> dict[str, tuple[str, ...]]:
    """Student → everybody in the same group, in order; who works alone is not in it."""
    found: dict[str, tuple[str, ...]] = {}
    for student in students:
        group = people.group_of(student, assignment)
        arrival = arrivals.get(student)
        members = group.members if group is not None else arrival.together if arrival is not None else []
        if len(members) > 1 and student in members:
            found[student] = tuple(sorted(members))
    return found


def shared_marks(
    marks: Mapping[str, Mapping[str, ManualMark]], together: Mapping[str, tuple[str, ...]]
) -> dict[str, Mapping[str, ManualMark]]:
    """Marks given by hand to one member count for all members who were given none of their own."""
    shared: dict[str, Mapping[str, ManualMark]] = dict(marks)
    for student, members in together.items():
        own = dict(marks.get(student, {}))
        for member in members:
            for question, mark in marks.get(member, {}).items():
                before = own.get(question)
                given = mark.score is not None or mark.override is not None
                if given and (before is None or (before.score is None and before.override is None)):
                    own[question] = mark
        shared[student] = own
    return shared
