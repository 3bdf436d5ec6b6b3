"""The grader's end of a container: workers over one pair of pipes, held as those of any other box are."""

from __future__ import annotations

import itertools
import json
import os
import select
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder import isolation_container as container
from autograder.isolation import IsolationError, Limits
from autograder.isolation_channel import CHUNK, EVERY, FIRST_LOOK, Gone, Stream

_HEADER = struct.Struct("<cII")
#: How long the container may take to import its packages, a fork to come up, a question about use to be answered.
START_SECONDS, FORK_SECONDS, ASK_SECONDS, END_SECONDS = 300.0, 30.0, 30.0, 20.0
#: No frame of the relay is larger; what claims to be is none of its.
MAX_FRAME = CHUNK
HINT = "see `autograder doctor`."


class Trunk:
    """A running container and the frames that go in and out.

    Parameters
    ----------
    staged
        Folder with the scripts that run inside.
    python_path
        Folders that come before the installed packages.
    limits
        What student code may use.
    config
        What the relay and the zygote are told.
    """

    def __init__(self, staged: Path, python_path: Sequence[str], limits: Limits, config: dict[str, Any]) -> None:
        self._engine, self._name = container.engine(), container.new_name()
        self._limits, self._numbers = limits, itertools.count(1)
        self._received, self._waiting = bytearray(), bytearray()
        self._ready: dict[str, str] | None = None
        self._lines: dict[int, Line] = {}
        self.gone = False
        command = container.run_command(self._engine, self._name, staged, python_path, limits)
        with (staged / "log").open("wb") as log:
            self._client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                            start_new_session=True)
        assert self._client.stdin is not None
        assert self._client.stdout is not None
        self._to, self._from = self._client.stdin.fileno(), self._client.stdout.fileno()
        for descriptor in (self._to, self._from):
            os.set_blocking(descriptor, False)
        self._first = self._lines[0] = Line(self, 0, limits)
        try:
            self._start(config, staged / "log")
        except BaseException:
            self.close()
            raise

    def _start(self, config: dict[str, Any], log: Path) -> None:
        told = config | {"versions": list(container.versions())}
        with suppress(Gone):
            self.send(b"H", 0, json.dumps(told).encode())
        self.wait(lambda: self._ready is not None or bool(self._first.error), START_SECONDS)
        if self._ready is None:
            with suppress(subprocess.TimeoutExpired):
                self._client.wait(2)  # then all that it had to say stands in the log
            reason = self._first.error or log.read_text(encoding="utf-8", errors="replace").strip() or "no answer"
            raise IsolationError(f"the container for student code did not start ({reason[-300:]}): {HINT}")
        ours = container.versions()
        if others := {name: self._ready.get(name) for name in ours if self._ready.get(name) != ours[name]}:
            name = min(others)
            raise IsolationError(
                f"the image {container.image()} holds {name} {others[name] or 'not at all'}, the grader {ours[name]}: "
                f"make it again with `{container.build_command(self._engine)}`.")

    def fork(self) -> Line:
        """A fresh worker.

        Raises
        ------
        IsolationError
            Where none came up.
        """
        number = next(self._numbers)
        line = self._lines[number] = Line(self, number, self._limits)
        with suppress(Gone):
            self.send(b"F", number)
        self.wait(lambda: line.up or bool(line.error), FORK_SECONDS)
        if not line.up:
            raise IsolationError(f"no worker could be started ({line.error or 'a fork gave no sign of life'}): {HINT}")
        return line

    def forget(self, number: int) -> None:
        self._lines.pop(number, None)

    def close(self) -> None:
        """End the container: its first process ends with its stdin."""
        self.gone = True
        for file in (self._client.stdin, self._client.stdout):
            if file is not None:
                with suppress(OSError):
                    file.close()
        try:
            self._client.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            container.end(self._engine, self._name)
            self._client.kill()
            self._client.wait()

    def send(self, kind: bytes, number: int, payload: bytes = b"", look: Callable[[], float] | None = None) -> None:
        """Send a frame; what comes meanwhile is taken, or both sides would wait for each other.

        `look` may send frames itself: they follow the one that is on its way.
        """
        self._waiting += _HEADER.pack(kind, number, len(payload)) + payload
        deadline = time.monotonic() + ASK_SECONDS
        while self._waiting:
            if self.gone or (look is None and time.monotonic() > deadline):
                raise Gone
            try:
                del self._waiting[:os.write(self._to, self._waiting[:CHUNK])]
            except BlockingIOError:
                self._turn(0.05 if look is None else look(), writing=True)
            except OSError:
                self.gone = True

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Take frames until something holds; whether it does when time is up or the container is gone."""
        deadline = time.monotonic() + seconds
        while not until() and not self.gone and time.monotonic() < deadline:
            self._turn(deadline - time.monotonic())
        return until()

    def _turn(self, seconds: float, writing: bool = False) -> None:
        """Wait for something to happen, at most so long, and take what has come."""
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        if writing:
            poll.register(self._to, select.POLLOUT)
        poll.poll(max(seconds, 0) * 1000)
        self.take()

    def take(self) -> None:
        """Take what has come already."""
        if self.gone:
            return
        try:
            data = os.read(self._from, 1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.gone = not data
        self._received += data
        try:
            self._frames()
        except (ValueError, KeyError, TypeError, AttributeError):
            self.gone = True  # this is no relay of ours

    def _frames(self) -> None:
        while len(self._received) >= _HEADER.size:
            kind, number, length = _HEADER.unpack_from(self._received)
            if length > MAX_FRAME:
                raise ValueError("frame too long")
            if len(self._received) < _HEADER.size + length:
                return
            payload = bytes(self._received[_HEADER.size:_HEADER.size + length])
            del self._received[:_HEADER.size + length]
            if kind == b"H":
                self._ready = {str(name): str(value) for name, value in json.loads(payload).items()}
            elif (line := self._lines.get(number)) is not None:
                line.got(kind, payload)


class Line:
    """One worker in the container: its channel and its process, as `Worker` expects both."""

    def __init__(self, trunk: Trunk, number: int, limits: Limits) -> None:
        self._trunk, self._number, self._limit = trunk, number, limits.memory_mb << 20
        self.out, self.err = Stream(-1, limits.output_kib << 10), Stream(-1, limits.output_kib << 10)
        self.look: Callable[[], None] = lambda: None
        self.pid = 0
        self.up = False
        self.error = ""
        self._data = bytearray()
        self._closed = False
        self._use: dict[str, float] | None = None
        self._left: int | None = None
        self._too_much = False
        self._next_look = 0.0

    def got(self, kind: bytes, payload: bytes) -> None:
        """A frame for this worker."""
        if kind == b"D":
            self._data += payload
        elif kind in (b"O", b"P"):
            (self.out if kind == b"O" else self.err).take(payload)
        elif kind == b"F":
            self.up = True
        elif kind == b"E":
            self.error = payload.decode("utf-8", "replace") or "no reason was given"
        elif kind == b"C":
            self._closed = True
        elif kind in (b"U", b"K"):
            told = {str(name): float(value) for name, value in json.loads(payload).items()}
            self._too_much = self._too_much or bool(told["oom"])
            if kind == b"U":
                self._use = told
            else:
                self._left = int(told["left"])

    def begin(self) -> None:
        """A new request: the first look comes soon, later ones at longer intervals."""
        self._next_look = time.monotonic() + FIRST_LOOK

    def pending(self) -> bool:
        """Whether bytes have come that nobody asked for."""
        self._trunk.take()
        if not self._data and (self._closed or self._trunk.gone):
            raise Gone
        return bool(self._data)

    def send(self, frame: bytes) -> None:
        for start in range(0, len(frame), CHUNK):
            self._trunk.send(b"D", self._number, frame[start:start + CHUNK], self._glance)

    def receive(self, count: int) -> bytearray:
        """Exactly `count` bytes, in memory that grows only as they arrive."""
        while len(self._data) < count:
            if self._closed or self._trunk.gone:
                raise Gone
            self._trunk.wait(lambda: len(self._data) >= count or self._closed, self._glance())
        data, self._data = self._data[:count], self._data[count:]
        return data

    def _glance(self) -> float:
        """Look if it is time to; seconds until the next look."""
        if time.monotonic() >= self._next_look:
            self.look()
            self._next_look = time.monotonic() + EVERY
        return max(self._next_look - time.monotonic(), 0.001)

    def drain(self) -> None:
        """Take what has been printed so far."""
        if not self.ended():
            with suppress(Gone):
                self.used()  # before it answers this, the relay sends all there is

    @property
    def memory_limit(self) -> str:
        return "watchdog"

    @property
    def out_of_memory(self) -> bool:
        """Whether it was ended for want of memory."""
        return self._too_much

    def used(self) -> tuple[float, float]:
        """Seconds of CPU of all its processes, and seconds that the student process waited for a processor."""
        self._use = None
        self._trunk.send(b"U", self._number)
        if not self._trunk.wait(lambda: self._use is not None, ASK_SECONDS) or self._use is None:
            if self._trunk.gone:
                raise Gone
            raise IsolationError(f"the container for student code has stopped answering: {HINT}")
        self._too_much = self._too_much or self._use["memory"] > self._limit
        return self._use["cpu"], self._use["queued"]

    def over_memory(self) -> bool:
        """Whether it held more than it may when `used` last asked."""
        return self._too_much

    def ended(self) -> bool:
        """Whether it is known to have ended."""
        return self._left == 0 or self._trunk.gone

    def kill(self) -> None:
        """Nothing: `end` asks the container and is answered at once."""

    def end(self) -> bool:
        """Kill it and everything it started; whether nothing is left."""
        if self._left is None:
            with suppress(Gone):
                self._trunk.send(b"K", self._number)
            self._trunk.wait(lambda: self._left is not None, END_SECONDS)
        if self._left is None and not self._trunk.gone:
            self._trunk.close()  # it does not answer: everything in it goes
        return self.ended()

    def close(self) -> None:
        self._trunk.forget(self._number)
