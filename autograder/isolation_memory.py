"""The memory of all processes of one worker together: a control group where one may be made, else counting."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ROOT, _OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_counter = itertools.count()
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class MemoryGroup:
    """A control group of this worker's processes, version 1 or 2; `open` gives None where none may be made."""

    def __init__(self, folder: Path, version: int) -> None:
        self._folder, self._version = folder, version

    @classmethod
    def open(cls, limit_mb: int, pid: int | None = None) -> MemoryGroup | None:
        """A group with this limit; where `pid` is given, one that this process could be moved into."""
        for parent, version in _parents():
            _sweep(parent)
            folder = parent / f"hippo-{os.getpid()}-{next(_counter)}"
            with suppress(OSError):
                folder.mkdir()
                group = cls(folder, version)
                try:
                    group._limit(limit_mb << 20)
                    if pid is not None:
                        group.add(pid)
                    return group
                except OSError:
                    group.close()
        return None

    def _limit(self, limit: int) -> None:
        if self._version == 2:
            (self._folder / "memory.max").write_text(str(limit))
            for name, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
                with suppress(OSError):
                    (self._folder / name).write_text(value)
            return
        (self._folder / "memory.limit_in_bytes").write_text(str(limit))
        with suppress(OSError):
            (self._folder / "memory.memsw.limit_in_bytes").write_text(str(limit))

    def add(self, pid: int) -> None:
        """Move a process in; what it starts from then on is counted too."""
        (self._folder / "cgroup.procs").write_text(str(pid))

    def killed_any(self) -> bool:
        """Whether the kernel ended one of the processes for want of memory."""
        name = "memory.events" if self._version == 2 else "memory.oom_control"
        with suppress(OSError):
            counts = dict(line.split() for line in (self._folder / name).read_text().splitlines())
            return int(counts.get("oom_kill", 0)) > 0
        return False

    def close(self) -> None:
        for _ in range(100):  # what was killed a moment ago may still be on its way out
            try:
                return self._folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.002)


def _parents() -> Iterator[tuple[Path, int]]:
    """Groups of this process below which a new one might be made, the nearest first.

    In version 2 a group that holds processes hands no controller down, so its parents are asked too.
    """
    with suppress(OSError):
        for line in _OWN.read_text().splitlines():
            number, controllers, path = line.split(":", 2)
            if "memory" in controllers.split(","):
                yield _ROOT / "memory" / path.lstrip("/"), 1
            elif number == "0" and (_ROOT / "cgroup.controllers").exists():
                own = _ROOT / path.lstrip("/")
                for folder in [own, *own.parents]:
                    if folder.is_relative_to(_ROOT) and "memory" in _handed_down(folder):
                        yield folder, 2


def _handed_down(folder: Path) -> list[str]:
    """Controllers that groups below this one may use."""
    with suppress(OSError):
        return (folder / "cgroup.subtree_control").read_text().split()
    return []


def _sweep(parent: Path) -> None:
    """Remove groups whose grader was killed; those in use cannot be removed."""
    for folder in parent.glob("hippo-*-*"):
        with suppress(OSError):
            if not Path(f"/proc/{folder.name.split('-')[1]}").exists():
                folder.rmdir()


def tree(pid: int) -> list[int]:
    """The process and its descendants; orphans have their `init` as parent, so none is missed."""
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        with suppress(OSError):
            for thread in Path(f"/proc/{current}/task").iterdir():
                waiting += [int(child) for child in (thread / "children").read_text().split()]
    return found


def cpu_seconds(pids: list[int]) -> float:
    """CPU time of these processes and of their children that were waited for."""
    ticks = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(value) for value in fields[11:15])
    return ticks / _TICKS


def queued_seconds(pid: int) -> float:
    """How long the process has stood in the queue for a processor: time that a busy machine took from it."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


def memory_bytes(pids: list[int], enough: int) -> int:
    """Memory of these processes, shared pages divided among those that share them.

    Reading it exactly takes milliseconds, so the cheap upper bound decides where it can:
    up to `enough` the bound itself is returned.
    """
    pages = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    bound = pages * os.sysconf("SC_PAGE_SIZE")
    if bound <= enough:
        return bound
    return sum(_proportional(pid) for pid in pids)


def _proportional(pid: int) -> int:
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    with suppress(OSError, ValueError, IndexError):  # not ours to look into: resident minus file-backed
        fields = [int(value) for value in Path(f"/proc/{pid}/statm").read_text().split()]
        return (fields[1] - fields[2]) * os.sysconf("SC_PAGE_SIZE")
    return 0
