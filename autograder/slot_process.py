"""The process of a slot: jobs come in as JSON lines on stdin, answers go out on stdout; it ends with its coordinator.

Run as `python -m autograder.slot_process`; the first line in is the set-up, every line after it a job.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import Any

#: Time between two tries to interrupt a job, and the time after which tidying up is left to the next run.
AGAIN_SECONDS, END_SECONDS = 1.0, 4.0


class State(Enum):
    """What the main thread is doing, as far as its end goes."""

    #: There is nothing to tidy up.
    STARTING = auto()
    OPENING = auto()
    WORKING = auto()
    #: Between jobs, where the end of stdin says it all.
    WAITING = auto()
    ENDING = auto()


class Tether:
    """Notices that nobody holds the other end of stdin any more, in the middle of a job too, and interrupts it."""

    def __init__(self, descriptor: int = 0) -> None:
        self.state, self._loose = State.STARTING, False
        threading.Thread(target=self._watch, args=(descriptor,), daemon=True).start()

    def work(self) -> None:
        """A job begins."""
        self.state = State.WORKING
        if self._loose:
            raise KeyboardInterrupt

    def hold(self) -> None:
        """From now on the box is open, and SIGTERM unwinds."""
        signal.signal(signal.SIGTERM, self._interrupted)
        self.state = State.OPENING

    def _watch(self, descriptor: int) -> None:
        poll = select.poll()
        poll.register(descriptor, 0)  # only the end, no data
        poll.poll()
        self._loose = True
        deadline = time.monotonic() + END_SECONDS
        if self.state is State.OPENING:
            self._interrupt()
        while self.state is not State.STARTING and time.monotonic() < deadline:
            if self.state is State.WORKING:
                # once is not enough: an exception in a finaliser or a callback of Python's own is swallowed
                self._interrupt()
            time.sleep(AGAIN_SECONDS)
        os._exit(0)

    def _interrupt(self) -> None:
        """Let the main thread give up whatever test, call or wait it is in."""
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    def _interrupted(self, *_: object) -> None:
        if self.state is not State.ENDING:  # tidying up is not interrupted
            raise KeyboardInterrupt


def main() -> None:
    """Serve jobs until stdin ends."""
    tether = Tether()
    sys.unraisablehook = _unraisable
    out = os.dup(1)
    os.dup2(2, 1)  # whatever tests print must not look like an answer

    def say(answer: dict[str, Any]) -> None:
        rest = json.dumps(answer).encode() + b"\n"
        while rest:
            rest = rest[os.write(out, rest) :]

    import msgspec

    from autograder.assignment import load_assignment
    from autograder.errors import UserError
    from autograder.jobs import Job
    from autograder.slot import Slot, open_slot

    def serve(slot: Slot) -> None:
        try:
            say(slot.introduction())
            tether.state = State.WAITING
            for line in sys.stdin:
                tether.work()
                try:
                    answer = slot.answer(msgspec.json.decode(line, type=Job))
                except UserError as error:
                    answer = {"error": error.message, "exit_code": error.exit_code}
                say(answer)
                tether.state = State.WAITING
        finally:
            tether.state = State.ENDING

    line = sys.stdin.readline()
    if not line:
        return
    try:
        tether.hold()
        setup = json.loads(line)
        assignment = load_assignment(setup["assignment"], Path(setup["solutions"]))
        open_slot(assignment, setup["level"], setup["trust"], serve)
    except UserError as error:
        tether.state = State.ENDING
        with suppress(BrokenPipeError):  # nobody may be left to be told
            say({"error": error.message, "exit_code": error.exit_code})
    except (KeyboardInterrupt, BrokenPipeError):
        pass  # the coordinator is gone: everything is tidied up by now


def _unraisable(raised: sys.UnraisableHookArgs) -> None:
    if not isinstance(raised.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(raised)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # the second of two ends, in between two states
        main()
        sys.stderr.flush()
        os._exit(0)  # everything is tidied up: taking torch apart would cost a second and bring nothing
