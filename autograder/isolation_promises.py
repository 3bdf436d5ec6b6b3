"""What isolation promises, each tried by doing from where student code runs."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograder import isolation_seccomp
from autograder.isolation import BrokenPromise, IsolationError, Limits
from autograder.isolation_attempts import ATTEMPTS
from autograder.student import Student, StudentFault
from autograder.tempfolder import temp_folder

if TYPE_CHECKING:
    from autograder.sandbox import Box, Worker

_names = itertools.count()
#: Limits to try out: what is promised of them is promised of others, and little is soon filled.
SMALL = Limits(cpu_seconds=10, wall_seconds=30, memory_mb=256, processes=16, disk_mb=8)


class Row(NamedTuple):
    """One promise, how it was tried, what came of it, and what to do where it was broken."""

    promise: str
    probe: str
    result: str
    kept: bool
    cure: str


@dataclass(frozen=True)
class Outside:
    """What there is to reach outside: a listener, a file nobody inside should see, folders."""

    port: int
    abstract: str
    canary: str
    folders: list[str]


@dataclass(frozen=True)
class Promise:
    """A denial, the levels that promise it, and the attempt that must come to nothing."""

    promise: str
    probe: str
    levels: tuple[str, ...]
    attempt: Callable[[Student, Outside, Box], Any]
    cure: str
    quick: bool = False
    #: Faults in which the attempt ends where it is denied.
    ends_in: tuple[str, ...] = ()


#: Levels that promise a denial: with a process space of its own, with filters, all.
BOXED, FILTERED, EVERYWHERE = ("L3", "L2d"), ("L3", "L2d", "L2"), ("L3", "L2d", "L2", "L1")
_BWRAP = "install bubblewrap and allow user namespaces (Ubuntu 24.04: an AppArmor profile for bwrap)"
_KERNEL = "use a kernel with Landlock (5.13, for TCP 6.7) and seccomp, or bubblewrap"
PROMISES = (
    Promise("nothing is written outside", "open files for writing in 5 places", FILTERED,
            lambda s, o, b: s.write_to([f"{folder}/{o.abstract}" for folder in o.folders]), _KERNEL, True),
    Promise("no connection is made", "TCP to a listener on loopback, abstract unix socket", FILTERED,
            lambda s, o, b: s.connect(o.port, o.abstract), _KERNEL, True),
    Promise("files outside cannot be read", "read a canary file that everybody may read", FILTERED,
            lambda s, o, b: s.read(o.canary), _KERNEL, True),
    Promise("other processes are out of reach", "list /proc, send the grader a signal", BOXED,
            # in a container the processes that started this one are there to be seen
            lambda s, o, b: s.look_around(os.getpid(), b.level == "L2d"), _BWRAP, True),
    Promise("no socket and no namespace can be made", "ask the kernel for some",
            FILTERED if isolation_seccomp.known() else (), lambda s, o, b: s.ask_kernel(), _KERNEL, True),
    Promise("the number of processes is limited", "fork past the limit", BOXED,
            lambda s, o, b: s.fork(b.limits.processes + 8), "start as root or upgrade to a kernel from 5.14 on"),
    Promise("scratch space is limited", "fill it", BOXED, lambda s, o, b: s.fill(b.limits.disk_mb + 16), _BWRAP),
    Promise("the number of files is limited", "make many", BOXED,
            lambda s, o, b: s.litter(b.limits.disk_mb * 32 + 8), _BWRAP),
    Promise("memory is limited", "allocate more in one process", EVERYWHERE,
            lambda s, o, b: s.allocate(b.limits.memory_mb + 64), "lower memory_mb", ends_in=("memory",)),
    Promise("memory is limited for all processes together", "allocate more in four", EVERYWHERE,
            lambda s, o, b: s.allocate_together(b.limits.memory_mb * 2, 4),
            "allow control groups, or read access to /proc/PID/smaps_rollup", ends_in=("memory", "crashed")),
)


@contextmanager
def outside() -> Iterator[Outside]:
    """Listeners and a canary, there for as long as the probes run."""
    name = f"hippo-probe-{os.getpid()}-{next(_names)}"
    with temp_folder("canary") as folder, socket.socket() as tcp:
        folder.chmod(0o777)
        canary = folder / "canary"
        canary.write_text("canary")
        canary.chmod(0o644)
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        with socket.socket(socket.AF_UNIX) as unix:
            if os.path.exists("/proc/net/unix"):  # noqa: PTH110 abstract names are Linux's own
                unix.bind("\0" + name)
                unix.listen()
            yield Outside(tcp.getsockname()[1], name, str(canary),
                          [str(folder), "/tmp/..", "/dev/shm", "/var/tmp", str(Path(__file__).parent)])


def _managed(promise: Promise, worker: Worker, box: Box, there: Outside) -> str:
    """What the attempt managed to do, empty where it was denied; `StudentFault` where it gave no answer."""
    try:
        errors = worker.run(ATTEMPTS, "probe")
        return "; ".join(errors) or str(promise.attempt(worker.student, there, box))
    except StudentFault as fault:
        if fault.code in promise.ends_in:
            return ""
        raise


def _row(promise: Promise, worker: Worker, box: Box, there: Outside) -> Row:
    try:
        done = _managed(promise, worker, box, there)
    except StudentFault as fault:
        said = f"no answer: {fault.message}"
        return Row(promise.promise, promise.probe, said, False, "run it again when less goes on here")
    cure = promise.cure if done else ""
    if box.level in promise.levels:
        return Row(promise.promise, promise.probe, f"not denied: {done}" if done else "denied", not done, cure)
    result = f"not promised at {box.level}: {done}" if done else "denied all the same"
    return Row(promise.promise, promise.probe, result, True, cure)


def verify_promises(box: Box, every: bool = False) -> None:
    """Try the cheap probes, or `every` one, in as few workers as may be.

    Raises
    ------
    BrokenPromise
        Where something promised to be denied was done.
    IsolationError
        Where an attempt gave no answer.
    """
    promises = [p for p in PROMISES if (every or p.quick) and box.level in p.levels]
    with outside() as there:
        worker = box.worker()
        try:
            for promise in promises:
                if worker.dead:  # the attempt before had to be ended
                    worker.close()
                    worker = box.worker()
                done = _managed(promise, worker, box, there)
                if done:
                    raise BrokenPromise(f"isolation {box.level} promises that {promise.promise}, but student code "
                                        f"managed this: {done}. To cure it: {promise.cure}.")
        except StudentFault as fault:
            raise IsolationError(f"isolation {box.level} could not be tried out: {fault.message}.") from None
        finally:
            worker.close()


def probe_level(level: str) -> list[Row]:
    """Every promise, tried in a small box at this level, so that no memory of size is filled."""
    from autograder.sandbox import Box

    rows = []
    with Box.at(level, SMALL) as box, outside() as there:
        for promise in PROMISES:
            worker = box.worker()
            try:
                rows.append(_row(promise, worker, box, there))
            finally:
                worker.close()
    return rows


def every_promise_is_kept(level: str) -> None:
    """Try all that the level promises; `BrokenPromise` names the first denial that does not happen."""
    from autograder.sandbox import Box

    with Box.at(level, SMALL) as box:
        verify_promises(box, every=True)
