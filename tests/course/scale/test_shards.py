"""A class graded in parts, each by a process of its own, comes to the same as one run."""

import pytest

from autograder.commands import grading_a_class
from autograder.commands.handing_back import write_grades
from autograder.errors import UserError
from autograder.grade import Options, grade
from autograder.merge import merge
from autograder.shards import Shard
from tests.course.faults.small_course import NAME, final_state
from tests.course.scale.conftest import STUDENTS

pytestmark = pytest.mark.course


def graded_part(small, course, text):
    return grade(small.assignment, course, Options(jobs=1, shard=Shard.parse(text)))


@pytest.mark.parametrize("count", [1, 2, 3, 7, 13, 20])
def test_parts_share_nobody_and_leave_nobody_out(count):
    students = [f"s{number}" for number in range(STUDENTS)]
    parts = [Shard(index, count).of(students) for index in range(1, count + 1)]
    assert sorted(name for part in parts for name in part) == sorted(students)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/0", "a/b", "-1/3", "1/3/5", ""])
def test_what_is_no_part_is_refused_in_one_sentence(text):
    with pytest.raises(UserError, match="expected i/n"):
        Shard.parse(text)


def test_parts_merged_are_byte_for_byte_one_run(small, course):
    parts = [graded_part(small, course, f"{index}/2") for index in (2, 1)]
    assert sum(len(part.graded) for part in parts) == STUDENTS
    assert not (course.root / "gradebook.db").exists()
    assert not course.grades_csv.exists()
    found = merge(small.assignment, course)
    write_grades(small.assignment, course)
    assert (found.written, found.missing, found.outdated) == (STUDENTS, [], [])
    assert small.state.differences(final_state(course.root)) == []
    again = merge(small.assignment, course)
    write_grades(small.assignment, course)
    assert again.written == 0
    assert small.state.differences(final_state(course.root)) == []


@pytest.mark.slow
def test_a_missing_part_is_named_and_may_come_later(small, course, capsys):
    graded_part(small, course, "1/3")
    arguments = (NAME, course.root, "", small.solutions, False, True)
    assert grading_a_class.merge(*arguments) == 1
    err = capsys.readouterr().err
    assert "8 of 13 submissions have no record yet (s001, s002, s004" in err
    rows = course.grades_csv.read_text().splitlines()
    assert sum(row.split(",")[1] == "not submitted" for row in rows) == 8
    assert len(rows) == 1 + STUDENTS
    # any run completes it: here a plain one
    assert len(grade(small.assignment, course, Options(jobs=1)).graded) == 8
    assert grading_a_class.merge(*arguments) == 0
    assert small.state.differences(final_state(course.root)) == []


@pytest.mark.slow
def test_records_of_an_older_submission_are_named(small, course, capsys):
    graded_part(small, course, "1/7")
    path = course.notebook("s007", NAME)[0]
    path.write_text(path.read_text() + "\n")
    assert grading_a_class.merge(NAME, course.root, "", small.solutions, False, True) == 1
    assert "1 of 13 submissions were graded before the submission or the tests changed (s007)" in capsys.readouterr().err


def test_merging_nothing_is_said(small, course):
    with pytest.raises(UserError, match="none of 13 submissions of small has a record") as error:
        merge(small.assignment, course)
    assert error.value.exit_code == 5
