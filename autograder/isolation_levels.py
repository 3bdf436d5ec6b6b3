"""Find the strongest level that this machine can keep, by starting a box there and trying all that it promises.

A level that cannot be started gives way to the next. One that starts and does not deny what it promises
stops everything, until somebody has cured it or chosen another: degrading would hide it.

A container (L2d) comes after bubblewrap (L3), where every question has namespaces of its own and not just every slot,
and before the bare filters (L2), which give no process space and no limit on the disk.
"""

from __future__ import annotations

import functools
import sys
from typing import NamedTuple

from autograder import isolation_box as layout
from autograder.errors import USAGE
from autograder.isolation import BrokenPromise, IsolationError
from autograder.isolation_container import why_no_engine

LEVELS = ("L3", "L2d", "L2", "L1")
#: A level is given up only when it fails this often: somebody may have ended its first process.
ATTEMPTS = 2


def choose(level: str | None, trust: bool) -> str:
    """The level to use: the one asked for, or the strongest; `IsolationError` where that is not acceptable."""
    if level is not None and level not in LEVELS:
        raise IsolationError(f"there is no isolation level {level!r}: choose one of {', '.join(LEVELS)}.", USAGE)
    chosen = level or strongest()
    if tried(chosen).broken:
        others = ", ".join(each for each in LEVELS[LEVELS.index(chosen) + 1:-1])
        instead = f" Or choose another level yourself: --isolation {others}." if others and level is None else ""
        raise BrokenPromise(f"{tried(chosen).why_not}{instead}")
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
    """The first level that can be started."""
    return next((level for level in LEVELS if not tried(level).why_not or tried(level).broken), "L1")


def why_not(level: str) -> str:
    """Why this machine cannot keep the level; empty if it can."""
    return tried(level).why_not


class Trial(NamedTuple):
    """What came of trying a level: why it cannot be kept (empty if it can), and whether a promise was broken."""

    why_not: str
    broken: bool = False


@functools.cache
def tried(level: str) -> Trial:
    """Whether this machine can keep the level; tried once per process."""
    from autograder.isolation_promises import every_promise_is_kept

    if missing := _missing(level):
        return Trial(missing)
    for attempt in range(ATTEMPTS):
        try:
            every_promise_is_kept(level)
            return Trial("")
        except BrokenPromise as error:
            return Trial(error.message, broken=True)
        except IsolationError as error:
            if attempt == ATTEMPTS - 1:
                return Trial(error.message)
    return Trial("")


def _missing(level: str) -> str:
    """What the level needs and is not there."""
    if sys.platform == "win32":
        return "Windows cannot fork: use WSL"
    if level == "L2d":
        return why_no_engine()
    if level in ("L3", "L2") and sys.platform != "linux":
        return "only Linux has it: use L2d, with Podman or Docker"
    if level == "L3" and layout.bubblewrap() is None:
        return "bubblewrap is not installed"
    return ""
