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
        reap()
        if not others or time.monotonic() > deadline:
            return others
        for number in (signal.SIGSTOP, signal.SIGKILL):  # what has stopped can no longer multiply
            for pid in others:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        time.sleep(0.002)


def reap() -> None:
    """Collect ended children."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def remove(folder: str | os.PathLike[str]) -> bool:
    """Remove a folder with all that is in it; whether nothing is left. No link is followed.

    Folders are moved up to the first one before they are emptied: thousands of them inside one
    another would exceed the longest path and any recursion.
    """
    with suppress(OSError):
        top = _opened(os.fspath(folder), None)
        try:
            waiting = _emptied(top, top)
            while waiting:
                name = waiting.pop()
                with suppress(OSError):
                    current = _opened(name, top)
                    try:
                        waiting += _emptied(current, top)
                    finally:
                        os.close(current)
                    os.rmdir(name, dir_fd=top)
        finally:
            os.close(top)
        os.rmdir(folder)  # noqa: PTH106
    return not os.path.lexists(folder)


def _opened(name: str, parent: int | None) -> int:
    """A folder that may be listed and changed, whatever its owner forbade."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    try:
        descriptor = os.open(name, flags, dir_fd=parent)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=parent)
        descriptor = os.open(name, flags, dir_fd=parent)
    os.fchmod(descriptor, 0o700)
    return descriptor


def _emptied(folder: int, top: int) -> list[str]:
    """Remove what is no folder; names in `top` of the folders, which were moved there under new ones."""
    inside = []
    with os.scandir(folder) as entries:
        for entry in list(entries):
            with suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.name, dir_fd=folder)
                    continue
                name = entry.name
                if folder != top:
                    os.close(_opened(name, folder))
                    name = os.urandom(12).hex()  # no name that is there already
                    os.rename(entry.name, name, src_dir_fd=folder, dst_dir_fd=top)
                inside.append(name)
    return inside


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
