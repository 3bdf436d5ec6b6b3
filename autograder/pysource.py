"""Read Python source that nobody trusts, without running it."""

from __future__ import annotations

import ast
import functools
import re
import warnings
from dataclasses import dataclass


@dataclass(frozen=True)
class _Outline:
    """What of a source is asked for again and again; far smaller than its syntax tree."""

    unreadable: str = ""
    names: tuple[str, ...] = ()
    callables: tuple[str, ...] = ()


def unreadable(source: str) -> str:
    """One clause that says why Python cannot read the source; "" if it can."""
    return _outline(source).unreadable


def defined_names(source: str) -> list[str]:
    """Functions, classes and names that the code assigns at top level; empty if it does not parse."""
    return list(_outline(source).names)


def defined_callables(source: str) -> list[str]:
    """Functions and classes only."""
    return list(_outline(source).callables)


@functools.lru_cache(maxsize=512)
def _outline(source: str) -> _Outline:
    tree = _parse(source)
    if isinstance(tree, str):
        return _Outline(tree)
    names = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            names.append(node.target.id)
    callables = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return _Outline("", tuple(names), tuple(callables))


def _parse(source: str) -> ast.Module | str:
    """The syntax tree, or why there is none."""
    try:
        with warnings.catch_warnings():
            # an invalid escape in a student's string is no business of ours
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno} cannot be read by Python ({error.msg})"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"the cell cannot be read by Python ({type(error).__name__})"


def definitions_only(source: str) -> str:
    """Imports, functions, classes and literal constants of a cell that is otherwise not executed.

    Students define helpers anywhere, also in the cells that run their experiments. Every statement
    stays as it was written and on its line: writing a deep expression anew can exhaust the stack.
    """
    tree = _parse(source)
    rows = [row.encode() for row in re.split("\r\n|\r|\n", source)] if not isinstance(tree, str) else []
    kept: list[str] = []
    written = end = 0
    for node in [] if isinstance(tree, str) else tree.body:
        first, end = (end + 1 if getattr(node, "decorator_list", None) else node.lineno), node.end_lineno or 0
        is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
        if is_definition or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)):
            own = rows[first - 1 : end]
            own[-1] = own[-1][: node.end_col_offset]
            # decorators begin with the line; other statements can follow a semicolon
            own[0] = own[0] if first != node.lineno else own[0][node.col_offset :]
            kept.append("; " if first == written else "\n" * (first - max(written, 1)))
            kept.append(b"\n".join(own).decode())
            written = end
    return "".join(kept)


#: The rest of a cell under one of these is ordinary Python.
PYTHON_CELL_MAGICS = ("%%time", "%%capture", "%%prun")


def drop_magics(source: str) -> tuple[str, list[str]]:
    """Comment out the lines only IPython understands; return them too.

    A line keeps its number, so that messages point at what the student sees. A cell that Python
    can read as it stands is left alone.
    """
    if not unreadable(source):
        return source, []
    lines = source.split("\n")
    dropped: list[str] = []
    if lines[0].startswith(PYTHON_CELL_MAGICS):
        source, dropped = drop_magics("\n".join(["# " + lines[0], *lines[1:]]))
        return source, [lines[0], *dropped]
    if lines[0].startswith("%%"):
        return "\n".join("# " + line for line in lines), [lines[0]]
    for number, line in enumerate(lines):
        stripped = line.strip()
        is_help = stripped.endswith("?") and stripped[:-1].replace(".", "").isidentifier()
        if stripped.startswith(("%", "!", "?")) or is_help:
            indent = line[: len(line) - len(line.lstrip())]
            lines[number] = f"{indent}pass  # {stripped}" if indent else f"# {stripped}"
            dropped.append(stripped)
    return "\n".join(lines), dropped
