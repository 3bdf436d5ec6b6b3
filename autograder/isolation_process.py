"""One running worker as the kernel sees it: how much it has used, and how it is ended for certain."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from contextlib import suppress

from autograder.isolation_memory import MemoryGroup, cpu_seconds, memory_bytes, queued_seconds, tree

#: How long the kernel may take to end what was killed.
END_SECONDS = 10.0
_ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT if hasattr(os, "WNOWAIT") else 0


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a child has ended; it is not collected, so that its number and its group's stay its own."""
    return process.returncode is not None or os.waitid(os.P_PID, process.pid, _ENDED) is not None


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a child that leads a group, and the group: bubblewrap killed while it starts leaves a second one waiting."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Process:
    """The `init` of a worker; with its own pid namespace, ending it ends all.

    Parameters
    ----------
    pid
        Process id as seen here.
    own_namespace
        Whether it is pid 1 of a namespace.
    memory_mb
        Limit for all its processes together.
    """

    def __init__(self, pid: int, own_namespace: bool, memory_mb: int) -> None:
        self.pid, self._own_namespace, self._limit = pid, own_namespace, memory_mb << 20
        # the number stays this process's even after it ended
        self._pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        self._group = MemoryGroup.open(memory_mb, pid)
        self._too_much = False
        #: The process that answers requests, once it has come up.
        self.student_pid = pid

    @property
    def memory_limit(self) -> str:
        return "control group" if self._group is not None else "watchdog"

    @property
    def out_of_memory(self) -> bool:
        """Whether it was ended for want of memory."""
        return self._too_much or (self._group is not None and self._group.killed_any())

    def used(self) -> tuple[float, float]:
        """Seconds of CPU of all its processes, and seconds that the student process waited for a processor."""
        return cpu_seconds(tree(self.pid)), queued_seconds(self.student_pid)

    def over_memory(self) -> bool:
        """Whether all its processes together hold more than they may, or the kernel had to end one of them."""
        if self._group is None:
            # `init` is ours: all it holds is shared with the zygote, and nobody may look into it to see that
            self._too_much = self._too_much or memory_bytes(tree(self.pid)[1:], self._limit) > self._limit
        return self.out_of_memory

    def ended(self, within: float = 0.0) -> bool:
        """Whether the kernel says that it has ended."""
        if self._pidfd >= 0:
            poll = select.poll()
            poll.register(self._pidfd, select.POLLIN)
            return bool(poll.poll(max(within, 0) * 1000))
        deadline = time.monotonic() + within
        while True:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.005)

    def end(self) -> bool:
        """Kill it and everything it started; whether nothing is left."""
        deadline = time.monotonic() + END_SECONDS
        while not self._own_namespace and not self.ended():
            # orphans come back to `init`, so it goes last
            others = [pid for pid in tree(self.pid) if pid != self.pid]
            if not others or time.monotonic() > deadline:
                break
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in others:
                    with suppress(ProcessLookupError):
                        os.kill(pid, number)
            time.sleep(0.002)
        self._kill()
        return self.ended(deadline - time.monotonic())

    def kill(self) -> None:
        """Kill it and wait for nothing; where no namespace ends with it, that is left to `end`."""
        if self._own_namespace:
            self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            if self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        if self._group is not None:
            self._group.close()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
