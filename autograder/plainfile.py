"""Read a file that a student put there: whatever stands in its place, nothing waits and no link is followed."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

#: Trouble that comes with the file; any other, such as a disk that fails, comes with the machine.
OF_THE_FILE = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENXIO,
               errno.ENODEV, errno.EINVAL)  # fmt: skip


def plain_bytes(path: Path, limit: int | None = None) -> bytes:
    """The bytes of a regular file, all of one moment's file even if another takes its name meanwhile.

    Raises
    ------
    OSError
        EINVAL for a pipe or a device, EISDIR for a folder, ELOOP for a link, EFBIG for more than `limit` bytes.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb", closefd=True) as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        if limit is not None and found.st_size > limit:
            raise OSError(errno.EFBIG, f"it has {found.st_size / 2**20:.0f} MiB")
        return file.read() if limit is None else file.read(limit)
