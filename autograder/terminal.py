"""What a command prints: tables and progress on a terminal, one JSON object with --json."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from autograder.errors import UserError
from autograder.plaintext import clean, harmless, one_line

if TYPE_CHECKING:
    from rich.progress import Progress


class Terminal:
    """Progress and remarks go to stderr, results to stdout; with `as_json` stdout gets one object.

    With `--events` stdout gets one object per line while the command works; the last one holds its result.
    """

    #: Set by the option of the same name, which belongs to the whole command line.
    events: ClassVar[bool] = False

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        if as_json and self.events:
            raise UserError("--json gives one object and --events a line for each step: choose one of them.")
        self.as_json, self.quiet = as_json or self.events, quiet

    def say(self, text: str) -> None:
        """A line for the person at the terminal."""
        if not self.quiet:
            print(clean(text), file=sys.stderr if self.as_json else sys.stdout, flush=True)

    def result(self, value: dict[str, Any]) -> None:
        """The command's one JSON object."""
        if self.events:
            event("result", result=value)
        elif self.as_json:
            print_json(value)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; plain aligned text where stdout is no terminal."""
        if self.quiet or self.as_json:
            return
        from rich.box import SIMPLE
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(title=title, box=SIMPLE, title_justify="left", title_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        console = Console(width=None if sys.stdout.isatty() else 140)
        console.print(table)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int, str], None]]:
        """A bar with time left; a plain line now and then where stderr is no terminal."""
        if self.events:
            event("start", what=what)
            yield lambda done, total, label: event("progress", what=what, done=done, total=total, label=label)
            return
        if self.quiet:
            yield lambda done, total, label: None
            return
        if not sys.stderr.isatty():
            yield _plain(what)
            return
        bar = progress_bar()
        with bar:
            task = bar.add_task(what, total=None, label="warming up")
            yield lambda done, total, label: bar.update(task, completed=done, total=total, label=one_line(label, 60))


def progress_bar() -> Progress:
    """A bar on stderr that says how far, how long since and how long still."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[label]}", markup=False),
    )
    # speed is that of the last ten minutes: a slow submission must not make it unknown
    return Progress(*columns, console=Console(stderr=True), transient=True, speed_estimate_period=600)


def print_json(value: dict[str, Any]) -> None:
    """One object on one line of stdout; no text in it commands a terminal."""
    print(json.dumps(harmless(value), ensure_ascii=False, allow_nan=False), flush=True)


def event(kind: str, **what: Any) -> None:
    """One line of `--events`."""
    print_json({"event": kind, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), **what})


def _plain(what: str, clock: Callable[[], float] = time.monotonic) -> Callable[[int, int, str], None]:
    """Lines in place of a bar; the time left follows from what was finished since the first call."""
    last, started = -1, 0.0

    def tell(done: int, total: int, label: str) -> None:
        nonlocal last, started
        if last < 0:
            started = clock()  # warming up is over
        step = 10 * done // total if total else 10
        if step != last:
            last = step
            left = f", {_about((clock() - started) / done * (total - done))} left" if 0 < done < total else ""
            print(f"{what}: {done} of {total}{left}", file=sys.stderr, flush=True)

    return tell


def _about(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {seconds:.0f} s"


def plural(count: int, noun: str) -> str:
    """A number with its noun.

    Example
    -------
    >>> plural(1, "row"), plural(0, "page")
    ('1 row', '0 pages')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def first_of(shown: int, all_of: int, what: str) -> str:
    """How many of a list a table shows, where it does not show all.

    Example
    -------
    >>> first_of(15, 210, "pairs"), first_of(15, 3, "pairs")
    ('the first 15 of 210 pairs', 'pairs')
    """
    return f"the first {shown} of {all_of} {what}" if all_of > shown else what
