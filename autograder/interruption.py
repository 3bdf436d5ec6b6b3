"""Ctrl-C and its like: the first one unwinds and tidies up, the second one ends at once."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.errors import INTERRUPTED

#: A key, a scheduler's notice, a terminal that was closed.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
SENTENCE = "interrupted; everything finished so far is kept: run the same command again to go on"
_SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first signal of the three that is not ignored already, as under nohup."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, hook = {number: signal.getsignal(number) for number in SIGNALS}, sys.unraisablehook
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _first)
    sys.unraisablehook = _swallowed
    atexit.register(not_again)
    try:
        yield
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # typer says nothing and passes this code on
            raise KeyboardInterrupt from None
        raise
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            if signal.getsignal(number) is _first:
                signal.signal(number, handler)


def interrupted() -> str:
    """What to say last, after which there is nothing left to interrupt."""
    not_again()
    return SENTENCE


def not_again() -> None:
    """From here on the signals do nothing: the command is ending."""
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def _first(*_: object) -> None:
    for number in SIGNALS:
        signal.signal(number, _second)
    raise KeyboardInterrupt


def _swallowed(raised: sys.UnraisableHookArgs) -> None:
    """Python goes on after an exception in a finaliser or callback of its own: an interruption is made again."""
    if not isinstance(raised.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(raised)
        return
    for number in SIGNALS:
        signal.signal(number, _first)
    again = threading.Timer(0.05, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    again.daemon = True
    again.start()


def _second(*_: object) -> None:
    """Slots and boxes end by themselves when this process is gone; files and gradebook are whole at any moment."""
    not_again()
    cursor = _SHOW_CURSOR if sys.__stderr__ is not None and sys.__stderr__.isatty() else ""
    os.write(2, f"{cursor}autograder: {SENTENCE}\n".encode())
    os._exit(INTERRUPTED)
