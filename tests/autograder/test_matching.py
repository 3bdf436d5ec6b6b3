"""Answers are found by id, else by name, else by position, wherever they stand."""

import pytest

from autograder.matching import match
from autograder.notebooks import Cell

MASTER = [
    Cell("markdown", "# Title", "text-0"),
    Cell("code", "import torch", "text-1"),
    Cell("code", "def f(x):\n    raise NotImplementedError('1: write f')", "f", "answer", "1"),
    Cell("code", "data = load()\nf(data)", "run-1", "experiment", "1"),
    Cell("markdown", "## Two", "text-4"),
    Cell("code", "def g(x):\n    raise NotImplementedError('2: write g')", "g", "answer", "2"),
    Cell("markdown", "*Your answer here.*", "answer-3", "written", "3"),
    Cell("code", "check('1')", "check-1", "check", "1"),
]
NAMES = ["f", "g"]


def answered(*, ids=True):
    sources = [
        "# Title",
        "import torch",
        "def f(x):\n    return x",
        "data = load()\nf(data)  # ran it",
        "## Two",
        "def g(x):\n    return 2 * x",
        "My text",
        "check('1')",
    ]
    return [Cell(m.kind, s, m.id if ids else "") for m, s in zip(MASTER, sources, strict=True)]


def code_of(submission):
    return "\n".join(source for _, source in submission.code)


def test_experiment_cells_are_not_executed():
    submission = match(answered(), MASTER, NAMES)
    assert "load()" not in code_of(submission)
    assert "check(" not in code_of(submission)
    assert submission.found["answer-3"].source == "My text"
    assert not submission.missing
    assert not submission.notes


def test_without_ids_everything_is_found_by_name_and_position():
    submission = match(answered(ids=False), MASTER, NAMES)
    assert not submission.missing
    assert "load()" not in code_of(submission)
    assert submission.found["answer-3"].source == "My text"
    assert any("found by function name" in note for note in submission.notes)
    assert not submission.foreign


def test_the_last_copy_of_a_cell_counts_and_is_noted():
    cells = answered()
    submission = match([*cells, Cell("code", "def f(x):\n    return 9", "f")], MASTER, NAMES)
    assert submission.found["f"].source.endswith("9")
    assert any("the last one counts" in note for note in submission.notes)


def test_an_answer_may_sit_in_any_cell():
    cells = answered()
    cells[2].source, cells[3].source = "", "def f(x):\n    return x\nload()"
    submission = match(cells, MASTER, NAMES)
    assert not submission.missing
    assert "load" not in code_of(submission)


def test_a_renamed_function_is_found_by_its_cell():
    cells = answered()
    cells[5].source = "def my_g(x):\n    return 2 * x"
    submission = match(cells, MASTER, NAMES)
    assert submission.aliases == {"g": "my_g"}
    assert any("my_g" in note for note in submission.notes)


def test_a_missing_answer_is_named():
    submission = match([c for c in answered() if c.id != "g"], MASTER, NAMES)
    assert submission.missing == ["g"]


def test_a_syntax_error_is_named_with_its_line():
    cells = answered()
    cells[5].source = "def g(x):\n    return (x"
    submission = match(cells, MASTER, NAMES)
    assert submission.missing == ["g"]
    assert "line 2" in submission.syntax_errors["cell 6 (g)"]


def test_another_assignment_is_recognised():
    assert match([Cell("code", "def capital(c):\n    return 'Paris'", "z")], MASTER, NAMES).foreign


@pytest.mark.parametrize("order", [[7, 6, 5, 4, 3, 2, 1, 0], [2, 5, 6, 0, 1, 3, 4, 7]])
def test_moved_cells_are_still_found(order):
    cells = answered()
    submission = match([cells[i] for i in order], MASTER, NAMES)
    assert not submission.missing
    assert submission.found["answer-3"].source == "My text"
