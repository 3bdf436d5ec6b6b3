"""Read what test files declare (question, title, category) without running them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UserError
from autograder.plaintext import one_line


@dataclass(frozen=True)
class DeclaredTest:
    """One test function as it stands in a file."""

    name: str
    question: str
    title: str
    path: Path
    #: What it asks for by the names of its arguments.
    fixtures: tuple[str, ...]
    #: What kind of thing it looks at, in words that a student may read before handing in; "" where nothing is said.
    category: str = ""


def declared_tests(folder: Path) -> list[DeclaredTest]:
    """All test functions under `folder`, in file order; the question is "" where none is named."""
    found = []
    for path in sorted(folder.rglob("test_*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        except (SyntaxError, ValueError, OSError) as error:
            raise UserError(f"{path} cannot be read as Python: {one_line(str(error), 200)}.") from None
        marks = [node for node in tree.body if _is_pytestmark(node)]
        default, kind = (next((_marked(node, what) for node in marks), "") for what in ("question", "category"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own, category = (
                    next((said for each in node.decorator_list if (said := _marked(each, what))), otherwise)
                    for what, otherwise in (("question", default), ("category", kind))
                )
                title = (ast.get_docstring(node) or node.name.removeprefix("test_").replace("_", " ")).split("\n")[0]
                fixtures = tuple(a.arg for a in node.args.args)
                found.append(DeclaredTest(node.name, own, title, path, fixtures, category))
    return found


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)


def _marked(node: ast.AST, what: str) -> str:
    """The text in `pytest.mark.question("2.a")` and the like, looked for anywhere in the expression."""
    for call in ast.walk(node):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == what
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ):
            return str(call.args[0].value)
    return ""
