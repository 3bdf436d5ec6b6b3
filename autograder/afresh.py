"""Run a notebook afresh, as after restarting its kernel, before it is handed in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from autograder.checking import Released, check_notebook, matched, read_released, student_box
from autograder.errors import UserError
from autograder.isolation import Limits
from autograder.score import NOT_ANSWERED
from autograder.student import StudentFault
from autograder.submit import Receipt

Progress = Callable[[int, int, str], None]

#: Cells that grading does not run, and how long one of them may take when it is asked for.
EXPERIMENTS = ("experiment", "figures")
EXPERIMENT_SECONDS = 6 * 3600.0
#: A notebook that never ran fails everywhere; the first places say why.
MAX_FAILURES = 20


def run_afresh(
    notebook: Path, receipt: Receipt, progress: Callable[[str], AbstractContextManager[Progress]], experiments: bool
) -> None:
    """Run the cells in order in a new process, then the visible tests; add what does not work to the receipt.

    What runs is what grading runs: definitions, answers and cells of one's own. Cells that
    experiment or draw take minutes; they run first, and as a whole, only with `experiments`. A
    statement that fails is told and the rest goes on. Figures stay as they are in the notebook,
    and nothing that fails keeps a notebook from being packed.
    """
    try:
        released = read_released(notebook.resolve().parent)
        failures: list[str] = []
        if experiments:
            with progress("running all cells") as tell:
                failures = _experiments(notebook, released, tell)
        with progress("running the answers") as tell:
            found = check_notebook(notebook, [], tell)
    except UserError as error:
        receipt.problems.append(f"not run afresh: {error.message}")
        return
    receipt.ran = "experiments" if experiments else "cells"
    failures = failures or found.failures
    receipt.problems += failures[:MAX_FAILURES]
    if len(failures) > MAX_FAILURES:
        receipt.problems.append(f"and {len(failures) - MAX_FAILURES} more statements that fail")
    for result in found.results:
        wrong = [p for p in result.properties if p.status != "passed" and NOT_ANSWERED not in p.message]
        if wrong:
            receipt.problems.append(
                f"question {result.question.id}: {len(wrong)} of {len(result.properties)} visible properties do not "
                f"hold, `autograder check {notebook.name} --question {result.question.id}` shows which"
            )
    held, visible = sum(r.passed for r in found.results), sum(len(r.properties) for r in found.results)
    fail = "1 statement fails" if len(failures) == 1 else f"{len(failures)} statements fail"
    cells = fail if failures else "every cell runs"
    receipt.notes.append(f"run afresh: {cells}; visible {held}/{visible}")


def _experiments(notebook: Path, released: Released, progress: Progress) -> list[str]:
    """Failures of all cells in one worker, which has hours for each."""
    submission = matched(notebook, released, EXPERIMENTS)
    failures = submission.unreadable
    with student_box(released, Limits(cpu_seconds=EXPERIMENT_SECONDS, wall_seconds=EXPERIMENT_SECONDS)) as box:
        worker = box.worker(0)
        for done, (label, source) in enumerate(submission.code):
            progress(done, len(submission.code), label)
            try:
                failures += [f"{label}, {failure}" for failure in worker.run(source, label)]
            except StudentFault as fault:
                failures.append(f"{label}: {fault.message}; the cells after it were not run")
                break
        box.retire(worker)
    progress(len(submission.code), len(submission.code), "")
    return failures
