"""`autograder new`: a small assignment that verifies as it stands and shows how a question is made."""

from __future__ import annotations

import re
from importlib.resources import as_file, files
from pathlib import Path

from autograder.errors import UserError


def new_assignment(name: str, solutions: Path) -> Path:
    """Write `solutions/<name>/` from the template; an existing folder is never touched."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", name):
        raise UserError(f"{name!r} cannot be an assignment's name: use letters, digits, - and _.")
    target = solutions / name
    if target.exists():
        raise UserError(f"{target} is there already: choose another name or remove it first.")
    with as_file(files("autograder") / "templates" / "new") as template:
        if not template.is_dir():
            raise UserError("this is the package for students, without the sample assignment: install the toolkit.")
        for path in sorted(template.rglob("*.in")):
            place = path.relative_to(template).with_suffix("")
            file = target / (f"{name}.py" if place.name == "source.py" else place)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(path.read_text(encoding="utf-8").replace("NAME", name), encoding="utf-8")
    return target
