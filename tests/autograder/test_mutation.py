"""Generated mutants are single, stable, inside the solution, and different from it."""

import ast

from autograder.mutation import mutants
from autograder.notebooks import Cell

CELL = Cell(
    "code",
    '''def f(x, n):
    """Docstring with 3."""
    limit = 10
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError(f"n is {n + 1}")
    y = x.T @ x / n - 2.5
    y.fill_diagonal_(0)
    return y.sum(dim=0)
    ### END SOLUTION''',
    "f",
    "answer",
    "1",
)


def test_every_mutant_differs_from_the_solution_and_parses():
    found = mutants(CELL)
    sources = [m.source for m in found]
    assert len(set(sources)) == len(sources) == len({m.name for m in found})
    for source in sources:
        ast.parse(source)
    assert all('"""Docstring with 3."""' in source and "limit = 10" in source for source in sources)


def test_the_slips_that_students_make_are_among_them():
    names = {m.name for m in mutants(CELL)}
    assert {
        "f: n < 1 -> n >= 1",
        "f: x.T -> x",
        "f: 2.5 -> 5.0",
        "f: y.fill_diagonal_(0) -> nothing",
        "f: return y.sum(dim=0) -> return None",
        "f: y.sum(dim=0) -> y.sum()",
        "f: x.T @ x / n -> x.T @ x * n",
    } <= names


def test_error_messages_are_left_alone():
    assert not any("n is" in m.name for m in mutants(CELL))


def test_names_are_stable():
    assert [m.name for m in mutants(CELL)] == [m.name for m in mutants(CELL)]
