"""A small course whose records are made up: nothing is graded for tests of what is handed on."""

from __future__ import annotations

import pytest

from autograder.atomic import write_whole
from autograder.course import Course
from autograder.new_assignment import new_assignment
from autograder.record import Property, QuestionResult, Record, record_text

NAME = "memory-span"


def record_of(student, *, status="graded", passed=True, message=""):
    properties = [
        Property(name="pairs", title="Two are counted", visible=True, weight=1, status="passed"),
        Property(
            name="hidden_many",
            title="Many are counted",
            visible=False,
            weight=2,
            status="passed" if passed else "timeout",
            message="" if passed else "it ran longer than its time limit",
            hint="Mind the empty list.",
            seconds=0 if passed else 2.5,
        ),
    ]
    results = [
        QuestionResult(id="1", title="Count", score=3 if passed else 1, max_score=3, auto_max=3, hand_max=0, bonus=False,
                       status="passed" if passed else "timeout", properties=properties),
        QuestionResult(id="2", title="Why", score=0, max_score=1, auto_max=0, hand_max=1, bonus=False,
                       status="needs hand grading"),
    ]  # fmt: skip
    if status == "unreadable":
        for result in results:
            result.score, result.status, result.properties = 0, "not gradable", []
    return Record(student=student, assignment=NAME, title="Memory span", status=status, message=message,
                  score=sum(r.score for r in results), max_score=4, questions=results, isolation="L3", seed=7,
                  hashes={"submission": "ab" * 32})  # fmt: skip


@pytest.fixture
def solutions(tmp_path):
    new_assignment(NAME, tmp_path / "solutions")
    return tmp_path / "solutions"


@pytest.fixture
def course(tmp_path):
    course = Course(tmp_path / "course")
    for record in (record_of("anna"), record_of("O'Neil, Jr.", passed=False), record_of("=1+1"),
                   record_of("björn", status="unreadable", message="The file is no notebook.")):  # fmt: skip
        write_whole(course.record(record.student, NAME), record_text(record))
        (course.submitted(record.student, NAME)).mkdir(parents=True)
    return course
