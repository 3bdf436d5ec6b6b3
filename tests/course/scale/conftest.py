"""A small class, graded once on this machine: what every other way of grading it must come to."""

import shutil
from types import SimpleNamespace

import pytest

from autograder.assignment import load_assignment
from autograder.commands.handing_back import write_grades
from autograder.course import Course
from autograder.grade import Options, grade
from tests.course.faults.small_course import NAME, final_state, write_assignment, write_class

STUDENTS = 13


def graded_here(assignment, root, db=""):
    """The state after an undisturbed run of one slot in the folder `root`."""
    write_class(root, STUDENTS)
    course = Course(root, db)
    summary = grade(assignment, course, Options(jobs=1))
    write_grades(assignment, course)
    return summary


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The assignment, and what grading its class here comes to."""
    folder = tmp_path_factory.mktemp("scale")
    write_assignment(folder / "solutions")
    assignment = load_assignment(NAME, folder / "solutions")
    graded_here(assignment, folder / "here")
    return SimpleNamespace(
        assignment=assignment, root=folder / "here", state=final_state(folder / "here"), solutions=folder / "solutions"
    )


@pytest.fixture
def graded(small, tmp_path):
    """A copy of the course folder in which everything is graded."""
    shutil.copytree(small.root, tmp_path / "graded")
    return Course(tmp_path / "graded")


@pytest.fixture
def course(tmp_path):
    """A course folder with the same class, not graded yet."""
    write_class(tmp_path / "course", STUDENTS)
    return Course(tmp_path / "course")
