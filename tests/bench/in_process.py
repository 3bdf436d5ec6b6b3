"""The assignment's properties inside a notebook's own process, as an nbgrader course has its tests."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from typing import Any

import torch

from autograder.assignment import load_assignment
from autograder.compare import require_same
from autograder.reference import reference_namespace
from autograder.student import LocalConnection, Student

_references: dict[str, Any] = {}


def assert_question(solutions: str, name: str, question: str, namespace: dict[str, Any]) -> None:
    """Every visible and hidden property of one question, on the functions of `namespace`."""
    assignment = load_assignment(name, Path(solutions))
    if name not in _references:
        _references[name] = reference_namespace(assignment)
    tolerance = assignment.manifest.find(question).tolerance

    def same(got: object, expected: object, atol: float | None = None, rtol: float | None = None) -> None:
        default = tolerance.atol if tolerance else 1e-6, tolerance.rtol if tolerance else 1e-6
        require_same(got, expected, default[0] if atol is None else atol,
                     (default[1] if atol is None else 0.0) if rtol is None else rtol)

    def holds(condition: object, otherwise: str) -> None:
        assert bool(condition), otherwise

    given = {"student": Student(LocalConnection(namespace)), "reference": _references[name], "same": same, "holds": holds}
    for folder in ("visible", "hidden"):
        for path in sorted((assignment.tests / folder).glob("test_*.py")):
            spec = importlib.util.spec_from_file_location(f"bench_{folder}_{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            for function in _of(module, question):
                known = given | {"generator": torch.Generator().manual_seed(5)}
                function(**{key: known[key] for key in inspect.signature(function).parameters})


def _of(module: Any, question: str) -> list[Any]:
    marks = getattr(module, "pytestmark", [])
    common = marks if isinstance(marks, list) else [marks]
    return [f for name, f in vars(module).items() if name.startswith("test_") and callable(f)
            and any(m.name == "question" and m.args[0] == question for m in [*common, *getattr(f, "pytestmark", [])])]
