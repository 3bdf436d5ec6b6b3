"""What the shell offers when a word is half typed: names that lie in folders, and closed lists; nothing is imported."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import typer


def assignments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of the assignments whose sources are here."""
    beside = Path(__file__).resolve().parents[2] / "solutions"
    for folder in (ctx.params.get("solutions"), Path("solutions"), beside):
        if folder is not None and Path(folder).is_dir():
            return sorted(p.parent.name for p in Path(folder).glob(f"{_plain(incomplete)}*/assignment.toml"))
    return []


def students(ctx: typer.Context, incomplete: str) -> list[str]:
    """Who has handed in something in the course."""
    folder = Path(ctx.params.get("course") or ".") / "submitted"
    return sorted(p.name for p in folder.glob(f"{_plain(incomplete)}*") if p.is_dir())


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Words of a closed list."""

    def matching(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return matching


def _plain(text: str) -> str:
    """A half-typed word as a pattern that stands for itself."""
    return re.sub(r"([*?[])", r"[\1]", text).replace("/", "")
