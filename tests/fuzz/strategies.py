"""What Hypothesis draws: untrusted bytes of every kind, from noise to files that are almost right."""

from __future__ import annotations

import json
import math
from typing import Any

import torch
from hypothesis import strategies as st

from autograder import protocol
from tests.fuzz.mutators import Mutator
from tests.fuzz.seeds import NAME, SEEDS, SOURCES, STUDENTS, cell, frame, notebook, outputs, zipped
from tests.fuzz.trees import KEYS, NUMBERS, TEXTS

ANY_TEXT = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(TEXTS)
WHOLE = st.integers() | st.sampled_from([n for n in NUMBERS if isinstance(n, int)])
SCALARS = st.none() | st.booleans() | WHOLE | st.floats() | ANY_TEXT
#: What JSON can say and more: NaN, infinities, lone surrogates, integers of any length.
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | ANY_TEXT, inner, max_size=4),
    max_leaves=15)


def mutated(target: str) -> st.SearchStrategy[bytes]:
    """A seed of this reader, some steps away from what it was."""

    def walk(start: int, chance: int, steps: int) -> bytes:
        seeds = SEEDS[target]()
        data, mutator = seeds[start % len(seeds)], Mutator(chance)
        for _ in range(steps):
            data = mutator.mutated(target, data)
        return data

    return st.builds(walk, st.integers(0, 99), st.integers(0, 2**32), st.integers(1, 8))


def _text_of(document: Any) -> bytes:
    return json.dumps(document).encode("utf-8", "surrogatepass")


#: `[[[…`, closed or not, around anything.
deep = st.builds(lambda depth, inner, closed: b"[" * depth + inner + b"]" * (depth * closed), st.integers(1, 6000),
                 st.sampled_from([b"", b"1", b'{"a":1}', b"{"]), st.booleans())

# ------------------------------------------------------------------------------------------ frames

_dtypes = st.sampled_from(sorted(protocol.ITEMSIZE))
_shapes = st.lists(st.integers(0, 4), max_size=4)


def _tensor(dtype: str, shape: list[int], seed: int) -> torch.Tensor:
    made = torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 40
    return (made.abs() if dtype == "uint8" else made).to(getattr(torch, dtype))


tensors = st.builds(_tensor, _dtypes, _shapes, st.integers(0, 9))
arrays = st.builds(lambda dtype, shape, seed: _tensor(dtype, shape, seed).numpy(),
                   _dtypes.filter(lambda name: name != "bfloat16"), _shapes, st.integers(0, 9))  # fmt: skip
_crossing_text = st.text(max_size=20)
_numbers = st.integers(-(2**63) + 1, 2**63 - 1)
#: Every value that a grader or a worker may send.
values = st.recursive(
    st.none() | st.booleans() | _numbers | st.floats() | _crossing_text | tensors | arrays
    | st.builds(protocol.Name, _crossing_text) | st.builds(protocol.Kept, st.integers(0, 2**31)),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner)
    | st.dictionaries(_crossing_text | _numbers, inner, max_size=4), max_leaves=12)
messages = st.dictionaries(_crossing_text, values, max_size=4)

_trees = st.recursive(
    SCALARS | st.fixed_dictionaries({"f": ANY_TEXT}) | st.fixed_dictionaries({"a": st.lists(SCALARS, max_size=3)})
    | st.builds(lambda *parts: {"s": list(parts)}, _dtypes | ANY_TEXT, SCALARS, st.sampled_from(["torch", "numpy", 0]))
    | st.builds(lambda index, kind: {"a": [index, kind]}, st.integers(-1, 3), st.sampled_from(["torch", "numpy", ""])),
    lambda inner: st.builds(lambda tag, items: {tag: items}, st.sampled_from("ltdx"), st.lists(inner, max_size=4))
    | st.builds(lambda pairs: {"d": [list(pair) for pair in pairs]}, st.lists(st.tuples(ANY_TEXT, inner), max_size=4)),
    max_leaves=12)
_descriptors = st.lists(
    st.builds(lambda dtype, shape, off: [dtype, shape, math.prod(shape) * protocol.ITEMSIZE[dtype] + off], _dtypes,
              st.lists(st.integers(0, 5) | st.sampled_from([2**28, 2**30, -1]), max_size=3), st.sampled_from([0, 0, 0, 1]))
    | JSON, max_size=3)
#: A header that says what it likes and a body that may fit it.
_claimed = st.builds(lambda tree, descriptors, body: frame({"m": {"d": [["v", tree]]}, "b": descriptors}, body), _trees,
                     _descriptors, st.binary(max_size=300) | st.just(bytes(2000)))  # fmt: skip


@st.composite
def _fitting(draw: st.DrawFn) -> bytes:
    """Buffers of the size that the header says, used in any order, at any depth, once or twice."""
    descriptors = [[dtype, shape, math.prod(shape) * protocol.ITEMSIZE[dtype]]
                   for dtype, shape in draw(st.lists(st.tuples(_dtypes, _shapes), min_size=1, max_size=3))]
    arrays_at = st.integers(0, len(descriptors) - 1).flatmap(
        lambda index: st.sampled_from([{"a": [index, "torch"]}, {"a": [index, "numpy"]}]))
    tree = {"l": draw(st.lists(arrays_at | _trees, max_size=3))}
    for tag in draw(st.sampled_from(["", "lt", "l" * 13, "t" * 14, "l" * 15, "tl" * 9])):
        tree = {tag: [tree]}
    noise = draw(st.binary(max_size=16))
    size = sum(nbytes for _, _, nbytes in descriptors)
    return frame({"m": {"d": [["v", tree]]}, "b": descriptors}, (noise * size)[:size].ljust(size, b"\1"))


_built = _claimed | _fitting()
frames = (st.binary(max_size=300) | mutated("protocol") | _built | st.builds(frame, deep) | st.builds(frame, JSON.map(_text_of))
          | st.builds(lambda a, b: a + b, _built, st.binary(max_size=20)))

_failures = st.lists(st.dictionaries(st.sampled_from(["line", "etype", "message", "cell", "x"]), st.none() | st.integers(-2, 2)
                                     | _crossing_text | values, max_size=5), max_size=3)
#: Decoded messages that look more or less like a worker's reply.
replies = messages | st.fixed_dictionaries(
    {}, optional={"id": st.integers(0, 2) | values, "ok": st.booleans() | values, "value": values | _failures,
                  "code": st.sampled_from(["raised", "memory", "timeout", "x"]) | values, "etype": _crossing_text | values,
                  "message": st.text(max_size=3000) | values, "more": values})  # fmt: skip

# --------------------------------------------------------------------------------------- notebooks

_ids = st.sampled_from(["overlap", "check-1", "answer-2", "recall", "check-3", "experiment-3", "figures-3", "", "x" * 70])
_sources = st.sampled_from(SOURCES) | ANY_TEXT | st.lists(st.sampled_from(SOURCES) | ANY_TEXT, max_size=4).map("\n".join)
_cells = st.builds(cell, _sources | st.lists(ANY_TEXT | JSON, max_size=3), _ids,
                   st.sampled_from(["code", "code", "markdown", "raw", "x"])) | st.fixed_dictionaries(
    {}, optional={"cell_type": st.sampled_from(["code", "markdown"]) | JSON, "source": _sources | JSON, "input": JSON,
                  "id": _ids | JSON, "metadata": st.fixed_dictionaries({}, optional={"nbgrader": st.fixed_dictionaries(
                      {}, optional={"grade_id": _ids | JSON, "points": JSON}) | JSON}) | JSON,
                  "outputs": st.lists(st.deferred(lambda: st.sampled_from(outputs())) | st.fixed_dictionaries(
                      {}, optional={"output_type": st.sampled_from(["stream", "error", "x"]) | JSON, "text": JSON,
                                    "ename": JSON, "evalue": JSON, "data": st.dictionaries(
                                        st.sampled_from(["image/png", "image/jpeg", "text/plain", "text/html"]),
                                        ANY_TEXT | JSON) | JSON}), max_size=3) | JSON})  # fmt: skip
notebooks = (st.binary(max_size=200) | mutated("notebook") | st.lists(_cells, max_size=8).map(notebook) | JSON.map(_text_of)
             | st.builds(lambda sheets: _text_of({"worksheets": sheets}), st.lists(
                 st.fixed_dictionaries({"cells": st.lists(_cells, max_size=3) | JSON}) | JSON, max_size=3))
             | deep | deep.map(lambda raw: b'{"cells": [{"id": "overlap", "x": ' + raw + b"}]}"))  # fmt: skip
sources = _sources

# ---------------------------------------------------------------------------------------- archives

_names = st.builds("{}{}{}".format, st.sampled_from([*STUDENTS, "carol", "..", "", "/", "C:", "__MACOSX", "a\x00", "\u202e"]),
                   st.sampled_from(["_", "/", f"/{NAME}/", "\\", "/../", "//"]),
                   st.sampled_from([f"{NAME}.ipynb", "x.ipynb", "w.zip", "n.txt", "", f"{NAME} (1).ipynb", "a/" * 9 + "x.ipynb"]))
_contents = st.sampled_from([b"{}", notebook([]), bytes(5000), bytes(70_000), b""]) | st.binary(max_size=50)


@st.composite
def _zips(draw: st.DrawFn, depth: int = 1) -> bytes:
    content = _contents | (_zips(depth - 1) if depth else st.nothing())
    modes = draw(st.lists(st.sampled_from([0o100644, 0o120777, 0o040755, 0o010644, 0]), min_size=1, max_size=3))
    files = draw(st.dictionaries(_names, content, max_size=6))
    left = iter(modes * 6)
    return zipped(files, draw(st.sampled_from([0, 8, 8, 12])), lambda info: setattr(info, "external_attr", next(left) << 16))


archives = st.binary(max_size=200) | mutated("archive") | _zips() | st.builds(
    lambda raw, cut, noise: raw[:-cut] + noise, _zips(), st.integers(1, 80), st.binary(max_size=30))

# ---------------------------------------------------------------------------- manifests and records

manifests = (st.binary(max_size=200) | mutated("manifest") | deep.map(lambda raw: b"x = " + raw)
             | st.lists(st.sampled_from(b"\n".join(SEEDS["manifest"]()).split(b"\n")), max_size=20).map(b"\n".join))
records = st.binary(max_size=200) | mutated("record") | JSON.map(_text_of) | deep
