"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from autograder.errors import INFRASTRUCTURE, USAGE, UserError

#: How the name of a file that is being written ends, and the age from which on nobody is writing it any more.
UNFINISHED, ABANDONED_SECONDS = ".unfinished", 60.0


def write_whole(path: Path, content: bytes | str) -> Path:
    """Write `content` to `path` by a temporary file beside it and `os.replace`; make its folder.

    Raises
    ------
    UserError
        One sentence when the folder cannot be written to or the disk is full.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}-", suffix=UNFINISHED, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        # mkstemp makes files that only their owner may read; pages are handed on
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)  # noqa: PTH105 (named so in the house rules)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        code = USAGE if isinstance(error, PermissionError | NotADirectoryError | IsADirectoryError) else INFRASTRUCTURE
        raise UserError(f"{path} cannot be written: {error.strerror or error}.", code) from None
    return path


def sweep_unfinished(folder: Path) -> None:
    """Remove what writers left in `folder` that were killed in the middle."""
    for path in folder.glob(f".*{UNFINISHED}"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                path.unlink()
