"""One slot: collected tests and a box on the trusted side, grading one job after another."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from autograder.assignment import Assignment
from autograder.atomic import sweep_unfinished, write_whole
from autograder.autograded import autograded_notebook
from autograder.environment import environment_hash, versions
from autograder.errors import INFRASTRUCTURE, UserError
from autograder.examine import Examination, only
from autograder.grading import Runner, with_tests
from autograder.jobs import ExamineJob, GradeJob, Job, file_hash
from autograder.matching import match
from autograder.notebooks import cells_of, submitted_bytes
from autograder.plaintext import harmless, one_line
from autograder.record import QuestionResult, Record, Times
from autograder.reference import reference_namespace
from autograder.release import released_cells
from autograder.sandbox import Box
from autograder.score import question_result, submission_status
from autograder.staging import stage_hippo
from autograder.tempfolder import temp_folder

MAX_NOTES = 30


class Slot:
    """Tests collected, box open: answers jobs."""

    def __init__(self, assignment: Assignment, runner: Runner, box: Box) -> None:
        self.assignment, self.runner, self.box = assignment, runner, box
        self.master = released_cells(assignment)
        self.names = [name for q in assignment.manifest.question for name in q.names]
        self.assignment_hash = assignment.hash()
        self.bases = assignment.bases()
        self.versions = versions()
        #: Told the results so far after every question that was run.
        self.after_question: Callable[[Sequence[QuestionResult]], None] = lambda results: None

    def introduction(self) -> dict[str, Any]:
        """What a record made here depends on, beside the submission."""
        return {
            "ready": self.box.level,
            "assignment": self.assignment_hash,
            "environment": environment_hash(self.versions, self.box.level),
            "versions": self.versions,
        }

    def answer(self, job: Job) -> dict[str, Any]:
        if isinstance(job, ExamineJob):
            return self._examine(job)
        started, times = time.perf_counter(), Times()
        record = self.grade(job, times.questions)
        times.seconds = round(time.perf_counter() - started, 4)
        return {"student": job.student, "record": msgspec.to_builtins(record), "times": msgspec.to_builtins(times)}

    def grade(self, job: GradeJob, wall: dict[str, float]) -> Record:
        """Grade one submission; whatever is in it, a record comes out, and in `wall` how long each question took."""
        manifest = self.assignment.manifest
        notes = [job.note] if job.note else []
        submission_hash = job.submission
        if job.refused:
            return self._ungraded(job, "unreadable", job.refused, submission_hash, notes)
        try:
            # read once: what is hashed is what is graded, even if the file changes meanwhile
            raw = submitted_bytes(Path(job.notebook))
            submission_hash = hashlib.sha256(raw).hexdigest()
            cells = cells_of(raw, Path(job.notebook).name)
            submission = match(cells, self.master, self.names)
        except UserError as error:
            if error.exit_code == INFRASTRUCTURE:
                raise
            submission_hash = submission_hash or file_hash(Path(job.notebook))
            return self._ungraded(job, "unreadable", error.message, submission_hash, notes)
        if submission.foreign:
            return self._ungraded(
                job,
                "wrong assignment",
                f"This is not a notebook of {manifest.name}: none of its cells and functions was found.",
                submission_hash,
                notes,
            )
        examination = Examination(self.box, self.runner, manifest, submission.code, submission.aliases)
        results = []
        kept = {} if job.questions is None else {r.id: r for r in job.previous if r.id not in job.questions}
        if kept:
            examination.replay(job.seed)  # notes and faults of the cells come first, as when everything is run
        for question in manifest.question:
            if question.id in kept:
                results.append(kept[question.id])
                examination.charge(question.id, kept[question.id].faults)
                continue
            started = time.perf_counter()
            properties = only(examination.question(question.id, [job.seed])) if question.auto > 0 else []
            wall[question.id] = round(time.perf_counter() - started, 4)
            result = question_result(question, properties)
            result.faults, result.basis = examination.faults_of(question.id), self.bases[question.id]
            results.append(result)
            self.after_question(results)
        if kept and examination.exhausted:
            # what was run and what was not depends on every question before
            return self.grade(structs.replace(job, questions=None), wall)
        status, message = submission_status(results, submission, examination.faults)
        notes += submission.notes + submission.unreadable
        notes += examination.notes
        used = {id(cell) for cell in submission.found.values()}
        extra = [cell for cell in cells if id(cell) not in used]
        sweep_unfinished(Path(job.autograded).parent)
        write_whole(Path(job.autograded), autograded_notebook(self.assignment, submission.found, extra, results))
        return self._record(job, status, message, results, notes, submission_hash)

    def _ungraded(
        self, job: GradeJob, status: str, message: str, submission_hash: str, notes: list[str]
    ) -> Record:
        results = [question_result(q, []) for q in self.assignment.manifest.question]
        for result in results:
            result.status, result.message = "not gradable", ""
        sweep_unfinished(Path(job.autograded).parent)
        # formgrader lists only students whose notebook it finds
        write_whole(Path(job.autograded), autograded_notebook(self.assignment, {}, [], results))
        return self._record(job, status, message, results, notes, submission_hash)

    def _record(
        self,
        job: GradeJob,
        status: str,
        message: str,
        results: list[QuestionResult],
        notes: list[str],
        submission_hash: str,
    ) -> Record:
        manifest = self.assignment.manifest
        if len(notes) > MAX_NOTES:
            notes = [*notes[:MAX_NOTES], f"and {len(notes) - MAX_NOTES} more"]
        record = Record(
            student=job.student,
            assignment=manifest.name,
            title=manifest.title,
            status=status,
            message=one_line(message, 500),
            score=round(sum(r.score for r in results), 6),
            max_score=manifest.points,
            questions=results,
            notes=[one_line(note, 300) for note in notes],
            isolation=self.box.level,
            seed=job.seed,
            versions=self.versions,
            hashes={
                "submission": submission_hash,
                "assignment": self.assignment_hash,
                "environment": environment_hash(self.versions, self.box.level),
            },
            seconds=sum((p.seconds for r in results for p in r.properties), 0.0),
        )
        # whatever is made of it: no text of a student's can command a page, a table or a terminal
        return msgspec.convert(harmless(msgspec.to_builtins(record)), Record)

    def _examine(self, job: ExamineJob) -> dict[str, Any]:
        examination = Examination(self.box, self.runner, self.assignment.manifest, job.code)
        rows = {question: examination.question(question, job.seeds, job.only) for question in job.questions}
        return {"key": job.key, "rows": msgspec.to_builtins(rows), "notes": examination.notes}


def open_slot(assignment: Assignment, level: str | None, trust: bool, work: Callable[[Slot], None]) -> None:
    """Collect the tests, open a box and hand both to `work`."""
    manifest = assignment.manifest
    with temp_folder("slot") as folder:
        staged = stage_hippo(folder, assignment.name, manifest.withhold, manifest.checkpoints)
        folder.chmod(0o755)
        # torch makes a folder beside ours otherwise, and leaves it
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(folder / "torch"))
        # the reference needs the same packages as the box: imported here while the box imports them
        imports = threading.Thread(target=lambda: [import_module(name) for name in manifest.preload], daemon=True)
        imports.start()
        with Box(level, preload=manifest.preload, python_path=(staged,), limits=manifest.limits, trust=trust) as box:
            imports.join()
            torch = import_module("torch")  # in time for the reference, and not before the box is on its way
            torch.set_num_threads(1)
            reference = reference_namespace(assignment)
            with_tests(
                [assignment.tests / "visible", assignment.tests / "hidden"],
                [q.id for q in manifest.question],
                reference,
                lambda runner: work(Slot(assignment, runner, box)),
            )
