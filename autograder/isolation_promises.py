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

from autograder.isolation import IsolationError, Limits
from autograder.student import Student, StudentFault
from autograder.tempfolder import temp_folder

if TYPE_CHECKING:
    from autograder.sandbox import Box

_names = itertools.count()
#: Limits to try out: what is promised of them is promised of others, and little is soon filled.
SMALL = Limits(cpu_seconds=10, wall_seconds=30, memory_mb=256, processes=16, disk_mb=8)

#: Runs as student code does; every function says what it managed to do, "" for nothing.
ATTEMPTS = '''
import os, signal, socket, time

def write_to(paths):
    done = []
    for path in paths:
        try:
            open(path, "x").close()
            done.append(path)
            os.unlink(path)
        except OSError:
            pass
    return ", ".join(done)

def connect(port, name):
    done = []
    for family, address in ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, chr(0) + name)):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as s:
                s.settimeout(1)
                s.connect(address)
                done.append(str(family.name))
        except OSError:
            pass
    return ", ".join(done)

def read(path):
    try:
        return open(path).read()[:20]
    except OSError:
        return ""

def ancestors(pid):
    found = {1, pid}
    while pid > 1:
        pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
        found.add(pid)
    return found

def look_around(grader):
    done = []
    try:
        ours = ancestors(os.getpid())
        others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in ours]
        done += [f"{len(others)} other processes"] if others else []
    except OSError:
        pass
    try:
        if grader not in (1, os.getpid()):  # in a process space of its own these numbers mean others
            os.kill(grader, 0)
            done.append("a signal to the grader")
    except OSError:
        pass
    return ", ".join(done)

def fork(count):
    made = []
    try:
        for _ in range(count):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            made.append(child)
        return f"{len(made)} processes"
    except OSError:
        return ""
    finally:
        for child in made:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

def fill(mebibytes):
    try:
        for number in range(mebibytes // 8):
            with open(f"full{number}", "wb") as file:
                for _ in range(8):
                    file.write(bytes(1 << 20))
        return f"{mebibytes} MiB on disk"
    except OSError:
        return ""
    finally:
        [os.unlink(name) for name in os.listdir(".") if name.startswith("full")]

def litter(count):
    try:
        for number in range(count):
            open(f"file{number}", "w").close()
        return f"{count} files"
    except OSError:
        return ""

def allocate(mebibytes):
    held = bytearray(mebibytes << 20)
    held[::4096] = bytes([1]) * len(held[::4096])
    return f"{mebibytes} MiB in one process"

def allocate_together(mebibytes, parts):
    for _ in range(parts):
        if os.fork() == 0:
            allocate(mebibytes // parts)
            time.sleep(60)
            os._exit(0)
    time.sleep(2)
    return f"{mebibytes} MiB in {parts} processes"
'''


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
            lambda s, o, b: s.look_around(os.getpid()), _BWRAP, True),
    Promise("the number of processes is limited", "fork past the limit", BOXED,
            lambda s, o, b: s.fork(b.limits.processes + 8), "start as root or upgrade to a kernel from 5.14 on"),
    Promise("scratch space is limited", "fill it", BOXED, lambda s, o, b: s.fill(b.limits.disk_mb + 16), _BWRAP),
    Promise("the number of files is limited", "make many", BOXED,
            lambda s, o, b: s.litter(b.limits.disk_mb * 32 + 8), _BWRAP),
    Promise("memory is limited", "allocate more in one process", EVERYWHERE,
            lambda s, o, b: s.allocate(b.limits.memory_mb + 64), "lower memory_mb"),
    Promise("memory is limited for all processes together", "allocate more in four", EVERYWHERE,
            lambda s, o, b: s.allocate_together(b.limits.memory_mb * 2, 4),
            "allow control groups, or read access to /proc/PID/smaps_rollup"),
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


def _try(promise: Promise, box: Box, there: Outside) -> Row:
    worker = box.worker()
    try:
        errors = worker.run(ATTEMPTS, "probe")
        done = "; ".join(errors) or promise.attempt(worker.student, there, box)
    except StudentFault as fault:
        done = "" if fault.code in ("memory", "crashed") else f"no answer ({fault.message})"
    finally:
        worker.close()
    return _row(promise, box, str(done))


def _row(promise: Promise, box: Box, done: str) -> Row:
    kept = not done
    if box.level not in promise.levels:
        result = "denied all the same" if kept else f"not promised at {box.level}: {done}"
        return Row(promise.promise, promise.probe, result, True, "" if kept else promise.cure)
    result = "denied" if kept else f"not denied: {done}"
    return Row(promise.promise, promise.probe, result, kept, "" if kept else promise.cure)


def verify_promises(box: Box) -> None:
    """Try the cheap probes in one worker; `IsolationError` where something promised to be denied was done."""
    worker = box.worker()
    try:
        with outside() as there:
            errors = worker.run(ATTEMPTS, "probe")
            for promise in PROMISES:
                if promise.quick and box.level in promise.levels:
                    done = "; ".join(errors) or promise.attempt(worker.student, there, box)
                    if done:
                        raise IsolationError(f"isolation {box.level} promises that {promise.promise}, but student code "
                                             f"managed this: {done}. {promise.cure}.")
    except StudentFault as fault:
        raise IsolationError(f"isolation {box.level} could not be tried out: {fault.message}.") from None
    finally:
        worker.close()


def probe_level(level: str | None = None, trust: bool = False) -> tuple[str, list[Row]]:
    """The level in force (the strongest unless given), and every promise tried in a worker of its own."""
    from autograder.sandbox import Box

    with Box(level, limits=SMALL, trust=trust) as box, outside() as there:
        return box.level, [_try(promise, box, there) for promise in PROMISES]


def probe(box: Box) -> list[Row]:
    """Every promise of the level that `box` keeps; tried in a small box, so that no memory of size is filled."""
    return probe_level(box.level, trust=True)[1]
