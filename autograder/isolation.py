"""What student code is allowed to use, and the levels at which a machine can hold it to that."""

from __future__ import annotations

import msgspec

from autograder.errors import INFRASTRUCTURE, UserError

#: What each level keeps, strongest first.
KEEPS = {
    "L3": "files, network, other processes, memory, disk, number of processes; the grade",
    "L2d": "files, network, this machine's processes, memory, disk, number of processes; the grade",
    "L2": "files, network, memory; the grade (no own process space, no disk limit)",
    "L1": "the grade, but not this machine",
}


class IsolationError(UserError):
    """Student code cannot be isolated as asked: what is missing, in one sentence, and what to do."""

    def __init__(self, message: str, exit_code: int = INFRASTRUCTURE) -> None:
        super().__init__(message, exit_code)


class BrokenPromise(IsolationError):
    """A level whose box starts, but where student code managed what the level promises to deny."""


class Limits(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """What the student code of one worker may use; `[limits]` in the manifest.

    CPU time is charged; the wall limit only ends what sleeps for ever.
    """

    #: CPU seconds of one call or one cell.
    cpu_seconds: float = 5.0
    #: Wall seconds of one call or one cell; ends what sleeps for ever.
    wall_seconds: float = 20.0
    #: Memory of all its processes together, in MiB.
    memory_mb: int = 3072
    #: Kept output per stream, in KiB; the rest is counted and discarded.
    output_kib: int = 1024
    #: Processes and threads.
    processes: int = 32
    #: Private scratch space, in MiB.
    disk_mb: int = 64
    #: Largest value that may cross back, in MiB.
    value_mb: int = 64
