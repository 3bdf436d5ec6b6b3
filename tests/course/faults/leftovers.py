"""What a killed run may have left behind: processes, temporary folders, control groups."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from autograder import isolation_memory, tempfolder


def processes_of(temporary: Path) -> dict[int, str]:
    """Processes that belong to runs with this temporary folder: told by environment, command line or mounts."""
    found, mark = {}, os.fsencode(temporary)
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        for place in ("environ", "cmdline", "mountinfo"):
            with suppress(OSError):
                if mark in (process / place).read_bytes():
                    found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:80]
                    break
    return found


def sweep(temporary: Path) -> list[str]:
    """What is still in the temporary folder after what the next run sweeps, had it come an hour later."""
    hour_ago = time.time() - 3600
    for path in temporary.iterdir():
        os.utime(path, (hour_ago, hour_ago))
    tempfolder.sweep(temporary)
    return sorted(path.name for path in temporary.iterdir())


def abandoned_groups() -> list[str]:
    """Control groups of graders that are no more and that the next run could not remove."""
    left = []
    for parent, _ in isolation_memory._parents():
        isolation_memory._sweep(parent)
        left += [folder.name for folder in parent.glob("hippo-*-*") if not Path(f"/proc/{folder.name.split('-')[1]}").exists()]
    return left
