"""The trusted side's view of one student's code: a proxy whose calls happen in the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from autograder import protocol
from autograder.plaintext import without_addresses

#: How a call can fail; `timeout`, `crashed`, `memory` and `protocol` may cost the worker its life.
CODES = ("raised", "timeout", "crashed", "memory", "missing", "unsupported", "protocol")
MAX_ETYPE = 100
MAX_MESSAGE = 2000
MAX_CALL_TEXT = 160
#: Of a statement that failed.
FAILURE = {"line": int, "etype": str, "message": str}


class StudentFault(Exception):
    """Why student code gave no value.

    Parameters
    ----------
    code
        One of `CODES`.
    message
        One sentence; for `raised` it is the student's own text.
    etype
        For `raised`, the name of the exception's type.
    seconds
        For `timeout`, the limit.
    """

    def __init__(self, code: str, message: str, etype: str = "", seconds: float = 0.0) -> None:
        super().__init__(f"{etype}: {message}" if etype else message)
        self.code, self.message, self.etype, self.seconds = code, message, etype, seconds


class Connection(Protocol):
    """Carries one request to a worker and its reply back."""

    def exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        """The decoded reply; `StudentFault` where none came that can be trusted to be one."""


class LocalConnection:
    """Answers in this process, through the very frames that a worker would get.

    Parameters
    ----------
    namespace
        The namespace of a student's own notebook.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        from autograder.worker import Interpreter

        self._interpreter = Interpreter(namespace)

    def exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        request = protocol.decode(_reader(protocol.encode(request)), with_numpy=True)
        return protocol.decode(_reader(self._interpreter.answer(request)))


def _reader(frame: bytes) -> protocol.Read:
    view, position = memoryview(frame), 0

    def read(count: int) -> bytearray:
        nonlocal position
        position += count
        return bytearray(view[position - count:position])

    return read


class Student:
    """Calls what a student wrote: `student.f(x, k=3)` runs `f` in the worker, on copies.

    Arrays come back as torch tensors; everything else as plain Python values. A name that clashes
    with one of the methods here is reached through `student.call("name", ...)`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._requests = 0
        self._kept = 0
        self._reseed: int | None = None
        #: The last call as a short text, such as `corrupt(tensor 5×784, 0.1)`, and the name called.
        self.last_call = ""
        self.last_name = ""
        #: Functions that are not called again, and the fault that they ended in.
        self.banned: Mapping[str, StudentFault] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.call(name, *args, **kwargs)

    def call(self, name: str, /, *args: object, **kwargs: object) -> Any:
        """The value of the student's function `name`."""
        return self._call(protocol.Name(name), name, None, args, kwargs, None)

    def make(self, name: str, /, *args: object, **kwargs: object) -> Handle:
        """What the student's class or function `name` returns, kept in the worker."""
        handle = self._handle(name)
        self._call(protocol.Name(name), name, None, args, kwargs, handle.number)
        return handle

    def keep(self, value: object) -> Handle:
        """Put a value into the worker; the handle can be an argument and reads it back."""
        handle = self._handle(_shown(value))
        self._ask({"op": "put", "value": _outgoing(value), "keep": handle.number})
        return handle

    def ref(self, name: str) -> protocol.Name:
        """The student's own function or class, as an argument."""
        return protocol.Name(name)

    def defines(self, name: str) -> bool:
        """Whether the notebook defines the name."""
        return self._ask({"op": "defines", "name": name}) is True

    def seed(self, seed: int) -> None:
        """Seed random, numpy and torch in the worker, on the way of the next request."""
        self._reseed = seed

    def refuses(self, name: str, /, *args: object, **kwargs: object) -> str:
        """Type name of the exception that the call must raise; a stub's does not count."""
        try:
            self.call(name, *args, **kwargs)
        except StudentFault as fault:
            if fault.code == "raised" and fault.etype != "NotImplementedError":
                return fault.etype
            raise
        raise AssertionError(f"{self.last_call} must be refused with an error, but it returned a value")

    def run_cells(self, cells: Sequence[tuple[str, str]]) -> list[str]:
        """Run cells (label, source) in order, in one request; one sentence per statement that failed."""
        reply = self._ask({"op": "cells", "cells": [[label, source] for label, source in cells]})
        if type(reply) is not list:
            raise self._violation()
        sentences = []
        for entry in reply:
            place = entry.pop("cell", None) if type(entry) is dict else None
            if type(place) is not int or not 0 <= place < len(cells):
                raise self._violation()
            sentences.append(f"{cells[place][0]}, {self._failure(entry)}")
        return sentences

    def run(self, source: str, label: str) -> list[str]:
        """Run a cell; one sentence per statement that failed."""
        reply = self._ask({"op": "run", "source": source, "label": label})
        if type(reply) is not list:
            raise self._violation()
        return [self._failure(entry) for entry in reply]

    def _failure(self, entry: object) -> str:
        if type(entry) is not dict or {key: type(part) for key, part in entry.items()} != FAILURE:
            raise self._violation()
        message = without_addresses(entry["message"][:MAX_MESSAGE])
        return f"line {entry['line']}: {entry['etype'][:MAX_ETYPE]}" + (f": {message}" if message else "")

    def _handle(self, shown: str) -> Handle:
        self._kept += 1
        return Handle(self, self._kept, shown)

    def _call(self, target: protocol.Name | protocol.Kept, shown: str, method: str | None, args: tuple[object, ...],
              kwargs: dict[str, object], keep: int | None) -> Any:
        self.last_call, self.last_name = call_text(shown, args, kwargs), shown.split(".")[0]
        if self.last_name in self.banned:
            raise self.banned[self.last_name]
        return self._ask({"op": "call", "target": target, "method": method, "args": [_outgoing(a) for a in args],
                          "kwargs": {name: _outgoing(a) for name, a in kwargs.items()}, "keep": keep})

    def _ask(self, request: dict[str, Any]) -> Any:
        """The value of a reply whose form is exactly as agreed."""
        self._requests += 1
        reseed, self._reseed = self._reseed, None
        reply = self._connection.exchange(request | {"id": self._requests, "reseed": reseed})
        if type(reply.get("id")) is not int or reply["id"] != self._requests or type(reply.get("ok")) is not bool:
            raise self._violation()
        if reply["ok"] and set(reply) == {"id", "ok", "value"} and not _has_reference(reply["value"]):
            return reply["value"]
        texts = [reply.get(key) for key in ("code", "etype", "message")]
        if reply["ok"] or len(reply) != 5 or any(type(text) is not str for text in texts) or texts[0] not in (
                "raised", "memory", "missing", "unsupported"):
            raise self._violation()
        code, etype, message = (str(text) for text in texts)
        raise StudentFault(code, without_addresses(message[:MAX_MESSAGE]), etype[:MAX_ETYPE])

    def _violation(self) -> StudentFault:
        """The worker sent a frame that nobody agreed on: it is not spoken to again."""
        fault = StudentFault("protocol", "the worker sent what is not a result")
        condemn = getattr(self._connection, "condemn", None)
        if condemn is not None:
            condemn(fault)
        return fault


class Handle:
    """A value that stays in the worker: a module, an instance, or an argument put there."""

    def __init__(self, student: Student, number: int, shown: str) -> None:
        self._student, self.number, self._shown = student, number, shown

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """The value of calling what is kept."""
        return self._student._call(self._target, self._shown, None, args, kwargs, None)

    def call(self, method: str, /, *args: object, **kwargs: object) -> Any:
        """The value of one of its methods."""
        return self._student._call(self._target, f"{self._shown}.{method}", method, args, kwargs, None)

    def attr(self, name: str) -> Handle:
        """One of its attributes, kept as well."""
        handle = self._student._handle(f"{self._shown}.{name}")
        self._student._ask({"op": "attr", "target": self._target, "name": name, "keep": handle.number})
        return handle

    def value(self) -> Any:
        """A copy of it, where it can cross."""
        return self._student._ask({"op": "get", "target": self._target})

    def state(self) -> dict[str, Any]:
        """Parameters and buffers of a module by name."""
        state = self._student._ask({"op": "state", "target": self._target})
        if type(state) is not dict:
            raise self._student._violation()
        return state

    def load(self, values: Mapping[str, Any]) -> None:
        """Set parameters and buffers of a module by name."""
        self._student._ask({"op": "load", "target": self._target, "values": dict(values)})

    @property
    def _target(self) -> protocol.Kept:
        return protocol.Kept(self.number)


def _outgoing(value: object) -> Any:
    if isinstance(value, Handle):
        return protocol.Kept(value.number)
    if type(value) in (list, tuple):
        return type(value)(_outgoing(item) for item in value)  # type: ignore[call-arg,attr-defined]
    if type(value) is dict:
        return {key: _outgoing(item) for key, item in value.items()}
    return value


def _has_reference(value: object) -> bool:
    if isinstance(value, list | tuple):
        return any(_has_reference(item) for item in value)
    if isinstance(value, dict):
        return any(_has_reference(item) for item in value.values())
    return isinstance(value, protocol.Name | protocol.Kept)


def call_text(name: str, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    """A call as a person would write it, with shapes in place of arrays."""
    parts = [_shown(value) for value in args] + [f"{key}={_shown(value)}" for key, value in kwargs.items()]
    text = f"{name}({', '.join(parts)})"
    return text if len(text) <= MAX_CALL_TEXT else text[:MAX_CALL_TEXT - 2] + "…)"


def _shown(value: object) -> str:
    shape = getattr(value, "shape", None)
    if shape is not None:
        if len(shape) == 0:
            return f"{float(value):g}"  # type: ignore[arg-type]
        return f"tensor {'×'.join(str(int(n)) for n in shape)}"
    if isinstance(value, Handle):
        return value._shown
    if isinstance(value, protocol.Name):
        return value.name
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple) and len(value) > 4:
        return f"{type(value).__name__} of {len(value)}"
    if isinstance(value, list | tuple):
        inner = ", ".join(_shown(item) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
