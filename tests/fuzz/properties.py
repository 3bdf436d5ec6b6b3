"""What must hold whenever a reader of untrusted bytes is fed: one function per reader, any bytes as argument."""

from __future__ import annotations

import base64
import functools
import json
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from autograder import protocol
from autograder.assignment import Assignment, load_assignment
from autograder.autograded import autograded_notebook
from autograder.course import read_record
from autograder.errors import NOT_GRADABLE, UserError
from autograder.matching import match
from autograder.notebooks import Cell, read_ipynb
from autograder.plaintext import clean, one_line
from autograder.pysource import defined_names, definitions_only, unreadable
from autograder.record import Record
from autograder.release import released_cells
from autograder.score import question_result, submission_status
from autograder.spec import read_manifest
from tests.fuzz.archives import check_archive
from tests.fuzz.frames import check_frame
from tests.fuzz.inputs import as_file, assert_sentence
from tests.fuzz.seeds import NAME, write_assignment


def check_notebook(raw: bytes) -> None:
    """A file is refused in a sentence or gives cells; of cells, whatever they hold, a harmless notebook is made."""
    with as_file(raw, "x.ipynb") as path:
        try:
            cells = read_ipynb(path)
        except UserError as error:
            assert error.exit_code == NOT_GRADABLE
            assert_sentence(error.message)
            return
    assert all(type(text) is str for cell in cells for text in (cell.source, cell.id, cell.kind))
    assert all(type(output) is dict for cell in cells for output in cell.outputs)
    for source in [cell.source for cell in cells[:20] if not unreadable(cell.source)]:
        kept = definitions_only(source)
        assert not unreadable(kept), (source, kept)
        assert set(defined_names(kept)) <= set(defined_names(source))
        assert definitions_only(kept) == kept
    assignment, master, names = released()
    submission = match(cells, master, names)
    if submission.foreign:
        return
    for label, source in submission.code:
        assert one_line(label, 100) == label
        assert not unreadable(source), "code that Python cannot read is not sent on"
    try:
        protocol.encode({"cells": [[label, source] for label, source in submission.code]})
    except protocol.Unsupported as why:
        assert "too" in str(why)
    for note in [*submission.notes, *submission.syntax_errors.values()]:
        one_line(note, 300).encode("utf-8")
    found = {id(cell) for cell in submission.found.values()}
    results = [question_result(q, []) for q in assignment.manifest.question]
    submission_status(results, submission, {})
    text = autograded_notebook(assignment, submission.found, [c for c in cells if id(c) not in found], results)
    assert_harmless(json.loads(text.encode("utf-8")), master)


def assert_harmless(notebook: dict[str, Any], master: list[Cell]) -> None:
    """Cells of the assignment in order, text and pictures only, nothing a browser would run."""
    ids = [cell["id"] for cell in notebook["cells"]]
    known = [cell.id for cell in master]
    assert [i for i in ids if i in known] == known
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        assert clean(text) == text
        if cell["cell_type"] == "markdown" and cell["id"].startswith("added-"):
            assert "<" not in text
            assert "](" not in text
        for output in cell.get("outputs", ()):
            if output["output_type"] == "display_data":
                assert set(output["data"]) == {"image/png"}
                assert base64.b64decode(output["data"]["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
            else:
                assert output["output_type"] == "stream"
                assert output["name"] == "stdout"
                assert clean(output["text"]) == output["text"]


@functools.cache
def released() -> tuple[Assignment, list[Cell], list[str]]:
    """The small assignment that all notebooks here are submissions of."""
    with tempfile.TemporaryDirectory() as folder:
        write_assignment(Path(folder))
        assignment = load_assignment(NAME, Path(folder))
        master = released_cells(assignment)
    return assignment, master, [name for q in assignment.manifest.question for name in q.names]


def check_manifest(raw: bytes) -> None:
    """A manifest is refused in a sentence or is one that marks can be computed from."""
    with as_file(raw, "assignment.toml") as path:
        try:
            manifest = read_manifest(path)
        except UserError as error:
            assert_sentence(error.message)
            assert error.message.startswith(str(path))
            return
    numbers = [manifest.points, manifest.bonus]
    for question in manifest.question:
        assert manifest.find(question.id) is question
        assert manifest.find(question.slug).slug == question.slug
        assert question.slug.replace("-", "").replace("_", "").isalnum() or not question.slug.strip("-_")
        assert all(name.isidentifier() for name in question.names)
        assert 0 <= question.auto <= question.points + 1e-6
        tolerance = question.tolerance
        numbers += [question.points, question.hand, question.cpu_seconds or 1.0]
        numbers += [tolerance.atol, tolerance.rtol] if tolerance else []
    if manifest.late is not None:
        assert manifest.late.due.tzinfo is not None
        assert 0 <= manifest.late.percent_per_day <= 100
        numbers += [manifest.late.grace_minutes, manifest.late.maximum_days or 0]
    limits = msgspec.to_builtins(manifest.limits)
    assert all(math.isfinite(n) and n >= 0 for n in [*numbers, *limits.values()])
    assert all(n > 0 for n in limits.values())
    json.dumps(msgspec.to_builtins(manifest), allow_nan=False).encode()


def check_record(raw: bytes) -> None:
    """A record is refused in a sentence or survives being written and read again."""
    with as_file(raw, "alice.json") as path:
        try:
            record = read_record(path)
        except UserError as error:
            assert_sentence(error.message)
            return
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record


CHECKS: dict[str, Callable[[bytes], None]] = {
    "protocol": check_frame, "notebook": check_notebook, "archive": check_archive, "manifest": check_manifest,
    "record": check_record,
}  # fmt: skip
