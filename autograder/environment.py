"""What marks may depend on besides submission and assignment: versions and isolation, known without heavy imports."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import Any

from autograder.errors import INFRASTRUCTURE, UserError

PACKAGES = ("torch", "numpy", "pytest", "hippo")


def versions() -> dict[str, str]:
    """Python and the packages that student code and tests compute with."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def environment_hash(known: dict[str, str], level: str) -> str:
    """sha256 of versions and isolation level: two records with the same one were graded alike."""
    return hashlib.sha256(json.dumps([known, level], sort_keys=True).encode()).hexdigest()


def require_same(here: dict[str, str], there: dict[str, Any], name: str) -> None:
    """Refuse a grader elsewhere, called `name`, that may come to other marks than this machine."""
    other = [f"{what} {there.get(what, 'missing')} instead of {mine}" for what, mine in here.items()
             if there.get(what) != mine]
    if other:
        raise UserError(
            f"{name} has {', '.join(other)}; marks may depend on it: install the same versions there and start it "
            "again.",
            INFRASTRUCTURE,
        )
