"""Pack a student's notebook for handing in, say what is missing, write a receipt."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder.archive import MAX_FILE_BYTES, MAX_RATIO
from autograder.atomic import write_whole
from autograder.errors import UserError
from autograder.notebooks import cells_of

#: Larger outputs are left out: a person who marks looks at figures, not at megabytes of print.
MAX_OUTPUT_BYTES = 2**20
UNTOUCHED_CODE = re.compile(r"raise NotImplementedError\(")
UNTOUCHED_TEXT = re.compile(r"\*Your answer here\.?\*")


class Receipt(msgspec.Struct, kw_only=True):
    """What was packed, when and with what; the same goes into the zip as `receipt.json`."""

    assignment: str
    #: sha256 of the notebook as packed.
    sha256: str = ""
    bytes: int = 0
    #: UTC, to the second.
    time: str
    versions: dict[str, str]
    #: Faults that cost marks or make the file useless; an empty list means all is well.
    problems: list[str] = []
    #: Worth knowing: outputs left out, ids lost.
    notes: list[str] = []
    #: What was run afresh before packing: nothing, the cells that grading runs, or the experiments too.
    ran: Literal["", "cells", "experiments"] = ""
    #: Where the zip was written; None when nothing was.
    archive: str | None = None

    def text(self) -> str:
        """The receipt as lines to print or keep."""
        lines = [
            f"assignment  {self.assignment}",
            f"time        {self.time}",
            f"sha256      {self.sha256 or '-'}",
            f"size        {self.bytes} bytes",
            *([f"run afresh  {self.ran}"] if self.ran else []),
            *(f"{name:<11} {v}" for name, v in sorted(self.versions.items())),
            *(f"problem     {p}" for p in self.problems),
            *(f"note        {n}" for n in self.notes),
        ]
        return "\n".join([*lines, f"packed      {self.archive}"] if self.archive else lines) + "\n"


def pack(
    notebook: Path,
    assignment: str,
    *,
    names: Sequence[str] = (),
    ids: Sequence[str] | Mapping[str, str] = (),
    out: Path,
    dry_run: bool = False,
    afresh: Callable[[Receipt], None] | None = None,
) -> Receipt:
    """Write `<assignment>-submission.zip` and `<assignment>-receipt.json` to the folder `out`.

    Parameters
    ----------
    names
        Functions and classes that are graded: each must be defined somewhere.
    ids
        Cells that should be there (a mapping gives the question of each). Where a tool has dropped
        every id, that is noted and no cell is missed.
    dry_run
        Check everything, write nothing.
    afresh
        Runs the notebook and adds to the receipt what that showed (`autograder.afresh`).

    Notes
    -----
    A notebook with answers missing is packed all the same, so that a student in a hurry hands in
    what there is; one that cannot be read is not.
    """
    receipt = Receipt(assignment=assignment, time=datetime.now(UTC).isoformat(timespec="seconds"), versions=_versions())
    try:
        document = _read(notebook)
    except UserError as error:
        receipt.problems.append(error.message)
        return receipt
    _check_answers(document, names, ids, receipt)
    if afresh is not None:
        afresh(receipt)
    _strip_outputs(document, receipt)
    raw = json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    receipt.sha256, receipt.bytes = hashlib.sha256(raw).hexdigest(), len(raw)
    if len(raw) > MAX_FILE_BYTES:
        receipt.problems.append(
            f"{notebook.name} has {len(raw) >> 20} MiB without its large outputs, at most "
            f"{MAX_FILE_BYTES >> 20} MiB are collected: clear outputs and pictures in the text."
        )
        return receipt
    if not dry_run:
        receipt.archive = str(out / f"{assignment}-submission.zip")
        content = msgspec.json.format(msgspec.json.encode(receipt), indent=1) + b"\n"
        write_whole(Path(receipt.archive), _zip({f"{assignment}.ipynb": raw, "receipt.json": content}))
        write_whole(out / f"{assignment}-receipt.json", content)
    return receipt


def _read(notebook: Path) -> dict[str, Any]:
    """The notebook as JSON, after the checks that grading makes."""
    if not notebook.exists():
        raise UserError(f"{notebook} is not there: name the notebook that you worked on.")
    if not notebook.is_file():
        raise UserError(f"{notebook} is a folder, expected a notebook file.")
    try:
        raw = notebook.read_bytes()
    except OSError as error:
        raise UserError(f"{notebook} cannot be read: {error.strerror}.") from None
    if not raw.strip():
        raise UserError(f"{notebook.name} is empty: save the notebook first.")
    cells_of(raw, notebook.name)
    document: dict[str, Any] = json.loads(raw.decode("utf-8-sig"))
    return document


def _cells(document: dict[str, Any]) -> list[dict[str, Any]]:
    cells = document.get("cells")  # an old notebook has worksheets in their place
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _check_answers(
    document: dict[str, Any], names: Sequence[str], ids: Sequence[str] | Mapping[str, str], receipt: Receipt
) -> None:
    cells = cells_of(json.dumps(document).encode("utf-8", "replace"), "notebook")
    code = "\n".join(cell.source for cell in cells if cell.is_code)
    receipt.problems += [
        f"nothing in the notebook defines {name}"
        for name in names
        if not re.search(rf"^\s*(?:(?:async\s+)?def|class)\s+{name}\b|^{name}\s*=", code, re.MULTILINE)
    ]
    if ids and len(receipt.problems) == len(names) > 0 and not any(cell.id in ids for cell in cells):
        receipt.problems[:] = [
            f"this is no notebook of {receipt.assignment}, none of its cells and functions was found: hand in the one "
            "that came with the assignment"
        ]
        return
    present = {cell.id for cell in cells if cell.id}
    if ids and not present & set(ids):
        receipt.notes.append(
            "the notebook has lost its cell ids (some tools drop them): answers will be found by the "
            "names of their functions and by their place"
        )
    else:
        asked = ids if isinstance(ids, Mapping) else dict.fromkeys(ids, "")
        for id_ in (i for i in asked if i not in present and i not in names):
            of = f" of question {asked[id_]}" if asked[id_] else ""
            receipt.problems.append(f"the cell {id_}{of} is missing: take it from a fresh copy of the assignment")
    questions = ids if isinstance(ids, Mapping) else {}
    untouched: dict[str, list[str]] = {}
    for number, cell in enumerate(cells, start=1):
        if (UNTOUCHED_CODE if cell.is_code else UNTOUCHED_TEXT).search(cell.source):
            untouched.setdefault(questions.get(cell.id, ""), []).append(cell.id or f"cell {number}")
    receipt.problems += [
        f"question {question} is not answered yet: {', '.join(cells)}" if question else
        f"not answered yet: {', '.join(cells)}"
        for question, cells in untouched.items()
    ]


def _strip_outputs(document: dict[str, Any], receipt: Receipt) -> None:
    """Replace outputs larger than a mebibyte by a sentence."""
    for number, cell in enumerate(_cells(document), start=1):
        outputs = cell.get("outputs")
        if not isinstance(outputs, list):
            continue
        for place, output in enumerate(outputs):
            size = len(json.dumps(output))
            if size > MAX_OUTPUT_BYTES:
                sentence = f"An output of {size / 2**20:.1f} MiB was left out when this was handed in."
                outputs[place] = {"output_type": "stream", "name": "stdout", "text": [sentence + "\n"]}
                receipt.notes.append(f"cell {number}: an output of {size / 2**20:.1f} MiB was left out")


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            # the collector takes what is packed too well for a bomb
            dense = len(raw) > MAX_RATIO // 2 * len(zlib.compress(raw))
            archive.writestr(name, raw, zipfile.ZIP_STORED if dense else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("hippo", "torch", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
