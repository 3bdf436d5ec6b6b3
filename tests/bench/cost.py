"""What a command costs with everything it starts: wall and CPU seconds, and the most memory at once."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Time between two looks at the memory; reading it exactly costs milliseconds per process.
EVERY = 0.5


@dataclass
class Cost:
    """Of a command and of all that it started."""

    wall: float
    cpu: float
    peak_mb: float
    #: Whether `cpu` holds boxed processes too, which nobody outside the box waits for.
    whole: bool


class CpuMeter:
    """CPU seconds of this process and its descendants: a control group where one may be made."""

    def __init__(self) -> None:
        self.folder = Path("/sys/fs/cgroup/cpuacct") / f"bench-{os.getpid()}"
        try:
            self.folder.mkdir()
        except OSError:
            self.folder = Path()

    @property
    def whole(self) -> bool:
        return self.folder != Path()

    def enter(self) -> None:
        """Put the calling process, and so all that it will start, under the meter."""
        if self.whole:
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        if self.whole:
            return int((self.folder / "cpuacct.usage").read_text()) / 1e9
        usages = (resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)

    def processes(self) -> list[str]:
        """What still runs under the meter."""
        names = []
        for pid in (self.folder / "cgroup.procs").read_text().split() if self.whole else []:
            with contextlib.suppress(OSError):
                names.append(f"{pid} {Path(f'/proc/{pid}/comm').read_text().strip()}")
        return names

    def close(self) -> None:
        if self.whole:
            with contextlib.suppress(OSError):
                self.folder.rmdir()


@contextlib.contextmanager
def peak_memory(pid: int) -> Iterator[list[float]]:
    """MiB of a process tree at its highest, in a list of one: shared pages count once."""
    import psutil

    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            try:
                parent = psutil.Process(pid)
                total = 0
                for process in [parent, *parent.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        total += process.memory_full_info().pss
                peak[0] = max(peak[0], total / 2**20)
            except psutil.Error:
                pass

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def measure(command: list[str], folder: Path) -> Cost:
    """Run a command to its end; leave if it fails."""
    meter = CpuMeter()
    before, started = meter.seconds(), time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=meter.enter)
    with peak_memory(process.pid) as peak:
        _, errors = process.communicate()
    wall, cpu = time.perf_counter() - started, meter.seconds() - before
    meter.close()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{errors[-3000:]}")
    return Cost(wall, cpu, peak[0], meter.whole)


def table(title: str, head: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print columns: text to the left, numbers to the right."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left")
    for place, name in enumerate(head):
        shown.add_column(name, justify="left" if place == 0 else "right")
    for row in rows:
        shown.add_row(*(f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    Console(width=120).print(shown)
