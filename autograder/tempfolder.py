"""Temporary folders that a later run removes where their owner was killed before it could."""

from __future__ import annotations

import os
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
    sweep(Path(tempfile.gettempdir()))
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


def sweep(parent: Path) -> None:
    """Remove folders whose owner was killed: old ones that nobody holds a lock on."""
    import fcntl

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
