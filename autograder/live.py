"""What is seen while a class is graded: how far, how long still, who came last and how everybody ended."""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograder.marks import UNGRADED, shown
from autograder.plaintext import one_line
from autograder.record import Record
from autograder.terminal import Terminal, progress_bar

if TYPE_CHECKING:
    from rich.console import RenderableType

#: So many of the submissions that were finished last are listed.
LAST = 8

Tell = Callable[[int, int, Record | None], None]


@contextmanager
def grading_view(terminal: Terminal, what: str) -> Iterator[Tell]:
    """A table that moves while stderr is a terminal; else plain lines, events, or nothing, as was asked for."""
    if terminal.quiet or terminal.events or not sys.stderr.isatty():
        with terminal.progress(what) as step:
            yield lambda done, total, record: step(done, total, f"{record.student}: {record.status}" if record else "")
        return
    from rich.console import Console
    from rich.live import Live

    bar, finished = progress_bar(), Finished()
    task = bar.add_task(what, total=None, label="warming up")
    with Live(bar, console=Console(stderr=True), transient=True, refresh_per_second=8) as live:

        def tell(done: int, total: int, record: Record | None) -> None:
            bar.update(task, completed=done, total=total, label="")
            if record is not None:
                finished.add(record)
            live.update(finished.view(bar))

        yield tell


class Finished:
    """The submissions that are done: all of them counted, the last ones by name."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.last: deque[tuple[str, str, str]] = deque(maxlen=LAST)

    def add(self, record: Record) -> None:
        self.counts[record.status] += 1
        marks = "–" if record.status in UNGRADED else f"{shown(record.score)} of {shown(record.max_score)}"
        self.last.appendleft((one_line(record.student, 40), record.status, marks))

    def view(self, bar: RenderableType) -> RenderableType:
        """The bar, the counts, and the table below it."""
        from rich.box import SIMPLE_HEAD
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in ("just graded", "status", "autograded"):
            table.add_column(column)
        for row in self.last:
            table.add_row(*(Text(cell) for cell in row))
        counts = ", ".join(f"{count} {status}" for status, count in self.counts.most_common())
        return Group(bar, Text(counts), table) if self.last else bar
