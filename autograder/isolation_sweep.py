"""End what student code left behind: processes and files; inside a box and outside, standard library only."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress


def runs(pid: int) -> bool:
    """Whether the process is more than an entry that its parent has not collected yet."""
    with suppress(OSError, IndexError), open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    return False


def end_all(find: Callable[[], Iterable[int]], within: float) -> list[int]:
    """Kill every process that `find` gives until it gives none that runs; what is left when time is up."""
    deadline = time.monotonic() + within
    while True:
        others = [pid for pid in find() if runs(pid)]
        if not others or time.monotonic() > deadline:
            return others
        for number in (signal.SIGSTOP, signal.SIGKILL):  # what has stopped can no longer multiply
            for pid in others:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        reap()
        time.sleep(0.002)


def reap() -> None:
    """Collect ended children."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def remove(folder: str | os.PathLike[str]) -> bool:
    """Remove a folder with all that is in it; whether nothing is left.

    Folders are moved up to the first one before they are emptied: thousands of them inside one
    another would exceed the longest path and any recursion.
    """
    top = os.fspath(folder)
    waiting, moved = [top], 0
    with suppress(OSError):
        while waiting:
            current = waiting.pop()
            os.chmod(current, 0o700)  # noqa: PTH101 what is forbidden cannot be removed
            with os.scandir(current) as entries:
                for entry in list(entries):
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)  # noqa: PTH108
                        continue
                    path = entry.path
                    if current != top:
                        os.chmod(path, 0o700)  # noqa: PTH101
                        path, moved = os.path.join(top, f".moved-{os.getpid()}-{moved}"), moved + 1  # noqa: PTH118
                        os.rename(entry.path, path)  # noqa: PTH104
                    waiting.append(path)
            if current != top:
                os.rmdir(current)  # noqa: PTH106
        os.rmdir(top)  # noqa: PTH106
    return not os.path.lexists(top)


def empty(folder: str, keep: Collection[str]) -> bool:
    """Remove everything in `folder` but the names in `keep`; whether nothing else is left."""
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.name in keep:
                continue
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    remove(entry.path)
                else:
                    os.unlink(entry.path)  # noqa: PTH108
    return set(os.listdir(folder)) <= set(keep)  # noqa: PTH208
