"""A copy of `hippo` without the modules that hold an assignment's answers."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import UserError

#: Folder of the trained models among the bundled data.
CHECKPOINTS = "checkpoints"

WITHHELD = '''"""Withheld while this assignment is open."""

raise ImportError("hippo.{module} holds answers of {assignment}: write them yourself and use your own functions.")
'''


def stage_hippo(
    target: Path, assignment: str, withhold: Sequence[str], checkpoints: Sequence[str] | None = None
) -> Path:
    """Copy the package to `target/hippo`, each withheld module replaced by one that explains itself.

    The bundled data come along: a cell that loads them must not fail for want of a file. Of the trained
    models only those named in `checkpoints` do, or all that there are here unless it is given.
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
        unwanted = shutil.ignore_patterns() if checkpoints is None else _others(assignment, bundled, checkpoints)
        shutil.copytree(bundled, target / "data", ignore=unwanted)
    for module in withhold:
        place = copy / module.replace(".", "/")
        path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if place.is_dir():
            shutil.rmtree(place)
            place.mkdir()
        elif not path.exists():
            raise UserError(
                f"{assignment}: withhold names {module!r}, but hippo has no such module: correct its "
                "assignment.toml."
            )
        path.write_text(WITHHELD.format(module=module, assignment=assignment), encoding="utf-8")
    return target


def is_wanted(path: Path, checkpoints: Sequence[str]) -> bool:
    """Whether a bundled file comes along: every one but the trained models that an assignment does not name."""
    return path.parent.name != CHECKPOINTS or path.stem in checkpoints


def _others(assignment: str, bundled: Path, checkpoints: Sequence[str]) -> Callable[[str, list[str]], list[str]]:
    """What `copytree` leaves out of the bundled data."""
    there = sorted(path.stem for path in (bundled / CHECKPOINTS).glob("*.safetensors"))
    for name in checkpoints:
        if name not in there:
            known = ", ".join(there) or "none"
            raise UserError(f"{assignment}: checkpoints names {name!r}, but data/{CHECKPOINTS} holds {known}.")

    def others(folder: str, names: list[str]) -> list[str]:
        if not checkpoints and Path(folder) == bundled:
            return [CHECKPOINTS]
        return [name for name in names if not is_wanted(Path(folder, name), checkpoints)]

    return others
