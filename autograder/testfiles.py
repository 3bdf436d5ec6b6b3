"""Read what test files declare (question, title) without running them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DeclaredTest:
    """One test function as it stands in a file."""

    name: str
    question: str
    title: str
    path: Path
    #: What it asks for by the names of its arguments.
    fixtures: tuple[str, ...]


def declared_tests(folder: Path) -> list[DeclaredTest]:
    """All test functions under `folder`, in file order; the question is "" where none is named."""
    found = []
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        default = next((_question(node) for node in tree.body if _is_pytestmark(node)), "")
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = next((q for q in map(_question, node.decorator_list) if q), default)
                title = (ast.get_docstring(node) or node.name.removeprefix("test_").replace("_", " ")).split("\n")[0]
                found.append(DeclaredTest(node.name, own, title, path, tuple(a.arg for a in node.args.args)))
    return found


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)


def _question(node: ast.AST) -> str:
    """The id in `pytest.mark.question("2.a")`, looked for anywhere in the expression."""
    for call in ast.walk(node):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "question"
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ):
            return str(call.args[0].value)
    return ""
