"""What must hold of any frame and of any reply: plain data or a refusal, in memory that its bytes justify."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder import protocol
from autograder.student import Student, StudentFault

#: Bytes of buffers that a frame may hold here: small, so that the limit is reached.
CAP = 1 << 16


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
