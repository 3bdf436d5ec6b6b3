"""Read Python source that nobody trusts, without running it."""

from __future__ import annotations

import ast
import functools
import warnings


@functools.lru_cache(maxsize=512)
def parse(source: str) -> ast.Module | str:
    """The syntax tree (shared: read it only), or one clause that says why Python cannot read the source."""
    try:
        with warnings.catch_warnings():
            # an invalid escape in a student's string is no business of ours
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno} cannot be read by Python ({error.msg})"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"the cell cannot be read by Python ({type(error).__name__})"


def _body(source: str) -> list[ast.stmt]:
    tree = parse(source)
    return [] if isinstance(tree, str) else tree.body


def defined_names(source: str) -> list[str]:
    """Functions, classes and names that the code assigns at top level; empty if it does not parse."""
    names = []
    for node in _body(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            names.append(node.target.id)
    return names


def defined_callables(source: str) -> list[str]:
    """Functions and classes only."""
    return [node.name for node in _body(source) if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def definitions_only(source: str) -> str:
    """Imports, functions, classes and literal constants of a cell that is otherwise not executed.

    Students define helpers anywhere, also in the cells that run their experiments.
    """
    kept = []
    for node in _body(source):
        is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
        if is_definition or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)):
            kept.append(ast.unparse(node))
    return "\n".join(kept)


#: The rest of a cell under one of these is ordinary Python.
PYTHON_CELL_MAGICS = ("%%time", "%%capture", "%%prun")


def drop_magics(source: str) -> tuple[str, list[str]]:
    """Comment out the lines only IPython understands; return them too.

    A line keeps its number, so that messages point at what the student sees. A cell that Python
    can read as it stands is left alone.
    """
    if not isinstance(parse(source), str):
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
