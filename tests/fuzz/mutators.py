"""Change a frame, notebook, archive, manifest or record so that most of its structure stays.

Bytes at random hardly get past the first parser. Each mutator here takes its input apart, changes
a part, and puts it together again with lengths and checksums that fit, most of the time.
"""

from __future__ import annotations

import base64
import copy
import datetime
import functools
import json
import math
import struct
import tomllib
import zlib
from typing import Any

from autograder import protocol
from tests.fuzz.seeds import SEEDS, SOURCES, cell, outputs
from tests.fuzz.trees import KEYS, NUMBERS, TEXTS, Bytes, slots_of
from tests.fuzz.zips import Zips


class Mutator(Zips):
    """All kinds of input, each by the name of its reader."""

    def protocol(self, data: bytes) -> bytes:
        chance = self.random
        try:
            (length,) = struct.unpack("<I", data[:4])
            header, body = json.loads(data[4:4 + length]), data[4 + length:]
            if set(header) == {"j"}:
                header, body = json.loads(body[:header["j"]]), body[header["j"]:]
            tree, descriptors = header["m"], list(header["b"])
        except (ValueError, KeyError, TypeError, struct.error, RecursionError):
            return self.change(data) if chance.random() < 0.5 else self.any_seed("protocol")
        kind = chance.randrange(8)
        if kind == 0:
            header = self.tree(header)
        elif kind == 1:
            body = self.change(body)
        elif kind == 2:
            descriptors.append(self.descriptor())
            tree = self.graft(tree, {"a": [len(descriptors) - 1, chance.choice(("torch", "numpy"))]})
        elif kind == 3:
            tree = self.graft(tree, self.value())
        elif kind == 4:
            descriptors = self.tree(descriptors)
        else:
            tree = self.tree(tree)
        header = header if kind == 0 else {"m": tree, "b": descriptors}
        if chance.random() < 0.8:
            body = body[:_wanted(header)].ljust(_wanted(header), b"\x7f")
        raw = self.dumped(header, ascii_only=chance.random() < 0.95)
        first = b""
        if len(raw) > protocol.MAX_HEADER or chance.random() < 0.1:
            raw, first = b'{"j": %d}' % (len(raw) + chance.choice((0, 0, 0, 1, -1, 2**22))), raw
        return struct.pack("<I", (len(raw) + (chance.random() < 0.03)) % 2**32) + raw + first + body

    def graft(self, tree: Any, value: Any) -> Any:
        """The tree with a value put in where one may stand."""
        tree = {"d": tree["d"]} if isinstance(tree, dict) and isinstance(tree.get("d"), list) else {"d": []}
        places = [node for holder, key in slots_of({"root": tree}) for node in [holder[key]]
                  if isinstance(node, dict) and len(node) == 1 and isinstance(next(iter(node.values())), list)]
        target = self.random.choice(places)
        ((tag, content),) = target.items()
        content.append([self.random.choice(KEYS), value] if tag == "d" else value)
        return tree

    def descriptor(self) -> list[Any]:
        dtype = self.random.choice(list(protocol.ITEMSIZE))
        shape = [self.random.choice((0, 1, 1, 2, 3, 7)) for _ in range(self.random.choice((0, 1, 1, 2, 3, 16, 17)))]
        return [dtype, shape, math.prod(shape) * protocol.ITEMSIZE[dtype]]

    def value(self, depth: int = 0) -> Any:
        chance = self.random
        kind = chance.randrange(9 if depth < 3 else 6)
        if kind == 0:
            return {"s": [chance.choice(list(protocol.ITEMSIZE)), chance.choice((*NUMBERS, True, {"f": "nan"})),
                          chance.choice(("torch", "numpy"))]}  # fmt: skip
        if kind == 1:
            return {"f": chance.choice(("nan", "inf", "-inf", "1", 1))}
        if kind == 2:
            return {"n": chance.choice(TEXTS)} if chance.random() < 0.5 else {"h": chance.choice(NUMBERS)}
        if kind < 6:
            return chance.choice((*NUMBERS, *TEXTS, True, None))
        items = [self.value(depth + 1) for _ in range(chance.randrange(4))]
        if kind == 6:
            return {"d": [[chance.choice((*TEXTS, 1, 2)), item] for item in items]}
        return {"l" if kind == 7 else "t": items}

    def notebook(self, data: bytes) -> bytes:
        chance = self.random
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            return self.change(data) if chance.random() < 0.5 else self.any_seed("notebook")
        cells = document.get("cells") if isinstance(document, dict) else None
        kind = chance.randrange(8)
        if not isinstance(cells, list) or kind < 3:
            document = self.tree(document)
        elif kind == 3 or not cells:
            ids = ("overlap", "check-1", "answer-2", "recall", "check-3", "experiment-3", "figures-3", None)
            fresh = cell(chance.choice(SOURCES), chance.choice(ids), chance.choice(("code", "code", "markdown", "raw")))
            cells.insert(chance.randint(0, len(cells)), fresh)
        elif kind == 4:
            chance.shuffle(cells)
        else:
            place = chance.randrange(len(cells))
            if isinstance(cells[place], dict):
                cells[place] = self.one_cell(copy.deepcopy(cells[place]))
        return self.dumped(document, ascii_only=chance.random() < 0.7)

    def one_cell(self, target: dict[str, Any]) -> dict[str, Any]:
        chance = self.random
        if chance.random() < 0.5:
            source = target.get("source")
            text = "".join(map(str, source)) if isinstance(source, list) else str(source)
            lines = [*text.split("\n"), *chance.choice(SOURCES).split("\n")]
            if chance.random() < 0.5:
                lines = [self.text(line) if chance.random() < 0.3 else line for line in lines]
            else:
                chance.shuffle(lines)
            target["source"] = "\n".join(lines[:60])
            return target
        theirs = target.get("outputs")
        kept = theirs if isinstance(theirs, list) else []
        kept.append(self.tree(chance.choice(_outputs()), 1) if chance.random() < 0.5 else self.damaged_picture())
        target["outputs"] = kept[-6:]
        return target

    def damaged_picture(self) -> dict[str, Any]:
        """An output whose image is changed, its checksums made to fit."""
        output = copy.deepcopy(self.random.choice(_outputs()[:7]))
        ((kind, data), *_) = output["data"].items()
        raw = self.change(base64.b64decode(data))
        if raw[:4] == b"\x89PNG" and self.random.random() < 0.8:
            raw = _with_png_checksums(raw)
        output["data"][kind] = base64.b64encode(raw).decode("ascii")
        return output

    def manifest(self, data: bytes) -> bytes:
        chance = self.random
        kind = chance.randrange(4)
        text = data.decode("utf-8", "replace")
        if kind == 0:
            return self.text(text).encode("utf-8", "surrogatepass")
        if kind == 1:
            lines = [*text.split("\n"), *chance.choice(SEEDS["manifest"]()).decode("utf-8", "replace").split("\n")]
            for _ in range(chance.choice((1, 2, 5))):
                place = chance.randrange(len(lines))
                lines[place:place + 1] = chance.choice(([], [lines[place]] * 2, [self.text(lines[place])], [chance.choice(lines)]))
                lines = lines or [""]
            return "\n".join(lines[:80]).encode("utf-8", "surrogatepass")
        try:
            document = self.tree(tomllib.loads(text))
            rows = [f"{_toml(key)} = {_toml(value)}" for key, value in document.items()]
        except Exception:
            return self.change(data) if chance.random() < 0.5 else self.any_seed("manifest")
        return "\n".join(rows).encode("utf-8", "surrogatepass")

    def record(self, data: bytes) -> bytes:
        try:
            return self.dumped(self.tree(json.loads(data)), ascii_only=False)
        except (ValueError, RecursionError):
            return self.any_seed("record")

    def mutated(self, target: str, data: bytes) -> bytes:
        """One more step away from `data`."""
        step: Bytes = getattr(self, target)
        try:
            return step(data)
        except RecursionError:
            return self.change(data)


@functools.cache
def _outputs() -> list[dict[str, Any]]:
    return outputs()


def _wanted(header: Any) -> int:
    """How many bytes of buffers the header announces, as far as that makes sense."""
    try:
        return int(min(sum(max(nbytes, 0) for _, _, nbytes in header["b"]), 1 << 17))
    except (TypeError, ValueError, KeyError, OverflowError):
        return 8


def _with_png_checksums(raw: bytes) -> bytes:
    fixed, place = bytearray(raw), 8
    while place + 12 <= len(fixed):
        (length,) = struct.unpack(">I", fixed[place:place + 4])
        end = place + 8 + length
        if end + 4 > len(fixed):
            break
        fixed[end:end + 4] = struct.pack(">I", zlib.crc32(fixed[place + 4:end]))
        place = end + 4
    return bytes(fixed)


def _toml(value: Any) -> str:
    """A value in one line of TOML; what TOML cannot say becomes text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_toml(str(key))} = {_toml(item)}' for key, item in value.items())}}}"
    return str(value) if isinstance(value, int | float | datetime.date | datetime.time) else json.dumps(str(value), ensure_ascii=False)
