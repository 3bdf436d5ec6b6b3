"""Inputs to start fuzzing from, all made by code: one list of valid and nearly valid files per reader."""

from __future__ import annotations

import base64
import io
import json
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from autograder import protocol
from autograder.new_assignment import new_assignment

NAME = "tiny"
#: Ids of the class: one is the beginning of another.
STUDENTS = ("alice", "bob", "bob_1", "zoë")

MORE_CELLS = """
# %% id="recall" role="answer" question="3"
def recall(state, n_steps=3):
    ### BEGIN SOLUTION
    return state
    ### END SOLUTION


# %% id="check-3" role="check" question="3"
check("3")

# %% id="experiment-3" role="experiment"
recall(torch.ones(3))

# %% id="figures-3" role="figures" question="3"
### BEGIN SOLUTION
print(recall(torch.ones(3)))
### END SOLUTION
"""
MORE_QUESTIONS = """
[[question]]
id = "3"
title = "Recall"
points = 2
hand = 1
names = ["recall"]
cpu_seconds = 2.5

[limits]
cpu_seconds = 3
memory_mb = 1024
"""


def write_assignment(solutions: Path) -> Path:
    """An assignment with a cell of every role."""
    folder = new_assignment(NAME, solutions)
    source, manifest = folder / f"{NAME}.py", folder / "assignment.toml"
    source.write_text(source.read_text(encoding="utf-8") + MORE_CELLS, encoding="utf-8")
    text = manifest.read_text(encoding="utf-8").replace("points = 3 ", "points = 5 ", 1)
    manifest.write_text(text + MORE_QUESTIONS, encoding="utf-8")
    return folder


# ------------------------------------------------------------------------------------------ frames


def frame(header: object, body: bytes = b"") -> bytes:
    """A frame by hand: the header as it is given, in the short form."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<I", len(raw)) + raw + body


def frames() -> list[bytes]:
    values: list[dict[str, Any]] = [
        {"id": 1, "ok": True, "value": None},
        {"id": 1, "ok": True, "value": [1, 2.5, "é", (True, {"a": None, 3: float("nan")})]},
        {"id": 1, "ok": False, "code": "raised", "etype": "ValueError", "message": "shape \x1b[31m"},
        {"id": 1, "ok": True, "value": [{"line": 3, "etype": "NameError", "message": "x", "cell": 0}]},
        {"id": 1, "ok": True, "value": {"weight": torch.ones(2, 3), "bias": torch.zeros(0, 2)}},
        {"id": 2, "op": "call", "target": protocol.Name("f"), "args": [protocol.Kept(1)], "kwargs": {}, "keep": None},
        {"v": ["x" * 9000, "y" * 9000]},
    ]
    values += [{"v": torch.arange(4).to(getattr(torch, dtype))} for dtype in protocol.ITEMSIZE]
    values += [{"v": torch.tensor(1).to(getattr(torch, dtype))} for dtype in protocol.ITEMSIZE]
    values += [{"v": np.arange(6, dtype=np.int16).reshape(2, 3)}, {"v": np.array(2.5)}]
    made = [protocol.encode(value) for value in values]
    odd = [
        frame({"m": {"d": [["v", {"a": [0, "numpy"]}]]}, "b": [["bfloat16", [2], 4]]}, bytes(4)),
        frame({"m": {"d": [["v", {"l": [{"a": [0, "torch"]}, {"a": [0, "torch"]}]}]]}, "b": [["int8", [1], 1]]}, b"x"),
        frame({"m": {"d": [["v", {"a": [0, "torch"]}]]}, "b": [["uint8", [1 << 28], 1 << 28]]}),
        frame({"m": nested({"d": []}, "l", 12), "b": []}), frame({"j": 9}, b'{"m":1}  '),
        frame({"m": {"d": [["v", {"s": ["float16", {"f": "-inf"}, "torch"]}]]}, "b": []}),
    ]
    return [*made, *odd, made[0] + made[1]]


def nested(inner: Any, tag: str, depth: int) -> Any:
    for _ in range(depth):
        inner = {tag: [inner]}
    return {"d": [["v", inner]]}


# --------------------------------------------------------------------------------------- notebooks

SOURCES = (
    "import torch\nfrom autograder import check", "def overlap(pattern, state):\n    return (pattern * state).mean()",
    "def recall(state):\n    return state\n", "%matplotlib inline\nx = 1", "%%time\nx = 1\n!ls", "%%bash\nls", "torch.sum?",
    "SIZE = 3\ndata = load(); LIMIT = 4\n@deco\ndef helper(x):\n    return f'{x!r:>{SIZE}}'\nclass A: pass",
    "async def g(): pass\nx: int = 3\ny: int\na, b = 1, 2\ndef my_recall(s): return s", "def broken(:\n", "x = 7 \\\n% 3",
    "check('1')", 's = """\n%not magic\n"""', "recall(torch.ones(3))", "Ünïcödé = '\U0001f600'", "<b>words</b> [a](b)",
    "\r\nimport os\r\nX = 1\r\n", "x = " + "+".join("a" * 40), "def f():\n\treturn (" + "(" * 20 + ")" * 20 + ")",
)  # fmt: skip


def picture(kind: str = "PNG", mode: str = "RGB") -> str:
    """A small image as a notebook holds it."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new(mode, (5, 3)).save(buffer, format=kind)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def outputs() -> list[dict[str, Any]]:
    pictures = [("image/png", picture(mode=mode)) for mode in ("RGB", "P", "LA", "1", "I;16")]
    pictures += [("image/jpeg", picture("JPEG")), ("image/jpeg", picture("JPEG", "CMYK"))]
    return [
        *({"output_type": "display_data", "metadata": {}, "data": {kind: data, "text/plain": "<Figure>"}}
          for kind, data in pictures),
        {"output_type": "stream", "name": "stdout", "text": ["a\x1b[31m\n", "b\u202e"]},
        {"output_type": "stream", "name": "stderr", "text": "warning"},
        {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": ["..."]},
        {"output_type": "execute_result", "data": {"text/html": "<script>1</script>", "text/plain": ["3"]}},
    ]


def cell(source: Any, cell_id: str | None = None, kind: str = "code", **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": {}} | ({"id": cell_id} if cell_id else {}) | more


def notebook(cells: list[Any]) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def notebooks() -> list[bytes]:
    ids = ["overlap", "check-1", "answer-2", "recall", "check-3", "experiment-3", "figures-3"]
    honest = [cell(SOURCES[0]), cell(SOURCES[1], "overlap"), cell("check('1')", "check-1"),
              cell("In words.", "answer-2", "markdown"), cell(SOURCES[2], "recall"), cell("check('3')", "check-3"),
              cell(SOURCES[7], "experiment-3"), cell("print(1)", "figures-3", outputs=outputs())]  # fmt: skip
    stripped = [cell(c["source"], kind=c["cell_type"]) for c in honest]
    graded = [cell("x", metadata={"nbgrader": {"grade_id": i, "points": 99, "locked": False}}) for i in ids]
    return [
        notebook(honest), notebook(stripped), notebook(graded), notebook([*honest, *honest]), notebook(honest[::-1]),
        notebook([cell(source, "overlap") for source in SOURCES]), notebook([cell(s, "experiment-3") for s in SOURCES]),
        notebook([cell(s.splitlines(keepends=True)) for s in SOURCES]), notebook([cell("x", "overlap", outputs=[output])
                                                                                   for output in outputs()]),
        json.dumps({"worksheets": [{"cells": [cell("", input=SOURCES[1])]}, 3, {"cells": None}]}).encode(),
        notebook([None, 3, {}, cell(None, "overlap"), cell(["a", 3], "recall", "raw")]), b"\xef\xbb\xbf" + notebook([]),
        b'{"cells": [{"id": "overlap", "source": "\\ud800", "x": NaN, "y": 1e999, "z": ' + b"9" * 400 + b"}]}",
        b'{"cells": ' + b"[" * 500 + b"]" * 500 + b"}", b"", b"{",
    ]


# ---------------------------------------------------------------------------------------- archives


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED,
           each: Callable[[zipfile.ZipInfo], None] = lambda info: None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
            info.compress_type, info.external_attr = method, 0o100644 << 16
            each(info)
            archive.writestr(info, data)
    return buffer.getvalue()


def archives() -> list[bytes]:
    good = notebook([cell("x", "overlap")])
    inner = zipped({f"{NAME}.ipynb": good, "notes.txt": b"hello"})

    def link(info: zipfile.ZipInfo) -> None:
        info.external_attr = (stat.S_IFLNK | 0o777) << 16

    listed = b"""---
submission_11:
  :submitters:
  - :name: Alice A
    :email: alice@example.org
    :sid: alice
  :created_at: 2026-10-31 20:15:30.5 Z
submission_12:
  :submitters: [{:name: "B\\u202eob", :sid: "x y"}]
  :created_at: 2026-10-31T20:15:30+01:00
"""

    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        info = tarfile.TarInfo("alice/tiny.ipynb")
        info.size = len(good)
        archive.addfile(info, io.BytesIO(good))
    return [
        zipped({"alice_tiny.ipynb": good, "bob_1_tiny.ipynb": good, "unknown.ipynb": good, "tiny.ipynb": good}),
        zipped({"alice/tiny.ipynb": good, "bob/tiny/tiny.ipynb": good, "bob/tiny/tiny (1).ipynb": b"{}"}),
        zipped({"submissions/alice/tiny/tiny.ipynb": good, "submissions/zoë/tiny/other.ipynb": good}),
        zipped({"alice.zip": inner, "bob/work.zip": inner, "class/x.zip": b"PK no"}, zipfile.ZIP_STORED),
        zipped({"../out.ipynb": good, "/abs.ipynb": good, "C:\\x.ipynb": good, "a/../../b.ipynb": good, "a\nb.ipynb": good}),
        zipped({"alice/tiny.ipynb": b"/etc/passwd"}, each=link), zipped({}), zipped({"alice/": b"", "alice/x.txt": b"x"}),
        zipped({"alice_tiny.ipynb": bytes(50_000), "bob_tiny.ipynb": bytes(80_000)}),
        zipped({f"s{n}_tiny.ipynb": bytes(4000) for n in range(30)}), zipped({f"s{n}.zip": inner for n in range(5)}),
        zipped({"alicea_123_4567_tiny.ipynb": good, "bobb_LATE_124_4568_tiny-1.ipynb": good, "bobb_124_4569_w.zip": inner}),
        zipped({"Alice A_123_assignsubmission_file/tiny.ipynb": good, "Bob_124_assignsubmission_file_/x.ipynb": good}),
        zipped({"123-4567 - Alice A - Oct 31, 2026 1159 PM/tiny.ipynb": good, "index.html": b"<html>",
                "123-4567 - Alice A - Nov 1, 2026 1234 AM/tiny.ipynb": b"{}"}),
        zipped({"assignment_1_export/submission_metadata.yml": listed, "assignment_1_export/submission_11/tiny.ipynb": good,
                "assignment_1_export/submission_12/tiny.ipynb": good}),
        zipped({"alice/tiny.ipynb": good, "alice/timestamp.txt": b"2026-10-31 20:15:30.5 UTC", "bob/tiny.ipynb": good,
                "bob/timestamp.txt": b"9999-12-31 23:59:59-14:00"}),
        zipped({"alice_tiny.ipynb": good}, zipfile.ZIP_BZIP2), tar.getvalue(), b"PK\x05\x06" + bytes(18), b"", good,
    ]  # fmt: skip


# ---------------------------------------------------------------------------- manifests and records


def manifests() -> list[bytes]:
    small = 'schema = 1\nname = "a"\ntitle = "t"\npoints = 1\n'
    question = '[[question]]\nid = "1"\ntitle = "q"\npoints = 1\nnames = ["f"]\n'
    full = (small.replace("points = 1", "points = 3.5\nbonus = 1") + 'withhold = ["m"]\npreload = ["numpy"]\ndata = ["d"]\n'
            + "[limits]\ncpu_seconds = 1.5\nwall_seconds = 9\nmemory_mb = 100\nprocesses = 3\n"
            + "[late]\ndue = 2026-11-01T23:59:00+01:00\ngrace_minutes = 10\npercent_per_day = 12.5\nmaximum_days = 3\n"
            + '[[question]]\nid = "1.a"\ntitle = "q"\npoints = 3.5\nhand = 0.5\nnames = ["f", "g"]\ncpu_seconds = 2\n'
            + 'tolerance = { atol = 1e-6, rtol = 0.0, reason = "r" }\n'
            + '[[question]]\nid = "2"\ntitle = "b"\npoints = 1\nbonus = true\nnames = ["h"]\n')  # fmt: skip
    texts = [small + question, full, small, question, small + "question = [1, {}]\n", (small + question).replace("points = 1", "points = inf"),
             small + question.replace("points = 1", "points = nan"), "x = " + "[" * 2000 + "]" * 2000, "a = 1979-05-27T07:32:00Z",
             small + question + question, "\N{BYTE ORDER MARK}" + small, small + 'x = """\n\\u0000"""', ""]  # fmt: skip
    return [text.encode() for text in texts] + [b"\xff", small.encode("utf-16")]


def records() -> list[bytes]:
    prop = {"name": "p", "title": "t", "visible": True, "weight": 1.0, "status": "failed", "detail": {"got": {"text": "x"}}}
    question = {"id": "1", "title": "q", "score": 1, "max_score": 2, "auto_max": 2, "hand_max": 0, "bonus": False,
                "status": "partial", "properties": [prop]}  # fmt: skip
    record = {"student": "alice", "assignment": "a", "title": "t", "status": "graded", "score": 1, "max_score": 2,
              "questions": [question], "isolation": "L3", "seed": 1, "versions": {"python": "3"}, "hashes": {}}  # fmt: skip
    deep = json.dumps(record).replace('"x"', "[" * 3000 + "]" * 3000)
    return [json.dumps(record).encode(), deep.encode(), b"{}", b"[" * 3000, b"\xff", b""]


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "protocol": frames, "notebook": notebooks, "archive": archives, "manifest": manifests, "record": records,
}  # fmt: skip
