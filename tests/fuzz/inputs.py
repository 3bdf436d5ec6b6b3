"""What every check of a reader needs: the input as a file, and what counts as a sentence."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.plaintext import clean


def assert_sentence(message: str) -> None:
    """One sentence that any terminal can show."""
    assert message.endswith("."), message
    assert clean(message) == message, message
    assert "\n" not in message, message
    assert len(message) < 2000, message


@contextmanager
def as_file(raw: bytes, name: str) -> Iterator[Path]:
    """The bytes as a file in a folder of its own, in memory where there is such a place."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="hippo-fuzz-", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        path = folder / name
        path.write_bytes(raw)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)
