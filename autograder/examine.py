"""Examine one submission: a fresh worker per question, the instructor's tests on the trusted side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from autograder.grading import Runner, Subject, describe, seed_for, tolerance_of
from autograder.isolation import IsolationError
from autograder.protocol import Unsupported
from autograder.record import Property
from autograder.spec import Manifest
from autograder.student import StudentFault

if TYPE_CHECKING:
    from autograder.sandbox import Box, Worker

#: Faults after which the worker is gone.
LETHAL = ("timeout", "crashed", "memory", "protocol")
#: So many lethal faults one submission may cost; what comes after is not run any more.
MAX_LETHAL = 12


class Examination:
    """Runs tests against one submission and remembers what must not be run again.

    A cell that kills or hangs its worker is left out of every later worker; a function that does
    so is not called again. So one endless loop costs its time limit once, not once per test.

    A worker that just ends may have been ended by somebody else: the machine's administrator, or a
    machine that ran out of memory. So whatever crashed is run once more in a fresh worker, and only
    what crashes twice is the student's.
    """

    def __init__(
        self,
        box: Box,
        runner: Runner,
        manifest: Manifest,
        code: Sequence[tuple[str, str]],
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.box, self.runner, self.manifest = box, runner, manifest
        self.code = [*code, *((name, f"{name} = {other}") for name, other in (aliases or {}).items())]
        self.skipped: dict[str, StudentFault] = {}
        self.banned: dict[str, StudentFault] = {}
        self.notes: list[str] = []
        self._cell_faults: list[tuple[str, str]] = []
        self._question_faults: dict[str, list[str]] = {}
        self._replayed = False

    @property
    def faults(self) -> dict[str, list[str]]:
        """Code of a lethal fault → the cells, then the questions, in which it happened."""
        found: dict[str, list[str]] = {}
        questions = [(code, f"question {name}") for name, codes in self._question_faults.items() for code in codes]
        for code, place in dict.fromkeys([*self._cell_faults, *questions]):
            found.setdefault(code, []).append(place)
        return found

    @property
    def exhausted(self) -> bool:
        """Whether so much has gone wrong that nothing is run any more."""
        return len(self._cell_faults) + sum(map(len, self._question_faults.values())) >= MAX_LETHAL

    def faults_of(self, question_id: str) -> list[str]:
        """Codes of the lethal faults of one question, in order."""
        return list(self._question_faults.get(question_id, []))

    def charge(self, question_id: str, faults: Sequence[str]) -> None:
        """Count a question that was examined before, with the faults it had then."""
        if faults:
            self._question_faults[question_id] = list(faults)

    def replay(self, seed: int) -> None:
        """Run the cells alone: which of them fail, which are lethal."""
        self.box.retire(self._replayed_in(seed))

    def question(self, question_id: str, seeds: Sequence[int], only: Sequence[str] = ()) -> list[list[Property]]:
        """Properties of one question, once per seed, all in one worker as long as it lives.

        With seeds after the first just the tests named in `only` are run, if any are.
        """
        worker: Worker | None = None
        results = []
        self.banned = {}  # each question by itself, so that one can be examined again without the others
        try:
            for seed in seeds:
                row = []
                for item in self.runner.items[question_id]:
                    if only and seed != seeds[0] and item.name not in only:
                        continue
                    if self.exhausted:
                        row.append(_not_run(item))
                        continue
                    if worker is None:
                        worker = self._open(seed, question_id)
                    result = self._run(worker, item, question_id, seed)
                    if _crashed(worker):
                        self.box.retire(worker)
                        worker = self._open(seed, question_id)
                        result = self._run(worker, item, question_id, seed)
                    self._judge(worker, result, question_id)
                    row.append(result)
                    if worker.dead:
                        self.box.retire(worker)
                        worker = None
                results.append(row)
        finally:
            if worker is not None:
                self.box.retire(worker)
        return results

    def _run(self, worker: Worker, item: pytest.Item, question_id: str, seed: int) -> Property:
        student = worker.student
        student.banned = self.banned
        if not worker.dead:
            student.seed(seed_for(seed, item.name) % 2**32)
        result = self.runner.run(item, Subject(student, seed, tolerance_of(self.manifest, question_id)))
        if isinstance(failure := self._failure(), IsolationError):
            raise failure  # ours, not the student's
        return result

    def _failure(self) -> BaseException | None:
        return self.runner.failure.value if self.runner.failure else None

    def _judge(self, worker: Worker, result: Property, question_id: str) -> None:
        """Remember what the last test ended in, if in anything lethal."""
        failure = self._failure()
        if worker.dead is not None:
            result.seconds = worker.dead.seconds
        fault = worker.dead or (failure if isinstance(failure, StudentFault) and failure.code == "memory" else None)
        if fault is not None:
            self._question_faults.setdefault(question_id, []).append(fault.code)
            if worker.student.last_name:
                self.banned[worker.student.last_name] = fault

    def _open(self, seed: int, question_id: str) -> Worker:
        """A worker in which every cell has run that can be run without killing it."""
        worker = self._replayed_in(seed)
        worker.cpu_seconds = self.manifest.find(question_id).cpu_seconds or worker.cpu_seconds
        return worker

    def _replayed_in(self, seed: int) -> Worker:
        if not self.skipped:
            worker = self.box.worker(seed % 2**32)
            try:
                self._remember(worker.student.run_cells(self.code))
                return worker
            except (StudentFault, Unsupported):
                self.box.retire(worker)  # some cell is lethal: find out which, one by one
        suspects: set[str] = set()
        while True:
            worker = self.box.worker(seed % 2**32)
            notes: list[str] = []
            for label, source in self.code:
                if label in self.skipped:
                    continue
                try:
                    errors = worker.run(source, label)
                except StudentFault as fault:
                    if _crashed(worker) and label not in suspects:
                        suspects.add(label)
                        break
                    self.skipped[label] = fault
                    self.notes.append(f"{label} was left out: {fault.message}")
                    self._cell_faults.append((fault.code, label))
                    break
                notes += [f"{label}, {error}" for error in errors]
            else:
                self._remember(notes)
                return worker
            self.box.retire(worker)

    def _remember(self, failures: Sequence[str]) -> None:
        """Note once which cells failed: every worker runs them again."""
        if not self._replayed:
            self.notes += failures
        self._replayed = True


def _crashed(worker: Worker) -> bool:
    """Whether the worker ended for no reason that we know of."""
    return worker.dead is not None and worker.dead.code == "crashed"


def _not_run(item: pytest.Item) -> Property:
    result = describe(item)
    result.status = "timeout"
    result.message = "not run: the notebook had used up its time before"
    return result


def only(values: list[list[Any]]) -> list[Any]:
    """The single row of a run with one seed."""
    assert len(values) == 1
    return values[0]
