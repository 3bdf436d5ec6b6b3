"""Which wrong answer fails which property: what a verification leaves for the class report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.atomic import write_whole
from autograder.errors import UserError
from autograder.record import Property
from autograder.variants import Variant


class Column(msgspec.Struct, kw_only=True):
    """A column."""

    question: str
    name: str
    title: str
    visible: bool


class Mutant(msgspec.Struct, kw_only=True):
    """A row: one wrong answer that students give."""

    question: str
    function: str
    name: str
    #: The property that is meant to fail.
    dies: str
    #: All properties that fail, as (question, name).
    fails: list[tuple[str, str]]


class Matrix(msgspec.Struct, kw_only=True):
    """Mutants by properties of one assignment, as it was when it was verified."""

    assignment: str
    #: sha256 of the assignment.
    hash: str
    #: Only a sample of the mutants was run.
    quick: bool
    properties: list[Column]
    mutants: list[Mutant]

    def never_failed(self) -> list[Column]:
        """Properties that no mutant fails."""
        failed = {key for mutant in self.mutants for key in mutant.fails}
        return [p for p in self.properties if (p.question, p.name) not in failed]


def matrix_of(
    assignment: Assignment,
    variants: Sequence[Variant],
    found: Mapping[str, Mapping[str, list[list[Property]]]],
    *,
    quick: bool,
) -> Matrix:
    """The matrix of the mutants among `variants`, from what `verify` found of them with the first seed."""
    home = {name: q.id for q in assignment.manifest.question for name in q.names}
    properties = [
        Column(question=question, name=p.name, title=p.title, visible=p.visible)
        for question in (q.id for q in assignment.manifest.question)
        for p in (found["solution"][question][0] if question in found["solution"] else [])
    ]
    mutants = [
        Mutant(
            question=home[v.function],
            function=v.function,
            name=v.name,
            dies=v.dies.removeprefix("test_"),
            fails=[
                (question, p.name)
                for question, rows in found[v.key].items()
                for p in rows[0]
                if p.status != "passed"
            ],
        )
        for v in variants
        if v.kind == "mutant"
    ]
    order = [q.id for q in assignment.manifest.question]
    mutants.sort(key=lambda m: order.index(m.question))
    return Matrix(
        assignment=assignment.name, hash=assignment.hash(), quick=quick, properties=properties, mutants=mutants
    )


def matrix_path(course: Path, assignment: str) -> Path:
    return course / "reports" / f"{assignment}.mutants.json"


def write_matrix(matrix: Matrix, course: Path) -> Path:
    """Keep the matrix where the class report looks for it."""
    text = msgspec.json.format(msgspec.json.encode(matrix), indent=1)
    return write_whole(matrix_path(course, matrix.assignment), text + b"\n")


def read_matrix(course: Path, assignment: str) -> Matrix | None:
    """The matrix that was kept; None where the assignment was not verified for this course."""
    path = matrix_path(course, assignment)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Matrix)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, OSError):
        raise UserError(
            f"{path} is damaged: delete it, or make it anew with `autograder verify {assignment} --course {course}`."
        ) from None
