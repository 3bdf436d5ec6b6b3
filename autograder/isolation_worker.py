"""A worker as the grader holds it: requests, deadlines, output, and how it ends."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

from autograder import protocol
from autograder.isolation import IsolationError, Limits
from autograder.isolation_channel import Channel, Gone
from autograder.isolation_process import Process
from autograder.isolation_sweep import remove
from autograder.isolation_trunk import Line
from autograder.student import Student, StudentFault

#: Seconds in which nothing can have filled the memory.
NOT_WORTH_A_LOOK = 0.01


class Output(NamedTuple):
    """What a worker printed, cut to the limit, and how many bytes were cut."""

    stdout: str
    stderr: str
    discarded: int


class Worker:
    """One question's student process; every fault that ends it is final."""

    def __init__(self, channel: Channel | Line, process: Process | Line, limits: Limits, scratch: Path | None) -> None:
        self._channel, self._process, self._scratch = channel, process, scratch
        self._limits = limits
        #: CPU and wall seconds of one call; may be set between calls.
        self.cpu_seconds, self.wall_seconds = limits.cpu_seconds, limits.wall_seconds
        #: Why it no longer answers, if it does not.
        self.dead: StudentFault | None = None
        self.student = Student(self)
        self._closed = False
        self._started = 0.0
        self._at_start: tuple[float, float] | None = None
        channel.look = self._look

    def exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to a request, or the fault that there is none."""
        if self.dead is not None:
            raise self.dead
        frame = protocol.encode(request)
        self._started, self._at_start = time.monotonic(), None
        self._channel.begin()
        try:
            if self._channel.pending():
                raise protocol.ProtocolError("bytes came that nobody asked for")
            self._channel.send(frame)
            reply = protocol.decode(self._channel.receive, self._limits.value_mb << 20)
            if time.monotonic() - self._started > NOT_WORTH_A_LOOK and self._process.out_of_memory:
                raise self._memory_fault()  # the kernel ended a child and spared the one that answered
        except protocol.ProtocolError:
            self.condemn(StudentFault("protocol", "the worker sent what is not a result"))
        except Gone:
            self.condemn(None)
        except StudentFault as fault:
            self.condemn(fault)
        if self.dead is not None:
            raise self.dead
        return reply

    def run(self, source: str, label: str) -> list[str]:
        """Run a cell; one sentence per statement that failed."""
        return self.student.run(source, label)

    def output(self) -> Output:
        """What was printed so far."""
        if not self._closed:
            self._channel.drain()
        out, err = self._channel.out, self._channel.err
        return Output(out.kept.decode("utf-8", "replace"), err.kept.decode("utf-8", "replace"),
                      out.discarded + err.discarded)

    def condemn(self, fault: StudentFault | None) -> None:
        """End it; it is remembered why. Without a fault, the process has ended by itself."""
        self._end()
        if self._process.out_of_memory:
            fault = self._memory_fault()
        self.dead = self.dead or fault or StudentFault("crashed", "your code ended the process it ran in")

    @property
    def ended(self) -> bool:
        """Whether the kernel says that it has ended."""
        return self._process.ended()

    def kill(self) -> None:
        """Send it to its end and do not wait; `close` waits."""
        self.dead = self.dead or StudentFault("crashed", "the worker was closed")
        self._process.kill()

    def close(self) -> None:
        """End it and everything that it started."""
        if self._closed:
            return
        self.dead = self.dead or StudentFault("crashed", "the worker was closed")
        self._end()
        self._channel.drain()
        self._closed = True
        self._channel.close()
        self._process.close()
        if self._scratch is not None:
            remove(self._scratch)

    def _end(self) -> None:
        if not self._process.end():
            raise IsolationError("a student process could not be ended, the kernel still lists it: stop grading and "
                                 f"look at process {self._process.pid}.")

    def _look(self) -> None:
        """While waiting: has it used up its time or its memory?"""
        cpu, queued = self._process.used()
        if self._at_start is None:
            self._at_start = cpu, queued
        # a machine that others keep busy must not fail an answer
        wall = time.monotonic() - self._started - max(queued - self._at_start[1], 0)
        if wall > self.wall_seconds:
            raise StudentFault("timeout", f"gave no answer within {self.wall_seconds:g} s", seconds=self.wall_seconds)
        if cpu - self._at_start[0] > self.cpu_seconds:
            message = f"ran longer than its {self.cpu_seconds:g} s of computing time"
            raise StudentFault("timeout", message, seconds=self.cpu_seconds)
        if self._process.over_memory():
            raise self._memory_fault()

    def _memory_fault(self) -> StudentFault:
        return StudentFault("memory", f"used more than the allowed {self._limits.memory_mb} MiB of memory")
