"""Change trees of JSON, the texts in them and bare bytes, by chance."""

from __future__ import annotations

import copy
import functools
import json
import math
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from tests.fuzz.seeds import SEEDS, SOURCES

#: Changes bytes without knowing what they mean.
Bytes = Callable[[bytes], bytes]
Slot = tuple[Any, Any]

NUMBERS = (0, 1, -1, 2, 16, 17, 127, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32, 2**53, 2**62, 2**63 - 1, 2**63,
           -(2**63), 2**64, 10**30, 0.5, -0.0, 1e16, 1e-300, 1.7e308, 65505.0, math.inf, -math.inf, math.nan)  # fmt: skip
TEXTS = ("", "a", "\x00", "\x1b[31m", "\u202e", "\ud800", "\udfff\ud800", "é", "\U0001f600", "\n", "\r", "\x0c", "\u2028",
         "\ufeff", "=1+1", "<script>", "](javascript:", "../", "x" * 300, "\t", "\\", "'''", '"', "`", "%%time\n", "%%bash\n",
         "%x\n", "!ls\n", "?", "    ", "#", ";", "\\\n", "lambda: ", "f'{x}'", "f'''{\"\n\"}'''", "def overlap(a): pass\n",
         "class A: pass\n", "@a\n", "overlap", "recall", "tiny", "nan", "inf", "torch", "numpy")  # fmt: skip
PLAIN: tuple[Any, ...] = (None, True, False, [], {}, "", [[]], {"": 0})
KEYS = ("m", "b", "j", "l", "t", "d", "a", "s", "f", "n", "h", "id", "ok", "value", "code", "etype", "message", "line", "cell",
        "cells", "cell_type", "source", "input", "metadata", "nbgrader", "grade_id", "outputs", "output_type", "data",
        "text", "text/plain", "image/png", "image/jpeg", "ename", "evalue", "worksheets", "schema", "name", "title",
        "points", "bonus", "withhold", "preload", "checkpoints", "limits", "question", "hand", "names", "tolerance", "atol", "rtol",
        "cpu_seconds", "memory_mb", "late", "due", "grace_minutes", "percent_per_day", "maximum_days",
        "properties", "detail", "questions", "status")  # fmt: skip


class Trees:
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
            slots = list(slots_of(root))
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

    def any_seed(self, target: str) -> bytes:
        return self.random.choice(_seeds(target))


@functools.cache
def _seeds(target: str) -> list[bytes]:
    return SEEDS[target]()


def slots_of(root: Any) -> Iterator[Slot]:
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
