"""A copy of `hippo` without the modules that hold an assignment's answers."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import UserError

WITHHELD = '''"""Withheld while this assignment is open."""

raise ImportError("hippo.{module} holds answers of {assignment}: write them yourself and use your own functions.")
'''


def stage_hippo(target: Path, assignment: str, withhold: Sequence[str]) -> Path:
    """Copy the package to `target/hippo`, each withheld module replaced by one that explains itself.

    The bundled data come along: a cell that loads them must not fail for want of a file.
    """
    spec = find_spec("hippo")
    if spec is None or spec.origin is None:
        raise UserError("the package hippo is not installed here: run `make setup` or `pip install -e .`.")
    source = Path(spec.origin).parent
    copy = target / "hippo"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    beside, installed = source.parent / "data", Path(sysconfig.get_path("data")) / "share" / "hippo"
    bundled = next((folder for folder in (beside, installed) if folder.is_dir()), None)
    if bundled is not None:
        shutil.copytree(bundled, target / "data")
    for module in withhold:
        place = copy / module.replace(".", "/")
        path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if place.is_dir():
            shutil.rmtree(place)
            place.mkdir()
        elif not path.exists():
            raise UserError(f"{assignment}: withhold names {module!r}, but hippo has no such module.")
        path.write_text(WITHHELD.format(module=module, assignment=assignment), encoding="utf-8")
    return target
