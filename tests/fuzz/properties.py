"""What must hold whenever a reader of untrusted bytes is fed: one function per reader, any bytes as argument."""

from __future__ import annotations

import base64
import functools
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from autograder import archive, protocol
from autograder import collect as collector
from autograder.assignment import Assignment, load_assignment
from autograder.autograded import autograded_notebook
from autograder.collect import COLLECTED, KEPT, UNCHANGED, CollectReport, collect
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
from autograder.student import Student, StudentFault
from tests.fuzz.confinement import writes_only_in
from tests.fuzz.seeds import NAME, STUDENTS, write_assignment

#: Bytes of buffers that a frame may hold here: small, so that the limit is reached.
CAP = 1 << 16
#: Limits of the archive reader, scaled down to the size of what a fuzzer makes.
SMALL = {archive: {"MAX_FILE_BYTES": 1 << 16, "HARMLESS_BYTES": 1 << 12, "MAX_ENTRIES": 64},
         collector: {"MAX_KEPT_BYTES": 1 << 16}}  # fmt: skip


# ------------------------------------------------------------------------------------------ frames


class Metered:
    """Hands out the bytes of `data` as a connection would, and counts what it was asked for."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position, self.asked = data, 0, 0

    def __call__(self, count: int) -> bytearray:
        assert type(count) is int
        assert count >= 0
        self.asked += count
        if self.position + count > len(self.data):
            raise EOFError
        self.position += count
        return bytearray(self.data[self.position - count:self.position])


def check_frame(data: bytes) -> None:
    """A frame is refused or gives plain data; no claim in it makes anybody set memory aside."""
    for with_numpy in (False, True):
        read = Metered(data)
        try:
            message = protocol.decode(read, CAP, with_numpy)
        except (protocol.ProtocolError, EOFError):
            message = None
        assert read.asked <= 4 + protocol.MAX_HEADER + protocol.MAX_JSON + CAP
        if message is None:
            continue
        assert is_plain(message, with_numpy), message
        again = protocol.decode(Metered(protocol.encode(message)), with_numpy=with_numpy)
        assert same(message, again), (message, again)
        check_reply(message)


def is_plain(value: Any, with_numpy: bool) -> bool:
    """Whether the value is of the closed set of types, all the way down."""
    kind = type(value)
    if kind in (list, tuple):
        return all(is_plain(item, with_numpy) for item in value)
    if kind is dict:
        return all(type(key) in (str, int) and is_plain(item, with_numpy) for key, item in value.items())
    if kind is torch.Tensor:
        known = str(value.dtype).removeprefix("torch.") in protocol.ITEMSIZE
        return known and not value.requires_grad and value.device.type == "cpu" and value.is_contiguous()
    if kind is np.ndarray:
        return with_numpy and value.dtype.name in protocol.ITEMSIZE
    return value is None or kind in (bool, int, float, str, protocol.Name, protocol.Kept)


def same(a: Any, b: Any) -> bool:
    """Equal in type, structure and every bit; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if type(a) in (list, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if type(a) is dict:
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if type(a) is torch.Tensor:
        if not a.ndim:  # a number crosses as a number: NaN is one value
            return a.dtype == b.dtype and b.shape == () and same(a.item(), b.item())
        return a.dtype == b.dtype and a.shape == b.shape and torch.equal(_bits(a), _bits(b))
    if type(a) is np.ndarray:
        return a.dtype == b.dtype and same(torch.from_numpy(a), torch.from_numpy(b))
    return a == b or (type(a) is float and math.isnan(a) and math.isnan(b))


def _bits(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.view(torch.uint8) if tensor.numel() else torch.empty(0)


class Replying:
    """A connection over which one decoded message comes back, whatever was asked."""

    def __init__(self, reply: dict[str, Any], honest_id: bool) -> None:
        self.reply, self.honest_id = reply, honest_id

    def exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        # entries are taken out of replies, so each request needs a copy of its own
        reply = dict(self.reply)
        if isinstance(reply.get("value"), list):
            reply["value"] = [dict(entry) if type(entry) is dict else entry for entry in reply["value"]]
        return reply | ({"id": request["id"]} if self.honest_id and "id" in reply else {})


def check_reply(message: dict[str, Any]) -> None:
    """Whatever a worker replies, the grader has a value or a fault."""
    asks: list[Callable[[Student], Any]] = [
        lambda s: s.call("f", 1), lambda s: s.defines("f"), lambda s: s.run_cells([("cell 1", "x = 1")]),
        lambda s: s.run("x = 1", "cell 1"), lambda s: s.make("Net").state(), lambda s: s.keep([1]).value(),
    ]
    for honest_id in (False, True):
        for ask in asks:
            student = Student(Replying(message, honest_id))
            try:
                value = ask(student)
            except StudentFault as fault:
                assert fault.code in ("raised", "memory", "missing", "unsupported", "protocol")
                assert len(fault.message) <= 2000
                assert len(fault.etype) <= 100
            else:
                assert is_plain(value, with_numpy=True)
                assert not _mentions_worker(value)
    student = Student(Replying(message, True))
    try:
        refusal = student.refuses("f")
    except (StudentFault, AssertionError):
        return
    assert type(refusal) is str


def _mentions_worker(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_mentions_worker, value))
    if isinstance(value, dict):
        return any(map(_mentions_worker, value.values()))
    return isinstance(value, protocol.Name | protocol.Kept)


# --------------------------------------------------------------------------------------- notebooks


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


# ---------------------------------------------------------------------------------------- archives


def check_archive(raw: bytes) -> None:
    """An archive is refused in a sentence or every file in it has its place; nothing else is touched."""
    with small_limits(), as_file(raw, "class.zip") as path:
        course = path.parent / "course"
        course.mkdir()
        reports = []
        for _ in range(2):
            try:
                with writes_only_in(course):
                    reports.append(collect(path, course, NAME, expected_names=STUDENTS))
            except UserError as error:
                assert_sentence(error.message)
                assert not list(course.iterdir()), "refused as a whole, but something was written"
                return
            assert_accounted_for(reports[-1], course)
            # one submission of each student, and what is kept of the others
            senders = {row.student or re.split("(?i)[.]zip", row.file)[0] for row in reports[-1].rows}
            limit = len(senders) * (collector.MAX_KEPT_BYTES + archive.MAX_FILE_BYTES)
            assert sum(f.stat().st_size for f in _files(course) if f.suffix in ("", ".ipynb", ".zip")) <= limit
        first, second = reports
        assert len(first.rows) == len(second.rows)
        assert not second.collected


def assert_accounted_for(report: CollectReport, course: Path) -> None:
    """Every row is counted once, can be shown, and leads to files in their places."""
    outcomes = [row.outcome for row in report.rows]
    assert all(getattr(report, outcome) == outcomes.count(outcome) for outcome in outcomes)
    taken = set()
    for row in report.rows:
        for text in (row.student, row.file, row.what):
            assert clean(text) == text
            assert "\n" not in text
        if row.outcome in (COLLECTED, UNCHANGED, KEPT):
            assert row.student not in taken, "two submissions of one student"
            taken.add(row.student)
    for file in _files(course):
        top, *place = file.relative_to(course).parts
        if top == "submitted":
            assert place[1:] in ([NAME, f"{NAME}.ipynb"], [NAME, "timestamp.txt"])
            assert place[0] in taken
        elif top == "earlier":
            assert place[0] == NAME
            assert place[1] in taken
            assert len(place) == 3
        elif top == "arrivals":
            assert place == [f"{NAME}.json"]
            continue
        else:
            assert top == "quarantine"
            assert place[0] == NAME
            assert len(place) == 2
        assert file.stat().st_size <= archive.MAX_FILE_BYTES or file.name == "reasons.csv"


def _files(folder: Path) -> Iterator[Path]:
    for above, folders, files in os.walk(folder):
        for name in [*files, *folders]:
            path = Path(above) / name
            assert not path.is_symlink()
            if path.is_file():
                yield path
            else:
                assert path.is_dir()


@contextmanager
def small_limits() -> Iterator[None]:
    """The archive reader with limits that a fuzzer's small inputs can exceed."""
    before = {module: {name: getattr(module, name) for name in small} for module, small in SMALL.items()}
    for module, small in SMALL.items():
        vars(module).update(small)
    try:
        yield
    finally:
        for module, usual in before.items():
            vars(module).update(usual)


# ---------------------------------------------------------------------------- manifests and records


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


# ------------------------------------------------------------------------------------------- shared


def assert_sentence(message: str) -> None:
    """One sentence that any terminal can show."""
    assert message.endswith("."), message
    assert clean(message) == message, message
    assert "\n" not in message, message
    assert len(message) < 2000, message


@contextmanager
def as_file(raw: bytes, name: str) -> Iterator[Path]:
    """The bytes as a file in a folder of its own, in memory where there is such a place."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="hippo-fuzz-", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        path = folder / name
        path.write_bytes(raw)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


CHECKS: dict[str, Callable[[bytes], None]] = {
    "protocol": check_frame, "notebook": check_notebook, "archive": check_archive, "manifest": check_manifest,
    "record": check_record,
}  # fmt: skip
