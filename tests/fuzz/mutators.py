"""Change a frame, notebook, archive, manifest or record so that most of its structure stays.

Bytes at random hardly get past the first parser. Each mutator here takes its input apart, changes
a part, and puts it together again with lengths and checksums that fit, most of the time.
"""

from __future__ import annotations

import base64
import copy
import datetime
import functools
import io
import json
import math
import random
import re
import stat
import struct
import tomllib
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from autograder import protocol
from tests.fuzz.seeds import NAME, SEEDS, SOURCES, STUDENTS, cell, outputs

#: Changes bytes without knowing what they mean.
Bytes = Callable[[bytes], bytes]
Slot = tuple[Any, Any]

NUMBERS = (0, 1, -1, 2, 16, 17, 127, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32, 2**53, 2**62, 2**63 - 1, 2**63,
           -(2**63), 2**64, 10**30, 0.5, -0.0, 1e16, 1e-300, 1.7e308, 65505.0, math.inf, -math.inf, math.nan)  # fmt: skip
TEXTS = ("", "a", "\x00", "\x1b[31m", "\u202e", "\ud800", "\udfff\ud800", "é", "\U0001f600", "\n", "\r", "\x0c", "\u2028",
         "\ufeff", "=1+1", "<script>", "](javascript:", "../", "x" * 300, "\t", "\\", "'''", '"', "`", "%%time\n", "%%bash\n",
         "%x\n", "!ls\n", "?", "    ", "#", ";", "\\\n", "lambda: ", "f'{x}'", "f'''{\"\n\"}'''", "def overlap(a): pass\n",
         "class A: pass\n", "@a\n", "overlap", "recall", "tiny", "nan", "inf", "torch", "numpy")  # fmt: skip
PLAIN = (None, True, False, [], {}, "", [[]], {"": 0})
KEYS = ("m", "b", "j", "l", "t", "d", "a", "s", "f", "n", "h", "id", "ok", "value", "code", "etype", "message", "line", "cell",
        "cells", "cell_type", "source", "input", "metadata", "nbgrader", "grade_id", "outputs", "output_type", "data",
        "text", "text/plain", "image/png", "image/jpeg", "ename", "evalue", "worksheets", "schema", "name", "title",
        "points", "bonus", "withhold", "preload", "limits", "question", "hand", "names", "tolerance", "atol", "rtol",
        "cpu_seconds", "memory_mb", "late", "due", "grace_minutes", "percent_per_day", "maximum_days",
        "properties", "detail", "questions", "status")  # fmt: skip


class Mutator:
    """One source of chance and one way of changing bytes, for all kinds of input."""

    def __init__(self, seed: int, change: Bytes | None = None) -> None:
        self.random = random.Random(seed)
        self.change = change or self.some_bytes

    def some_bytes(self, data: bytes) -> bytes:
        """Bytes put in, taken out, copied, or flipped."""
        raw, chance = bytearray(data), self.random
        for _ in range(chance.choice((1, 1, 2, 4))):
            place, length = chance.randint(0, len(raw)), chance.choice((1, 1, 2, 4, 16))
            kind = chance.randrange(4)
            if kind == 0 and place < len(raw):
                raw[place] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del raw[place:place + length]
            elif kind == 2:
                raw[place:place] = chance.randbytes(length)
            else:
                raw[place:place + length] = chance.choice((bytes(length), b"\xff" * length, bytes(raw[:length])))
        return bytes(raw)

    # ------------------------------------------------------------------------------- trees

    def text(self, text: str) -> str:
        chance, place = self.random, self.random.randint(0, len(text))
        kind = chance.randrange(4)
        if kind == 0:
            return text[:place] + chance.choice(TEXTS) + text[place:]
        if kind == 1:
            return text[:place] + text[place + chance.choice((1, 3, 20)):]
        if kind == 2:
            return chance.choice((*TEXTS, *SOURCES)) + chance.choice(("", "\n", text))
        return self.change(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")

    def leaf(self, value: Any) -> Any:
        chance = self.random
        if isinstance(value, str) and chance.random() < 0.7:
            return self.text(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and chance.random() < 0.4:
            with suppress(OverflowError):
                return chance.choice((value + 1, value - 1, -value, value * 2, value / 2, str(value)))
        return chance.choice((chance.choice(NUMBERS), chance.choice(TEXTS), copy.deepcopy(chance.choice(PLAIN))))

    def tree(self, root: Any, times: int = 0) -> Any:
        """The JSON value with a few of its nodes changed, moved, copied, wrapped, renamed or gone."""
        root = {"root": copy.deepcopy(root)}
        for _ in range(times or self.random.choice((1, 1, 2, 3, 5))):
            slots = list(_slots(root))
            self._tree_once(*self.random.choice(slots), slots)
        return root["root"]

    def _tree_once(self, holder: Any, key: Any, slots: list[Slot]) -> None:
        chance, value = self.random, holder[key]
        kind = chance.randrange(10)
        if kind < 4 or "root" in holder:
            holder[key] = self.leaf(value) if not isinstance(value, list | dict) or chance.random() < 0.1 else value
            if isinstance(value, list):
                value.insert(chance.randint(0, len(value)), copy.deepcopy(_at(chance.choice(slots))))
            elif isinstance(value, dict):
                value[chance.choice(KEYS)] = copy.deepcopy(_at(chance.choice(slots)))
        elif kind == 4:
            del holder[key]
        elif kind == 5:
            other, place = chance.choice(slots)
            with suppress(KeyError, IndexError):
                holder[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(value)
        elif kind == 6:
            with suppress(KeyError, IndexError):
                holder[key] = copy.deepcopy(_at(chance.choice(slots)))
        elif kind == 7:
            for _ in range(chance.choice((1, 1, 2, 17, 60))):
                value = [value] if chance.random() < 0.5 else {chance.choice(KEYS): value}
            holder[key] = value
        elif kind == 8 and isinstance(holder, dict):
            holder[chance.choice(KEYS)] = holder.pop(key)
        elif isinstance(holder, list):
            holder[key:key] = [copy.deepcopy(value) for _ in range(chance.choice((1, 2, 20)))]

    def dumped(self, tree: Any, ascii_only: bool) -> bytes:
        try:
            text = json.dumps(tree, ensure_ascii=ascii_only)
        except (RecursionError, ValueError):
            text = "[" * 1200
        if self.random.random() < 0.02:
            place, deep = self.random.randint(0, len(text)), self.random.choice((100, 1200, 5000))
            text = text[:place] + "[" * deep + "]" * deep + text[place:]
        return text.encode("utf-8", "surrogatepass")

    # ------------------------------------------------------------------------------ frames

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
        places = [node for holder, key in _slots({"root": tree}) for node in [holder[key]]
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

    # --------------------------------------------------------------------------- notebooks

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

    # ---------------------------------------------------------------------------- archives

    def archive(self, data: bytes, depth: int = 0) -> bytes:
        chance = self.random
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as old:
                infos = old.infolist()[:40]
                files = [(info, _member(old, info)) for info in infos]
        except Exception:
            return self.change(data) if chance.random() < 0.5 else self.any_seed("archive")
        kind = chance.randrange(8)
        if kind == 0:
            return self.change(data)
        if kind < 3:
            return self.header_field(data)
        for _ in range(chance.choice((1, 2, 3))):
            files = self.file_list(files, depth)
        buffer = io.BytesIO()
        try:
            with zipfile.ZipFile(buffer, "w") as new, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of two files with one name, which are wanted here
                for info, content in files:
                    new.writestr(info, content)
        except Exception:
            return self.change(data)
        raw = buffer.getvalue()
        return self.header_field(raw) if chance.random() < 0.2 else raw

    def file_list(self, files: list[tuple[zipfile.ZipInfo, bytes]], depth: int) -> list[tuple[zipfile.ZipInfo, bytes]]:
        chance = self.random
        if not files or chance.random() < 0.3:
            info = zipfile.ZipInfo(self.file_name(), (chance.choice((1980, 2024, 2107)), 5, 6, 7, 8, 10))
            info.compress_type = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
            return [*files, (info, self.content(info.filename, depth))]
        place = chance.randrange(len(files))
        info, content = files[place]
        # of what was read only this much is written again
        fresh = zipfile.ZipInfo(info.filename, info.date_time)
        fresh.external_attr, fresh.compress_type = info.external_attr, info.compress_type
        kind = chance.randrange(6)
        if kind == 0:
            return files[:place] + files[place + 1:]
        if kind == 1:
            fresh.filename = self.file_name() if chance.random() < 0.7 else self.text(info.filename)[:300] or "x"
        elif kind == 2:
            mode = chance.choice((stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFREG, stat.S_IFBLK, 0)) | 0o644
            fresh.external_attr = mode << 16 | chance.choice((0, 16))
        elif kind == 3:
            content = self.content(fresh.filename, depth, content)
        elif kind == 4:
            fresh.compress_type = chance.choice((0, 8, 8, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        else:
            return [*files, (fresh, content)]
        return [*files[:place], (fresh, content), *files[place + 1:]]

    def file_name(self) -> str:
        chance = self.random
        student = chance.choice((*STUDENTS, "carol", "..", ".", "", "A", "submissions", "__MACOSX", "x" * 201, "\u202ebob", "a b"))
        pattern = chance.choice(("{s}_{a}.ipynb", "{s}/{a}.ipynb", "{s}/{a}/{a}.ipynb", "{s}/{a}/{a} (1).ipynb", "{s}.ipynb",
                                 "{s}.zip", "{s}/w.zip", "{s}/n.txt", "{s}/", "{a}.ipynb", "/{s}.ipynb", "c/{s}/{a}.ipynb",
                                 "{s}_12_345_{a}.ipynb", "{s}_LATE_12_345_{a}-1.ipynb", "{s}_12_346_w.zip", "{s}/timestamp.txt",
                                 "{s}_12_assignsubmission_file/{a}.ipynb", "{s}_12_assignsubmission_file_{a}.ipynb",
                                 "12-34 - {s} - Oct 31, 2026 1159 PM/{a}.ipynb", "12-34 - {s} - 31 2026/{a}.ipynb",
                                 "submission_12/{a}.ipynb", "c/submission_12/{a}.ipynb", "submission_metadata.yml",
                                 "{s}/submission_metadata.yml", "{s}.ipynb/", "{s}\\{a}.ipynb", "{s}.tar.gz", "C:{s}.ipynb"))  # fmt: skip
        name = pattern.format(s=student, a=NAME) or "x"
        if chance.random() < 0.2:
            mark = chance.choice(("1", " copy", " (1)", "_2", "x", "-", " ")) * chance.choice((1, 2, 30, 60))
            name = name.replace(NAME, NAME + mark + chance.choice(("", "x", " ")))
        return name

    def content(self, name: str, depth: int, before: bytes = b"") -> bytes:
        chance = self.random
        if name.lower().endswith(".zip") and depth < 2:
            return self.archive(before or self.any_seed("archive"), depth + 1)
        return chance.choice((bytes(chance.choice((0, 4095, 4097, 65_535, 65_537, 300_000))), self.any_seed("notebook"),
                              self.change(before), b"{}", before))  # fmt: skip

    def header_field(self, data: bytes) -> bytes:
        """One field of one header changed, where a zip keeps what it claims."""
        raw, chance = bytearray(data), self.random
        sizes = {b"PK\x01\x02": 46, b"PK\x03\x04": 30, b"PK\x05\x06": 22, b"PK\x06\x06": 56, b"PK\x06\x07": 20}
        found = [(match.start(), sizes[match.group()]) for match in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x06[\x06\x07])", raw)]
        if not found:
            return self.change(data)
        start, size = chance.choice(found)
        width = chance.choice((1, 2, 4, 4, 8))
        place = start + chance.randrange(4, size, 2)
        number = chance.choice((0, 1, 8, 9, 0x800, 0xFFFF, 0xFFFFFFFF, 2**64 - 1, 2**63, 2**31, len(raw), chance.getrandbits(32)))
        old = int.from_bytes(raw[place:place + width], "little")
        number = chance.choice((number, number, old + 1, old ^ (1 << chance.randrange(8 * width)))) % (1 << 8 * width)
        raw[place:place + width] = number.to_bytes(width, "little")
        return bytes(raw)

    # --------------------------------------------------------------- manifests and records

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

    def any_seed(self, target: str) -> bytes:
        return self.random.choice(_seeds(target))

    def mutated(self, target: str, data: bytes) -> bytes:
        """One more step away from `data`."""
        step: Bytes = getattr(self, target)
        try:
            return step(data)
        except RecursionError:
            return self.change(data)


# -------------------------------------------------------------------------------------------- parts


@functools.cache
def _seeds(target: str) -> list[bytes]:
    return SEEDS[target]()


@functools.cache
def _outputs() -> list[dict[str, Any]]:
    return outputs()


def _slots(root: Any) -> Iterator[Slot]:
    """(holder, key) of every node below the root."""
    waiting = [root]
    for _ in range(3000):
        if not waiting:
            return
        holder = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            yield holder, key
            if isinstance(holder[key], list | dict):
                waiting.append(holder[key])


def _at(slot: Slot) -> Any:
    holder, key = slot
    try:
        return holder[key]
    except (KeyError, IndexError):
        return None


def _wanted(header: Any) -> int:
    """How many bytes of buffers the header announces, as far as that makes sense."""
    try:
        return int(min(sum(max(nbytes, 0) for _, _, nbytes in header["b"]), 1 << 17))
    except (TypeError, ValueError, KeyError, OverflowError):
        return 8


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(1 << 17)
    except Exception:
        return b""


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
