"""Execute student code and answer requests for values: the only file that runs what students wrote.

It runs inside the box as a plain script beside `protocol.py`, or in a student's own notebook.
"""

from __future__ import annotations
import __future__

import builtins
import linecache
import random
import sys
import types

# bound here, because student code may replace what the modules hold
from ast import ImportFrom, Module, parse, stmt
from collections.abc import Callable, Iterator
from typing import Any

try:
    from autograder import protocol
except ImportError:  # inside the box the package does not exist
    import protocol  # type: ignore[import-not-found,no-redef]

MAX_FAILURES = 20
MAX_MESSAGE = 2000
NO_MODULE_STATE = "only a torch.nn.Module has a state, got {}"


class Interpreter:
    """One namespace in which cells run, and the values that the grader keeps there.

    Parameters
    ----------
    namespace
        The namespace to work in; that of a new module `__main__` unless given.
    """

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        self._own_process = namespace is None
        if namespace is None:
            main = types.ModuleType("__main__")
            sys.modules["__main__"] = main
            namespace = vars(main)
            namespace.update(display=_display, get_ipython=_NoShell)
        self.namespace = namespace
        self.kept: dict[int, Any] = {}
        self._operations: dict[str, Callable[[dict[str, Any]], Any]] = {
            "run": self._run, "cells": self._cells, "defines": self._defines, "call": self._call,
            "put": self._put, "get": self._get, "attr": self._attr, "state": self._state, "load": self._load,
        }

    def answer(self, request: dict[str, Any], cap: int = protocol.MAX_BYTES) -> bytes:
        """Frame of the reply: a value, or which fault; whatever student code does, it does not raise."""
        number = request.pop("id")
        try:
            return protocol.encode({"id": number, "ok": True, "value": self._value(request)}, cap)
        except _Missing as error:
            code, etype, message = "missing", "NameError", str(error)
        except protocol.Unsupported as error:
            code, etype, message = "unsupported", "TypeError", str(error)
        except BaseException as error:  # SystemExit and KeyboardInterrupt raised by student code too
            if isinstance(error, KeyboardInterrupt) and not self._own_process:
                raise  # the person at the notebook wants it to stop
            code = "memory" if _out_of_memory(error) else "raised"
            etype, message = _described(error)
        return protocol.encode({"id": number, "ok": False, "code": code, "etype": etype, "message": message})

    def _value(self, request: dict[str, Any]) -> Any:
        """The value asked for, or None where it is kept here under the number asked for."""
        if request["reseed"] is not None:
            _seed(request["reseed"])
        value = self._operations[request["op"]](request)
        if request.get("keep") is None:
            return value
        self.kept[request["keep"]] = value
        return None

    def _run(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """Run a cell statement by statement: one that fails is reported, the rest goes on."""
        source, label = request["source"], f"<{request['label']}>"
        failures: list[dict[str, Any]] = []
        try:
            tree, source = _parse(source, label)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            etype, message = _described(error)
            return [{"line": getattr(error, "lineno", 0) or 0, "etype": etype, "message": message}]
        linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
        flags = 0
        for statement in tree.body:
            try:
                flags |= _future_flags(statement)
                code = compile(Module([statement], []), label, "exec", flags, dont_inherit=True)
                exec(code, self.namespace)
            except BaseException as error:
                etype, message = _described(error)
                failures.append({"line": _line(error, label) or statement.lineno, "etype": etype, "message": message})
        return failures[:MAX_FAILURES]

    def _cells(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """Run several cells in order, as `run` runs each; failures name their cell by its place."""
        return [failure | {"cell": place} for place, (label, source) in enumerate(request["cells"])
                for failure in self._run({"label": label, "source": source})]

    def _defines(self, request: dict[str, Any]) -> bool:
        return request["name"] in self.namespace

    def _call(self, request: dict[str, Any]) -> Any:
        function = self._find(request["target"])
        if request["method"] is not None:
            function = getattr(function, request["method"])
        arguments = [self._argument(value) for value in request["args"]]
        return function(*arguments, **{name: self._argument(value) for name, value in request["kwargs"].items()})

    def _put(self, request: dict[str, Any]) -> Any:
        return self._argument(request["value"])

    def _get(self, request: dict[str, Any]) -> Any:
        return self._find(request["target"])

    def _attr(self, request: dict[str, Any]) -> Any:
        return getattr(self._find(request["target"]), request["name"])

    def _state(self, request: dict[str, Any]) -> dict[str, Any]:
        """Parameters and buffers of a module by name, in their order."""
        return dict(self._module(request).state_dict().items())

    def _load(self, request: dict[str, Any]) -> None:
        """Set parameters and buffers of a module by name; the others stay as they are."""
        import torch

        present = self._module(request).state_dict()
        with torch.no_grad():
            for name, value in request["values"].items():
                if name not in present:
                    raise KeyError(f"the module has no parameter {name!r}; it has {', '.join(present) or 'none'}")
                if present[name].shape != value.shape:
                    raise ValueError(f"{name} must have the shape {tuple(value.shape)}, "
                                     f"got {tuple(present[name].shape)}")
                present[name].copy_(value)

    def _module(self, request: dict[str, Any]) -> Any:
        import torch

        module = self._find(request["target"])
        if not isinstance(module, torch.nn.Module):
            raise protocol.Unsupported(NO_MODULE_STATE.format(type(module).__name__))
        return module

    def _find(self, target: protocol.Name | protocol.Kept) -> Any:
        if isinstance(target, protocol.Kept):
            return self.kept[target.number]
        if target.name not in self.namespace:
            raise _Missing(f"{target.name} is not defined in the notebook")
        return self.namespace[target.name]

    def _argument(self, value: Any) -> Any:
        """The value with every reference in it replaced by the object that it stands for."""
        if isinstance(value, protocol.Name | protocol.Kept):
            return self._find(value)
        if type(value) in (list, tuple):
            return type(value)(self._argument(item) for item in value)
        if type(value) is dict:
            return {key: self._argument(item) for key, item in value.items()}
        return value


def _own_builtins() -> types.ModuleType:
    """Builtins for student code alone: what it replaces there stays as it was for everybody else."""
    copy = types.ModuleType("builtins")
    vars(copy).update(vars(builtins))
    sys.modules["builtins"] = copy
    return copy


def _seed(seed: int) -> None:
    """Seed the generators that students use."""
    import numpy as np

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 students use the global generator
    # importing it takes seconds; until a notebook does, its generator has a fixed seed of its own
    if (torch := sys.modules.get("torch")) is not None:
        torch.manual_seed(seed)


class _Missing(Exception):
    """A name that the notebook does not define."""


class _NoShell:
    """Stands for IPython's shell: whatever is asked of it does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


def _display(*values: object, **options: object) -> None:
    for value in values:
        print(value)


def _parse(source: str, label: str) -> tuple[Module, str]:
    """Tree of the cell; lines for the shell and help (%, !, ?) are left out only where it would not parse with them."""
    try:
        return parse(source, label), source
    except SyntaxError:
        lines = ["" if line.lstrip().startswith(("%", "!", "?")) or line.rstrip().endswith("?") else line
                 for line in source.split("\n")]
        if lines == source.split("\n"):
            raise
        return parse("\n".join(lines), label), "\n".join(lines)


def _future_flags(statement: stmt) -> int:
    if not isinstance(statement, ImportFrom) or statement.module != "__future__":
        return 0
    return sum(getattr(__future__, alias.name).compiler_flag for alias in statement.names
               if hasattr(__future__, alias.name))


def _line(error: BaseException, label: str) -> int:
    """The last line of the cell that the error passed through, 0 if none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == label:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _described(error: BaseException) -> tuple[str, str]:
    """Type name and message of an exception, which may itself raise when it is asked."""
    etype = str(type.__dict__["__name__"].__get__(type(error)))[:100]
    try:
        message = str(error)
    except BaseException:
        message = "(its message could not be read)"
    return etype, str.__str__(message)[:MAX_MESSAGE]


def _out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or (
        type(error) is RuntimeError and "DefaultCPUAllocator" in _described(error)[1])


def serve(read: protocol.Read, write: Callable[[bytes], object], cap: int) -> None:
    """Answer requests until the grader goes away."""
    interpreter = Interpreter()
    interpreter.namespace["__builtins__"] = _own_builtins()
    for request in _requests(read):
        write(interpreter.answer(request, cap))


def _requests(read: protocol.Read) -> Iterator[dict[str, Any]]:
    while True:
        try:
            yield protocol.decode(read, with_numpy=True)
        except EOFError:
            return
