"""One worker forked ahead of its question, and ended workers seen off: nobody waits for either."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from autograder.isolation import IsolationError
from autograder.isolation_worker import Worker


class Standby:
    """Keeps a fresh worker ready; in it nothing of any student has run.

    Parameters
    ----------
    fork
        Makes a fresh worker, or raises `IsolationError`.
    """

    def __init__(self, fork: Callable[[], Worker]) -> None:
        self._fork = fork
        # one thread: forks and endings are waited for in turn, and both are spent waiting for the kernel
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="standby")
        self._spare: Future[Worker] | None = None
        self._endings: list[Future[None]] = []

    def take(self) -> Worker:
        """The worker that stands ready, or a new one; the next is forked meanwhile."""
        self._see_off(wait=False)
        spare, self._spare = self._spare, None
        worker = None
        if spare is not None:
            with suppress(IsolationError):  # its zygote was ended: the next fork starts another
                worker = spare.result()
        if worker is not None and worker.ended:
            worker.close()
            worker = None
        if worker is None:
            worker = self._fork()
        self._spare = self._thread.submit(self._fork)
        return worker

    def retire(self, worker: Worker) -> None:
        """End a worker; that nothing of it is left is made sure of meanwhile, and told at the next `take`."""
        worker.kill()
        self._endings.append(self._thread.submit(worker.close))

    def close(self) -> None:
        """End the spare worker and wait for all endings."""
        if self._spare is not None:
            with suppress(IsolationError):
                self._spare.result().close()
            self._spare = None
        try:
            self._see_off(wait=True)
        finally:
            self._thread.shutdown()

    def _see_off(self, *, wait: bool) -> None:
        endings, self._endings = self._endings, []
        for ending in endings:
            if wait or ending.done():
                ending.result()
            else:
                self._endings.append(ending)
