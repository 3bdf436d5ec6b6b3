"""Pack an assignment with the grader as a zip that a platform runs for each submission."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path

from autograder.assignment import Assignment
from autograder.atomic import write_whole
from autograder.errors import UserError
from autograder.staging import is_wanted

TARGETS = ("gradescope",)
#: Left behind by whatever was run here, and templates of other commands.
_NOT_NEEDED = ("__pycache__",)
_TEMPLATES = ("new", "gradescope")


def package(assignment: Assignment, out: Path, *, torch_index: str = "") -> tuple[Path, list[str]]:
    """Write `out`: `setup.sh` and `run_autograder` at its root, the toolkit and one assignment; the same bytes again.

    Mutants, accepted variants and the rubric stay here. `torch_index` is where torch is installed from.
    """
    if not re.fullmatch(r"(https?://[A-Za-z0-9._~:/@%+-]+)?", torch_index):
        raise UserError(f"--torch-index {torch_index!r} is no address: expected one such as https://download.pytorch.org/whl/cpu.")
    content = dict(sorted(_content(assignment, torch_index)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in content.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if name in ("setup.sh", "run_autograder") else 0o100644) << 16
            archive.writestr(info, raw)
    return write_whole(out, buffer.getvalue()), list(content)


def _content(assignment: Assignment, torch_index: str) -> Iterator[tuple[str, bytes]]:
    templates = files("autograder") / "templates" / "gradescope"
    setup = (templates / "setup.sh").read_text(encoding="utf-8").replace("@TORCH_INDEX@", torch_index)
    yield "setup.sh", setup.encode()
    yield "run_autograder", (templates / "run_autograder").read_bytes()
    yield "requirements.txt", "".join(f"{line}\n" for line in _requirements()).encode()
    # versions stand in every record; the toolkit lies there and is not installed
    about = f"Metadata-Version: 2.1\nName: hippo\nVersion: {version('hippo')}\n"
    yield f"toolkit/hippo-{version('hippo')}.dist-info/METADATA", about.encode()
    here = Path(__file__).resolve().parent
    for folder in (here, here.parent / "hippo", here.parent / "data"):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            parts = path.relative_to(folder).parts
            skipped = set(parts) & set(_NOT_NEEDED) or (
                parts[0] == "templates" and parts[1:2] and parts[1] in _TEMPLATES
            )
            if path.is_file() and not skipped and is_wanted(path, assignment.manifest.checkpoints):
                yield "/".join(("toolkit", folder.name, *parts)), path.read_bytes()
    kept = [assignment.folder / "assignment.toml", assignment.source, *sorted(assignment.tests.rglob("*"))]
    for path in kept:
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"solutions/{assignment.name}/{path.relative_to(assignment.folder).as_posix()}", path.read_bytes()


def _requirements() -> Iterator[str]:
    """What the toolkit needs, in the versions that are installed here; nothing of the extras."""
    for line in sorted(requires("hippo") or ()):
        name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
        if "extra ==" in line:
            continue
        try:
            # a local build's version such as 2.13.0+cpu is not what an index lists
            yield f"{name}=={version(name).split('+')[0]}"
        except PackageNotFoundError:
            raise UserError(
                f"{name} is not installed here, so nobody knows which version to pack: install it here "
                "first."
            ) from None
