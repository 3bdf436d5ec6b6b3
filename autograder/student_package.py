"""The wheel that students install: `hippo` without the modules an assignment withholds, and the check engine."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from autograder.assignment import Assignment
from autograder.leakcheck import refuse_leaks
from autograder.staging import stage_hippo

#: Stays here: the sample assignment comes with its solution, and nobody grades for a platform on a student's machine.
_NOT_FOR_STUDENTS = ("templates/new", "templates/gradescope")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TAG = "py3-none-any"


def wheel_name(assignment: Assignment) -> str:
    """The wheel's file name; its local version keeps the packages of two assignments apart."""
    return f"hippo-{_version(assignment)}-{_TAG}.whl"


def requires_python() -> str:
    """Which Python it needs, in words."""
    return distribution("hippo").metadata["Requires-Python"].removeprefix(">=") + " or newer"


def student_wheel(assignment: Assignment) -> bytes:
    """Build the wheel, the same bytes every time.

    It is put together here and not by a build backend, because the source tree need not be there:
    an installed toolkit builds the same package.

    Raises
    ------
    UserError
        Exit code 1, when a line of the solution stands in a module that is not withheld.
    """
    content = dict(sorted(_content(assignment)))
    with tempfile.TemporaryDirectory() as folder:
        for name, raw in content.items():
            if name.endswith(".py"):
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
        refuse_leaks(assignment, Path(folder))
    info = f"hippo-{_version(assignment)}.dist-info"
    content |= dict(_metadata(assignment, info))
    content[f"{info}/RECORD"] = _record(content, f"{info}/RECORD")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, raw in content.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, raw)
    return buffer.getvalue()


def _version(assignment: Assignment) -> str:
    base = distribution("hippo").version.split("+")[0]
    return f"{base}+{re.sub('[^a-z0-9]+', '.', assignment.name.lower()).strip('.')}"


def _content(assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """Path in the wheel → bytes of every file of the two packages and the bundled data."""
    manifest = assignment.manifest
    with tempfile.TemporaryDirectory() as folder:
        staged = stage_hippo(Path(folder), assignment.name, manifest.withhold, manifest.checkpoints)
        yield from _files(staged / "hippo", "hippo")
        data = f"hippo-{_version(assignment)}.data/data/share/hippo"
        yield from _files(staged / "data", data)
    yield from _files(Path(__file__).resolve().parent, "autograder", _NOT_FOR_STUDENTS)


def _files(folder: Path, place: str, left_out: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not name.startswith(left_out):
            yield f"{place}/{name}", path.read_bytes()


def _metadata(assignment: Assignment, info: str) -> Iterator[tuple[str, bytes]]:
    toolkit = distribution("hippo")
    yield f"{info}/METADATA", _about(assignment, toolkit).encode()
    yield f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: {_TAG}\n".encode()
    scripts = sorted(f"{e.name} = {e.value}\n" for e in toolkit.entry_points if e.group == "console_scripts")
    yield f"{info}/entry_points.txt", ("[console_scripts]\n" + "".join(scripts)).encode()


def _about(assignment: Assignment, toolkit: Distribution) -> str:
    """The toolkit's metadata with this package's version; extras are for instructors."""
    needs = [line for line in toolkit.requires or [] if "extra ==" not in line]
    return "".join(
        f"{key}: {value}\n"
        for key, value in [
            ("Metadata-Version", "2.1"),
            ("Name", "hippo"),
            ("Version", _version(assignment)),
            ("Summary", f"What students need for {assignment.name}."),
            ("Requires-Python", toolkit.metadata["Requires-Python"]),
            *(("Requires-Dist", line) for line in sorted(needs)),
        ]
    )


def _record(content: dict[str, bytes], own: str) -> bytes:
    """RECORD: path, hash and size of every file, as installers check them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for name, raw in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=").decode()
        rows.writerow([name, f"sha256={digest}", len(raw)])
    rows.writerow([own, "", ""])
    return text.getvalue().encode()
