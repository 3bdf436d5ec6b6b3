"""Slots side by side: jobs in, answers out, a lost slot replaced and its job tried again."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

import msgspec

from autograder.assignment import Assignment
from autograder.errors import INFRASTRUCTURE, UserError
from autograder.jobs import Job
from autograder.tempfolder import sweep

#: A job whose slot died is tried again this often: the fault may be ours.
MAX_ATTEMPTS = 3
#: So many jobs may fail for reasons of ours before the others are not tried any more.
MAX_FAILED = 3
#: How long a slot may take to tidy up.
END_SECONDS = 10.0
#: One thread each, and sets of strings in the same order in every run.
REPEATABLE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1") | {
    "PYTHONHASHSEED": "0"
}


class SlotLost(Exception):
    """The slot's process ended without an answer."""


class SlotProcess:
    """One `autograder.slot_process` and the pipe to it."""

    def __init__(self, assignment: Assignment, level: str | None, trust: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.slot_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | REPEATABLE,
            start_new_session=True,
        )
        self._setup = {
            "assignment": assignment.name,
            "solutions": str(assignment.folder.parent),
            "level": level,
            "trust": trust,
        }
        self.info: dict[str, Any] = {}

    def warm_up(self) -> dict[str, Any]:
        """Wait until tests are collected and the box is open."""
        self._send(self._setup)
        self.info = self._receive()
        if "error" in self.info:
            raise UserError(self.info["error"], self.info["exit_code"])
        return self.info

    def ask(self, job: Job) -> dict[str, Any]:
        self._send(msgspec.to_builtins(job))
        return self._receive()

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise SlotLost from None

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise SlotLost
        answer: dict[str, Any] = json.loads(line)
        return answer

    def let_go(self) -> None:
        """Ask the slot to end, in the middle of a job too; it takes its box along."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def close(self, *, kill: bool = False) -> None:
        """End the slot and wait until it has ended."""
        if kill:
            self._process.kill()
        self.let_go()
        try:
            self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Slots:
    """`jobs` slots working off one queue; `run` yields answers as they come."""

    def __init__(self, assignment: Assignment, jobs: int, level: str | None = None, trust: bool = False) -> None:
        self._assignment, self._level, self._trust = assignment, level, trust
        self._lock, self._closing = threading.Lock(), False
        self._processes = [self._make() for _ in range(jobs)]
        self.info: dict[str, Any] = {}

    def _make(self) -> SlotProcess:
        return SlotProcess(self._assignment, self._level, self._trust)

    def warm_up(self) -> dict[str, Any]:
        """Warm all slots up; what they say of themselves: level, hashes."""
        for place in range(len(self._processes)):
            self._warm_up(place)
            if place == 0:
                self.info = self._processes[0].info
                # all records of a run are made at one level, those of slots that replace a lost one too
                self._level = self.info["ready"]
            elif self._processes[place].info["ready"] != self._level:
                self._replace(place)
                self._warm_up(place)
        return self.info

    def _warm_up(self, place: int) -> None:
        for _ in range(MAX_ATTEMPTS):
            try:
                self._processes[place].warm_up()
                return
            except SlotLost:
                self._replace(place)
        raise UserError("a grading slot ended while it started; run `autograder doctor` to see why.", INFRASTRUCTURE)

    def _replace(self, place: int) -> None:
        self._processes[place].close(kill=True)
        with self._lock:
            if self._closing:
                raise SlotLost
            self._processes[place] = self._make()

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, dict[str, Any]]]:
        """Answers in the order in which they are ready; nothing is lost with a slot."""
        waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        answers: queue.SimpleQueue[tuple[Job, dict[str, Any] | BaseException]] = queue.SimpleQueue()
        count = 0
        for job in jobs:
            waiting.put(job)
            count += 1
        threads = [
            threading.Thread(target=self._serve, args=(place, waiting, answers), daemon=True)
            for place in range(len(self._processes))
        ]
        for _ in threads:
            waiting.put(None)
        for thread in threads:
            thread.start()
        failures = []
        for _ in range(count):
            job, answer = answers.get()
            if isinstance(answer, BaseException):
                failures.append(answer)
                # one submission that ends every slot does not stop the others; a full disk does
                ours = isinstance(answer, UserError) and answer.exit_code == INFRASTRUCTURE
                if not ours or len(failures) > MAX_FAILED:
                    raise answer
                continue
            yield job, answer
        if failures:
            raise failures[0]

    def _serve(
        self,
        place: int,
        waiting: queue.SimpleQueue[Job | None],
        answers: queue.SimpleQueue[tuple[Job, dict[str, Any] | BaseException]],
    ) -> None:
        while (job := waiting.get()) is not None:
            try:
                answers.put((job, self._ask(place, job)))
            except BaseException as error:
                answers.put((job, error))

    def _ask(self, place: int, job: Job) -> dict[str, Any]:
        name = getattr(job, "student", None) or getattr(job, "key", "")
        for _ in range(MAX_ATTEMPTS):
            try:
                answer = self._processes[place].ask(job)
            except SlotLost:
                self._replace(place)
                self._warm_up(place)
                why = f"the slot that graded {name} ended {MAX_ATTEMPTS} times"
                continue
            if "error" not in answer:
                return answer
            if answer["exit_code"] != INFRASTRUCTURE:
                raise UserError(answer["error"], answer["exit_code"])
            why = f"{name} could not be graded: {answer['error']}"
        raise UserError(
            f"{why}; everything graded so far is kept: run the command again, and `autograder doctor` if it happens "
            "once more.",
            INFRASTRUCTURE,
        )

    def __enter__(self) -> Slots:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._closing = True
        for process in self._processes:
            process.let_go()
        for process in self._processes:
            process.close()
        sweep()  # what a slot that was killed may have left


def default_jobs() -> int:
    """One slot per core this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
