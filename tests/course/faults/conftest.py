"""A small class graded without any fault: what every faulty run must come to in the end."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.course.faults.small_course import final_state, run, write_assignment, write_class

#: Every kind of trouble once.
STUDENTS = 12


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Where the assignment is, a graded course, and its state."""
    folder = tmp_path_factory.mktemp("faults")
    write_assignment(folder / "solutions")
    write_class(folder / "course", STUDENTS)
    done = run(folder / "course", folder / "solutions")
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(solutions=folder / "solutions", course=folder / "course", state=final_state(folder / "course"))


@pytest.fixture
def fresh(tmp_path) -> Path:
    """A course folder with the same class, not graded yet."""
    write_class(tmp_path / "course", STUDENTS)
    return tmp_path / "course"


@pytest.fixture
def graded(small, tmp_path) -> Path:
    """A copy of the graded course."""
    return Path(shutil.copytree(small.course, tmp_path / "graded"))


@pytest.fixture
def completes(small):
    """`completes(course)`: a plain rerun ends well, in the state of an undisturbed run."""

    def completes(course: Path, **options: object) -> dict[str, object]:
        import json

        done = run(course, small.solutions, "--json", **options)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert small.state.differences(final_state(course)) == []
        return dict(json.loads(done.stdout))

    return completes
