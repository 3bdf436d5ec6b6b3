"""The three standard streams as a long run needs them: a reader that goes away, or a closed one, stops no work."""

from __future__ import annotations

import io
import os
import sys


class _Outlet(io.FileIO):
    """Writes as long as somebody reads; remarks are dropped where they cannot be written at all."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._told = descriptor == 2

    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            if not isinstance(error, BrokenPipeError) and not self._told:
                self._told = True
                raise  # results that are lost, on a full disk for one, must be told, but once
            return len(memoryview(data))  # type: ignore[arg-type]


def mend_streams() -> None:
    """Open what is closed, so that no file of ours takes its number; then let nothing said stop what is done."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is sys.__stdout__:
        sys.stdout = _text(1, sys.stdout)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text(2, sys.stderr)


def _text(descriptor: int, before: io.TextIOBase | None) -> io.TextIOWrapper:
    encoding, errors = (before.encoding, before.errors) if before is not None else ("utf-8", "backslashreplace")
    outlet = _Outlet(descriptor)
    by_line = descriptor == 2 or outlet.isatty()
    return io.TextIOWrapper(io.BufferedWriter(outlet), encoding, errors, line_buffering=by_line)
