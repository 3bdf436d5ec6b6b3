"""Names that say nothing: what a student is called while a person marks without knowing whom."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from autograder.errors import UserError

#: No vowels, so no words; no digits, so that no spreadsheet makes numbers or dates of it.
LETTERS = "bcdfghjkmnpqrstvwxz"
KEY_FILE = ".blind-key"


def letters(digest: bytes, length: int) -> str:
    """The first `length` letters that stand for a digest."""
    number = int.from_bytes(digest, "big")
    found = []
    for _ in range(length):
        number, place = divmod(number, len(LETTERS))
        found.append(LETTERS[place])
    return "".join(found)


def fingerprint(*parts: str, length: int = 6) -> str:
    """Letters that are the same for the same texts."""
    return letters(hashlib.sha256("\0".join(parts).encode()).digest(), length)


def blind_key(course: Path) -> bytes:
    """The course's own secret, made on first use: without it nobody can compute whose code is which."""
    path = course / KEY_FILE
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(key := secrets.token_bytes(32))
        return key
    except OSError as error:
        raise UserError(f"{path} cannot be used: {error.strerror}.") from None


def code_of(*parts: str, key: bytes, length: int = 7) -> str:
    """The code that only the course's secret leads to, of a student in an assignment, say."""
    return letters(hmac.digest(key, "\0".join(parts).encode(), "sha256"), length)
