"""What several tests here start from: the demo class of 24, graded once, and an assignment of one question."""

from pathlib import Path

import pytest

from autograder.assignment import load_assignment
from autograder.collect import collect
from autograder.course import Course
from autograder.grade import Options, grade
from autograder.new_assignment import new_assignment
from autograder.slots import default_jobs
from tests.course.demo_class import write_class

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def hippocampus():
    return load_assignment("hippocampus", ROOT / "solutions")


@pytest.fixture(scope="session")
def graded_course(hippocampus, tmp_path_factory):
    """(course, expected submissions, summary of the run)."""
    root = tmp_path_factory.mktemp("course")
    expected = write_class(hippocampus, tmp_path_factory.mktemp("handed-in") / "class")
    collect(tmp_path_factory.getbasetemp() / "handed-in0" / "class", root, hippocampus.name)
    course = Course(root)
    summary = grade(hippocampus, course, Options(jobs=default_jobs()))
    return course, expected, summary


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """What `autograder new` makes."""
    folder = tmp_path_factory.mktemp("author") / "solutions"
    new_assignment("tiny", folder)
    return load_assignment("tiny", folder)
