"""Find the strongest level that this machine can keep, by starting a box there and trying.

A container (L2d) comes after bubblewrap (L3), where every question has namespaces of its own and not just every slot,
and before the bare filters (L2), which give no process space and no limit on the disk.
"""

from __future__ import annotations

import functools
import sys

from autograder import isolation_box as layout
from autograder.errors import USAGE
from autograder.isolation import IsolationError
from autograder.isolation_container import why_no_engine

LEVELS = ("L3", "L2d", "L2", "L1")
#: A level is given up only when it fails this often: somebody may have ended its first process.
ATTEMPTS = 2


def choose(level: str | None, trust: bool) -> str:
    """The level to use: the one asked for, or the strongest; `IsolationError` where that is not acceptable."""
    if level is not None and level not in LEVELS:
        raise IsolationError(f"there is no isolation level {level!r}: choose one of {', '.join(LEVELS)}.", USAGE)
    chosen = level or strongest()
    if chosen == "L1" and not trust:
        raise IsolationError("student code would run with only limits around it (isolation L1), which does not protect "
                             "this machine: install bubblewrap or an engine for containers (`autograder doctor` says "
                             "how), or pass "
                             "--trust-submissions.", USAGE)
    if why_not(chosen):
        raise IsolationError(f"isolation {chosen} cannot be kept here ({why_not(chosen)}): `autograder doctor` says "
                             "how to cure it.")
    return chosen


def strongest() -> str:
    """The first level that passes its own test."""
    return next((level for level in LEVELS if not why_not(level)), "L1")


@functools.cache
def why_not(level: str) -> str:
    """Why this machine cannot keep the level; empty if it can. Tried once per process."""
    from autograder.sandbox import Box

    if level == "L1":
        return "" if sys.platform != "win32" else "Windows cannot fork: use Docker or WSL"
    if level == "L2d" and (missing := why_no_engine()):
        return missing
    if level != "L2d" and sys.platform != "linux":
        return "only Linux has it: use L2d, with Podman or Docker"
    if level == "L3" and layout.bubblewrap() is None:
        return "bubblewrap is not installed"
    for attempt in range(ATTEMPTS):
        try:
            with Box.at(level):
                return ""
        except IsolationError as error:
            if attempt == ATTEMPTS - 1:
                return error.message
    return ""
