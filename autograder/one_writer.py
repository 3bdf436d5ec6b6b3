"""One run at a time writes to a course."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.errors import INFRASTRUCTURE, USAGE, UserError

#: Stays in the course folder; the lock on it goes with the process that holds it, however that ends.
LOCK = ".grading.lock"


@contextmanager
def one_writer(course: Path) -> Iterator[None]:
    """Hold the course's lock; where another run has it, say which in one sentence.

    On a file system that knows no locks there is none.
    """
    path = course / LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        code = USAGE if isinstance(error, PermissionError | NotADirectoryError | FileNotFoundError) else INFRASTRUCTURE
        raise UserError(
            f"{course} cannot be written to ({error.strerror}): name a course folder of your own with --course.", code
        ) from None
    try:
        _lock(handle, course)
        os.ftruncate(handle, 0)
        with suppress(OSError):  # a full disk is told by what has to be written
            os.pwrite(handle, f"{os.getpid()} on {platform.node()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, course: Path) -> None:
    try:
        import fcntl
    except ModuleNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip()
        raise UserError(
            f"another run is writing to {course} (process {holder or 'unknown'}): wait until it has ended, then run "
            "the command again.",
            INFRASTRUCTURE,
        ) from None
    except OSError:
        return
