"""The hostile submissions of `cases.toml`, and each as a notebook."""

from __future__ import annotations

import copy
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.assignment import Assignment, load_assignment
from autograder.grading import SAFE_SENTENCES
from autograder.notebooks import Cell, to_ipynb
from autograder.release import released_cells
from autograder.stubs import without_markers
from tests.course.hostile import tampering

HERE = Path(__file__).parent

#: Sentences of a wrong value, whatever is wrong with it.
WRONG = (
    "the values differ from the reference",
    "the value is not the expected one",
    "the result has another shape",
    "the result holds NaN or infinite values",
    "the result is not of the expected kind",
    "this does not hold",
)
#: Verdict → status of every property, and how the message of a hidden one begins.
VERDICTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "full": ("passed", ("",)),
    "wrong": ("failed", WRONG),
    "missing": ("failed", (SAFE_SENTENCES["missing"],)),
    "timeout": ("timeout", (SAFE_SENTENCES["timeout"],)),
    "raised": ("error", (SAFE_SENTENCES["raised"].format(etype=""),)),
    "crashed": ("error", (SAFE_SENTENCES["crashed"],)),
    "memory": ("error", (SAFE_SENTENCES["memory"],)),
    "unsupported": ("error", (SAFE_SENTENCES["unsupported"],)),
    "protocol": ("error", (SAFE_SENTENCES["protocol"],)),
    "unreadable": ("not gradable", ("",)),
    "refused": ("", ()),
}

FORGE = '''
def forge(data):
    import os
    for number in range(3, 256):
        try:
            os.write(number, data)
        except OSError:
            pass
'''


@dataclass(frozen=True)
class Case:
    """One row of the table; see the head of `cases.toml`."""

    name: str
    kind: str
    verdicts: tuple[str, ...]
    question: str = "1"
    code: str | None = None
    edit: str = ""
    archive: str = ""
    beside: dict[str, str] = field(default_factory=dict)
    others: str = "kept"
    note: str = ""
    says: str = ""
    only: tuple[str, ...] = ("L3", "L2")
    weak: bool = False

    @property
    def full(self) -> bool:
        return self.verdicts == ("full",)


def _read() -> tuple[dict[str, str], dict[str, Case]]:
    table = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))
    cases = {}
    for row in table["case"]:
        verdict = row.pop("verdict")
        row["verdicts"] = (verdict,) if isinstance(verdict, str) else tuple(verdict)
        row["kind"] = row.pop("class")
        row["only"] = tuple(row.get("only", Case.only))
        if row["name"] in cases:
            raise ValueError(f"two cases are called {row['name']}")
        cases[row["name"]] = Case(**row)
    return table["classes"], cases


CLASSES, CASES = _read()
SUBMISSIONS = {name: case for name, case in CASES.items() if not case.archive}
ARCHIVES = {name: case for name, case in CASES.items() if case.archive}


@cache
def victim() -> Assignment:
    return load_assignment("victim", HERE)


@cache
def _solved() -> list[Cell]:
    cells = released_cells(victim())
    for cell, source in zip(cells, victim().cells, strict=True):
        cell.source = without_markers(source.source)
    return cells


def honest_cells() -> list[Cell]:
    """The released notebook with every answer filled in."""
    return copy.deepcopy(_solved())


def honest_notebook() -> str:
    return to_ipynb(honest_cells())


def answer_name(case: Case) -> str:
    """The function that the case attacks."""
    return victim().manifest.find(case.question).names[0]


def code_of(case: Case, places: dict[str, str]) -> str:
    """The case's answer cell with the places outside filled in."""
    code = case.code or ""
    return filled(FORGE + code if "forge(" in code else code, places)


def filled(text: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(f"@{name}@", value)
    return text


def notebook(case: Case, places: dict[str, str]) -> str:
    """One answer hostile, the others honest."""
    cells = honest_cells()
    place = next(i for i, cell in enumerate(cells) if cell.id == answer_name(case))
    if case.code is not None:
        cells[place].source = code_of(case, places)
    return getattr(tampering, case.edit)(cells, place) if case.edit else to_ipynb(cells)
