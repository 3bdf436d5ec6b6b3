"""A small assignment to try things on: the one that `autograder new` makes."""

import pytest

from autograder.assignment import load_assignment
from autograder.new_assignment import new_assignment


@pytest.fixture
def assignment(tmp_path):
    new_assignment("tiny", tmp_path / "solutions")
    return load_assignment("tiny", tmp_path / "solutions")
