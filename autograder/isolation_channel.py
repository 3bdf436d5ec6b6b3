"""The grader's end of a worker's socket and pipes: never waits longer than a deadline, never for an end of file."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

CHUNK = 1 << 16
#: Time between two looks at what a busy worker has used.
FIRST_LOOK, EVERY = 0.02, 0.04


class Gone(Exception):
    """The other end has closed the socket."""


@dataclass
class Stream:
    """The first part of what a worker printed; the rest is counted."""

    descriptor: int
    most: int
    kept: bytes = b""
    discarded: int = 0

    def drain(self) -> bool:
        """Take what is there; False at the end of the file."""
        for _ in range(64):  # a fast printer must not hold the grader here
            try:
                data = os.read(self.descriptor, CHUNK)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.take(data)
        return True

    def take(self, data: bytes) -> None:
        """Keep of it what there is room for."""
        taken = data[:max(self.most - len(self.kept), 0)]
        self.kept += taken
        self.discarded += len(data) - len(taken)


class Channel:
    """Sends and receives exact numbers of bytes while it keeps the output pipes from filling up.

    Parameters
    ----------
    data
        Socket to the worker.
    out, err
        Reading ends of its output pipes.
    most
        Bytes to keep of each stream.
    """

    def __init__(self, data: socket.socket, out: int, err: int, most: int) -> None:
        self._socket = data
        self._socket.setblocking(False)
        self.out, self.err = Stream(out, most), Stream(err, most)
        self._poll = select.poll()
        self._streams = {stream.descriptor: stream for stream in (self.out, self.err)}
        for descriptor in self._streams:
            os.set_blocking(descriptor, False)
            self._poll.register(descriptor, select.POLLIN)
        #: Called while waiting; raises to give up.
        self.look: Callable[[], None] = lambda: None
        self._next_look = 0.0

    def begin(self) -> None:
        """A new request: the first look comes soon, later ones at longer intervals."""
        self._next_look = time.monotonic() + FIRST_LOOK

    def pending(self) -> bool:
        """Whether bytes have come that nobody asked for."""
        try:
            return bool(self._socket.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return False
        except OSError:
            raise Gone from None

    def send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[self._socket.send(rest):]
            except BlockingIOError:
                self._wait(select.POLLOUT)
            except OSError:
                raise Gone from None

    def receive(self, count: int) -> bytearray:
        """Exactly `count` bytes, in memory that grows only as they arrive."""
        buffer = bytearray()
        while len(buffer) < count:
            try:
                data = self._socket.recv(min(count - len(buffer), 1 << 20))
            except BlockingIOError:
                self._wait(select.POLLIN)
                continue
            except OSError:
                raise Gone from None
            if not data:
                raise Gone
            buffer += data
            self._glance()  # a drip that never stops must not go unseen
        return buffer

    def _wait(self, event: int) -> None:
        """Until the socket is ready or it is time to look, whichever comes first."""
        self._poll.register(self._socket, event)
        ready = self._poll.poll(max(self._next_look - time.monotonic(), 0) * 1000)
        self._take(ready)
        self._glance()

    def _glance(self) -> None:
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + EVERY
            self.look()

    def _take(self, ready: list[tuple[int, int]]) -> None:
        for descriptor, _ in ready:
            stream = self._streams.get(descriptor)
            if stream is not None and not stream.drain():
                self._poll.unregister(descriptor)
                del self._streams[descriptor]

    def drain(self) -> None:
        """Take what has been printed so far."""
        self._take([(descriptor, 0) for descriptor in list(self._streams)])

    def close(self) -> None:
        self._socket.close()
        for stream in (self.out, self.err):
            os.close(stream.descriptor)
