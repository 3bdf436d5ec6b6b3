"""Generate wrong answers from a right one: one small change each, as a slip of the pen would make."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.notebooks import Cell
from autograder.stubs import BEGIN, END, without_markers

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.MatMult: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    """One generated wrong answer."""

    name: str
    source: str


def mutants(cell: Cell) -> list[Mutant]:
    """All single changes inside the solution regions of an answer cell, each with a stable name."""
    tree = ast.parse(without_markers(cell.source))
    lines = _solution_line_numbers(cell)
    before = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) not in lines or isinstance(node, ast.Raise):
            continue
        for change in _changes(node):
            # a change is made in place on a copy, found again by its position in the walk
            mutated = copy.deepcopy(tree)
            twin = _twin(tree, mutated, node)
            old = ast.unparse(twin).split("\n")[0]
            new = _apply(mutated, twin, change)
            if new is None:
                continue
            source = ast.unparse(ast.fix_missing_locations(mutated))
            name = f"{cell.id}: {_clip(old)} -> {_clip(new)}"
            if source != before and source not in found:
                twins = sum(m.name.split(" #")[0] == name for m in found.values())
                found[source] = Mutant(f"{name} #{twins + 1}" if twins else name, source)
    return list(found.values())


def _solution_line_numbers(cell: Cell) -> set[int]:
    """Line numbers, counted without marker lines, that lie inside a solution region and in no error check."""
    numbers, inside, number = set(), False, 0
    for line in cell.source.split("\n"):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
            continue
        number += 1
        if inside and "raise " not in line:
            numbers.add(number)
    return numbers


def _changes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield "operator"
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield "comparison"
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield "constant"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield "drop sign"
    if isinstance(node, ast.Return) and node.value is not None:
        yield "return nothing"
    if isinstance(node, ast.AugAssign):
        yield "operator"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "delete"
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "drop"
    if isinstance(node, ast.Call) and node.keywords:
        yield "drop keyword"


def _apply(tree: ast.AST, node: ast.AST, change: str) -> str | None:
    """Make the change to `node` inside `tree`; the new text, or None where it cannot be made."""
    if change == "operator":
        assert isinstance(node, ast.BinOp | ast.AugAssign)
        if type(node.op) not in ARITHMETIC:
            return None
        node.op = ARITHMETIC[type(node.op)]()
    elif change == "comparison":
        assert isinstance(node, ast.Compare)
        node.ops[0] = COMPARISONS[type(node.ops[0])]()
    elif change == "constant":
        assert isinstance(node, ast.Constant)
        value = node.value
        if isinstance(value, bool):
            node.value = not value
        elif isinstance(value, int):
            node.value = value + 1
        elif isinstance(value, float):
            node.value = value * 2 or 1.0
    elif change == "return nothing":
        assert isinstance(node, ast.Return)
        node.value = ast.Constant(None)
    elif change == "delete":
        return "nothing" if _replace(tree, node, ast.Pass()) else None
    elif change == "drop keyword":
        assert isinstance(node, ast.Call)
        node.keywords = node.keywords[:-1]
    else:
        inner = node.operand if isinstance(node, ast.UnaryOp) else node.value  # type: ignore[attr-defined]
        return ast.unparse(inner) if _replace(tree, node, inner) else None
    return ast.unparse(node).split("\n")[0]


def _twin(tree: ast.AST, copied: ast.AST, node: ast.AST) -> ast.AST:
    """The node of the copy at the place of `node` in the original."""
    return next(b for a, b in zip(ast.walk(tree), ast.walk(copied), strict=True) if a is node)


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> bool:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return True
            if isinstance(value, list) and any(item is old for item in value):
                value[next(i for i, item in enumerate(value) if item is old)] = new
                return True
    return False


def _clip(text: str) -> str:
    return text if len(text) <= 48 else text[:45] + "..."
