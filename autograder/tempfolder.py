"""Temporary folders that a later run removes where their owner was killed before it could."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.isolation_sweep import remove

#: Names begin with this and what the folder is for.
PREFIX = "hippo-"
KINDS = ("box", "canary", "check", "cluster", "grade", "gradebook", "slot")
#: A younger folder may be one whose owner has not locked it yet.
SWEEP_AFTER_SECONDS = 60.0


def locked_folder(kind: str) -> tuple[Path, int]:
    """A new folder, and the descriptor that holds a lock on it: the kernel gives the lock up with its owner."""
    import fcntl

    assert kind in KINDS, f"{kind}: nothing would remove what a killed owner leaves"
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


@contextmanager
def temp_folder(kind: str) -> Iterator[Path]:
    """Such a folder for as long as the block lasts."""
    folder, lock = locked_folder(kind)
    try:
        yield folder
    finally:
        remove(folder)
        os.close(lock)


def sweep(parent: Path | None = None) -> None:
    """End boxes and remove folders whose owner was killed: old folders that nobody holds a lock on."""
    import fcntl

    parent = parent or Path(tempfile.gettempdir())
    _end_boxes(parent)
    for folder in [found for kind in KINDS for found in parent.glob(f"{PREFIX}{kind}-*")]:
        with suppress(OSError):
            if folder.is_symlink() or time.time() - folder.stat().st_mtime < SWEEP_AFTER_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(folder)
            finally:
                os.close(lock)


def _end_boxes(parent: Path) -> None:
    """Kill what bubblewrap is still setting up for nobody.

    Where its parent is killed between two steps, bubblewrap waits for it for ever. Its arguments name the box's folder.
    """
    start = f"{parent}/{PREFIX}box-"
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            handle = os.pidfd_open(int(process.name))
            try:
                program, *arguments = (process / "cmdline").read_text(errors="replace").split("\0")
                folders = {Path(start + a.removeprefix(start).split("/")[0]) for a in arguments if a.startswith(start)}
                if Path(program).name == "bwrap" and folders and not any(map(_has_owner, folders)):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
            finally:
                os.close(handle)


def _has_owner(folder: Path) -> bool:
    """Whether somebody holds the lock on a folder, as its owner does before anything is started in it."""
    import fcntl

    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # another user's
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
