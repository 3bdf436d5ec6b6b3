"""Answers that tests must tell apart: accepted variants, hand-written mutants, reasons for survivors."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import UserError
from autograder.notebooks import read_source


@dataclass(frozen=True)
class Variant:
    """Another way to write one answer cell, right or wrong."""

    #: "accepted", "mutant" or "generated".
    kind: str
    #: The graded function whose file it stands in.
    function: str
    name: str
    source: str
    #: Test function that must fail (mutants only).
    dies: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.function}/{self.name}"


def read_variants(assignment: Assignment, kind: str) -> list[Variant]:
    """All variants in `accepted/` or `mutants/`: one file per function, one cell per variant."""
    folder = assignment.folder / {"accepted": "accepted", "mutant": "mutants"}[kind]
    graded = {name for q in assignment.manifest.question for name in q.names}
    variants: list[Variant] = []
    for path in sorted(folder.glob("*.py")):
        if path.stem not in graded:
            raise UserError(f"{path}: no question grades {path.stem!r}, so nothing can be tested with it.")
        for number, cell in enumerate(c for c in read_source(path) if c.is_code and c.source.strip()):
            name = str(cell.metadata.get("name", ""))
            dies = str(cell.metadata.get("dies", ""))
            if not name or (kind == "mutant" and not dies):
                needed = 'name="..."' + (' and dies="test_..."' if kind == "mutant" else "")
                raise UserError(f"{path}: cell {number + 1} needs {needed} in its header.")
            variant = Variant(kind, path.stem, name, cell.source, dies)
            if any(v.key == variant.key for v in variants):
                raise UserError(f"{path}: two variants are called {name!r}.")
            variants.append(variant)
    return variants


def survivor_reasons(assignment: Assignment) -> dict[str, str]:
    """Generated mutant → why it is no wrong answer (`mutants/survivors.toml`)."""
    path: Path = assignment.folder / "mutants" / "survivors.toml"
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not sound TOML: {error}.") from None
    return {str(name): str(reason) for name, reason in table.items()}
