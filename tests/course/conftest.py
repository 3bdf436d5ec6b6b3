"""A course folder with the demo class of 24, collected and graded once for all tests here."""

from pathlib import Path

import pytest

from autograder.assignment import load_assignment
from autograder.collect import collect
from autograder.course import Course
from autograder.grade import Options, grade
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
