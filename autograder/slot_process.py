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
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Tether:
    """Notices that nobody holds the other end of stdin any more, in the middle of a job too.

    As long as there is nothing to tidy up, the process then just ends.
    """

    def __init__(self, descriptor: int = 0) -> None:
        self._lock, self._loose = threading.RLock(), False
        self._then: Callable[[], object] = lambda: os._exit(0)
        threading.Thread(target=self._watch, args=(descriptor,), daemon=True).start()

    def then(self, action: Callable[[], object]) -> None:
        """What to do from now on when it happens, or at once if it has."""
        with self._lock:
            self._then = action
            if self._loose:
                action()

    def _watch(self, descriptor: int) -> None:
        poll = select.poll()
        poll.register(descriptor, 0)  # only the end, no data
        poll.poll()
        with self._lock:
            self._loose = True
            self._then()


def main() -> None:
    """Serve jobs until stdin ends."""
    tether = Tether()
    signal.signal(signal.SIGTERM, _interrupted)
    out = os.dup(1)
    os.dup2(2, 1)  # whatever tests print must not look like an answer

    def say(answer: dict[str, Any]) -> None:
        rest = json.dumps(answer).encode() + b"\n"
        while rest:
            rest = rest[os.write(out, rest) :]

    import msgspec
    import torch

    from autograder.assignment import load_assignment
    from autograder.errors import UserError
    from autograder.jobs import Job
    from autograder.slot import Slot, open_slot

    torch.set_num_threads(1)

    def serve(slot: Slot) -> None:
        say(slot.introduction())
        tether.then(_nothing)
        for line in sys.stdin:
            tether.then(_interrupt)
            try:
                answer = slot.answer(msgspec.json.decode(line, type=Job))
            except UserError as error:
                answer = {"error": error.message, "exit_code": error.exit_code}
            say(answer)
            tether.then(_nothing)

    line = sys.stdin.readline()
    if not line:
        return
    try:
        tether.then(_interrupt)
        setup = json.loads(line)
        assignment = load_assignment(setup["assignment"], Path(setup["solutions"]))
        open_slot(assignment, setup["level"], setup["trust"], serve)
    except UserError as error:
        say({"error": error.message, "exit_code": error.exit_code})
    except (KeyboardInterrupt, BrokenPipeError):
        pass  # the coordinator is gone: everything is tidied up by now


def _interrupt() -> None:
    """Let the main thread unwind; a test, a call or a wait in the middle of which it is gives up."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def _interrupted(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # tidying up is not interrupted
    raise KeyboardInterrupt


def _nothing() -> None:
    """Between jobs the end of stdin says it all."""


if __name__ == "__main__":
    main()
