"""Prove that a release holds no solution before anybody sees it."""

from __future__ import annotations

import io
import json
import keyword
import re
import tokenize
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import FOUND_FAULTS, UserError
from autograder.stubs import BEGIN, END, solution_lines, stub

#: Shorter lines (`return x`, `total = 0`) stand in many programs and prove nothing.
MIN_TOKENS = 7


def refuse_leaks(assignment: Assignment, released: Path) -> None:
    """Raise if any file under `released` holds a solution line, a marker or a hidden test."""
    found = leaks(assignment, released)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise UserError(f"not released: {found[0]}{more}.", FOUND_FAULTS)


def leaks(assignment: Assignment, released: Path) -> list[str]:
    """One sentence for each secret line found in a released file.

    Lines are compared as token sequences, so that other spacing or a trailing comment hides
    nothing. A line of an answer is secret wherever it turns up; lines of tests, experiments and
    accepted variants are no secret where stubs, given cells or visible tests show them anyway.
    """
    answers: dict[str, str] = {}
    others: dict[str, str] = {}
    for cell in assignment.cells:
        kept = answers if cell.role in ("answer", "written") else others
        for line in solution_lines(cell):
            kept.setdefault(normalise(line), f"the solution of {cell.id}")
    for path in [*(assignment.tests / "hidden").rglob("*.py"), *(assignment.folder / "accepted").rglob("*.py")]:
        for line in path.read_text(encoding="utf-8").split("\n"):
            others.setdefault(normalise(line), f"{path.parent.name}/{path.name}")
    shown = {normalise(line) for cell in assignment.cells for line in stub(cell).split("\n")}
    for path in (assignment.tests / "visible").rglob("*.py"):
        shown |= {normalise(line) for line in path.read_text(encoding="utf-8").split("\n")}
    secret = {line: source for line, source in others.items() if line not in shown} | answers
    secret = {line: source for line, source in secret.items() if _is_telling(line)}

    found = []
    for path in sorted(p for p in released.rglob("*") if p.is_file()):
        if path.suffix not in (".ipynb", ".py", ".md", ".json", ".toml", ".txt"):
            found.append(f"{path.name} is not a kind of file that a release may hold")
            continue
        for number, line in enumerate(_lines(path), start=1):
            if line.strip() in (BEGIN, END):
                found.append(f"{path.name}, line {number} holds a solution marker")
            elif (source := secret.get(normalise(line))) is not None:
                found.append(f"{path.name}, line {number} is from {source}: {line.strip()[:60]!r}")
    return found


def normalise(line: str) -> str:
    """Tokens of a line joined by single spaces, comments dropped."""
    line = line.strip()
    try:
        tokens = [
            t.string
            for t in tokenize.generate_tokens(io.StringIO(line).readline)
            if t.type not in (tokenize.COMMENT, tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT)
        ]
    except (tokenize.TokenError, IndentationError, SyntaxError):
        tokens = line.split()
    return " ".join(token for token in tokens if token)


def _is_telling(line: str) -> bool:
    tokens = line.split(" ")
    if line.startswith(("import ", "from ", "def ", "class ", "with ", "@", '"""')):
        return False
    words = [t for t in tokens if re.fullmatch(r"\w{2,}", t) and not keyword.iskeyword(t)]
    return len(tokens) >= MIN_TOKENS and len(words) >= 2


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        return [line for cell in cells for line in "".join(cell["source"]).split("\n")]
    return text.split("\n")
