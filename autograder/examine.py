"""Examine one submission: a fresh worker per question, the instructor's tests on the trusted side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from autograder.grading import Runner, Subject, describe, seed_for, tolerance_of
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
        self.faults: dict[str, list[str]] = {}
        self.notes: list[str] = []
        self.lethal = 0
        self._replayed = False

    def question(self, question_id: str, seeds: Sequence[int], only: Sequence[str] = ()) -> list[list[Property]]:
        """Properties of one question, once per seed, all in one worker as long as it lives.

        With seeds after the first just the tests named in `only` are run, if any are.
        """
        worker: Worker | None = None
        results = []
        try:
            for seed in seeds:
                row = []
                for item in self.runner.items[question_id]:
                    if only and seed != seeds[0] and item.name not in only:
                        continue
                    if self.lethal >= MAX_LETHAL:
                        row.append(_not_run(item))
                        continue
                    if worker is None:
                        worker = self._open(seed)
                        worker.cpu_seconds = self.manifest.find(question_id).cpu_seconds or worker.cpu_seconds
                    row.append(self._run(worker, item, question_id, seed))
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
        failure = self.runner.failure.value if self.runner.failure else None
        if worker.dead is not None:
            result.seconds = worker.dead.seconds
        fault = worker.dead or (failure if isinstance(failure, StudentFault) and failure.code == "memory" else None)
        if fault is not None:
            self._note_lethal(fault, question_id)
            if student.last_name:
                self.banned[student.last_name] = fault
        return result

    def _open(self, seed: int) -> Worker:
        """A worker in which every cell has run that can be run without killing it."""
        if not self.skipped:
            worker = self.box.worker(seed % 2**32)
            try:
                self._remember(worker.student.run_cells(self.code))
                return worker
            except (StudentFault, Unsupported):
                self.box.retire(worker)  # some cell is lethal: find out which, one by one
        while True:
            worker = self.box.worker(seed % 2**32)
            notes: list[str] = []
            for label, source in self.code:
                if label in self.skipped:
                    continue
                try:
                    errors = worker.run(source, label)
                except StudentFault as fault:
                    self.skipped[label] = fault
                    self.notes.append(f"{label} was left out: {fault.message}")
                    self._note_lethal(fault, label)
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

    def _note_lethal(self, fault: StudentFault, where: str) -> None:
        self.lethal += 1
        places = self.faults.setdefault(fault.code, [])
        if where not in places:
            places.append(where)


def _not_run(item: pytest.Item) -> Property:
    result = describe(item)
    result.status = "timeout"
    result.message = "not run: the notebook had used up its time before"
    return result


def only(values: list[list[Any]]) -> list[Any]:
    """The single row of a run with one seed."""
    assert len(values) == 1
    return values[0]
