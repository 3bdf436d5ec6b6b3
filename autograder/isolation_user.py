"""A user that no account has, for student code of a grader that was started as root."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from autograder.isolation import IsolationError

#: (first, count) of numbers that nobody gives to accounts; a container may know only those below 65,536.
RANGES = ((0x70000000, 1 << 26), (60578, 600))
_UID_MAP = Path("/proc/self/uid_map")
_boxes = itertools.count()


def spare_uid() -> int:
    """A number for one box, as far as the range goes another one for every box.

    Raises
    ------
    IsolationError
        Where this process could become no such user: limits on processes mean nothing to root.
    """
    known = _known()
    for first, count in RANGES:
        if any(start <= first and first + count <= start + length for start, length in known):
            return first + (os.getpid() * 16 + next(_boxes) % 16) % count
    raise IsolationError("started as root, but here is no other user that student code could run as: start the grader "
                         "as an ordinary user, or in a container that knows 65,536 of them.")


def _known() -> list[tuple[int, int]]:
    """(first, count) of the users that exist in this user namespace."""
    try:
        lines = _UID_MAP.read_text(encoding="ascii").splitlines()
    except OSError:
        return [(0, 1 << 32)]
    return [(int(first), int(count)) for first, _, count in (line.split() for line in lines)]
