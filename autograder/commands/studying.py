"""Commands of a student: check, submit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.errors import ALL_GOOD, FOUND_FAULTS, UserError
from autograder.notebooks import HAND_GRADED
from autograder.terminal import Terminal


def _refuse_folder(notebook: Path) -> None:
    if notebook.is_dir():
        raise UserError(f"{notebook} is a folder: name the notebook in it that you work on.")


def check(notebook: Path, questions: Sequence[str], as_json: bool, quiet: bool) -> int:
    from autograder.checking import check_notebook

    terminal = Terminal(as_json=as_json, quiet=quiet)
    _refuse_folder(notebook)
    with terminal.progress("checking") as tell:
        found = check_notebook(notebook, questions, progress=tell)
    notes, results = found.notes + found.failures, found.results
    for note in notes:
        terminal.say(f"note: {note}")
    for result in results:
        terminal.say("\n".join(result.lines))
    terminal.result(
        {
            "notebook": str(notebook),
            "notes": notes,
            "questions": [
                {
                    "id": r.question.id,
                    "title": r.question.title,
                    "passed": r.passed,
                    "visible": len(r.properties),
                    "hidden": r.hidden,
                    "properties": msgspec.to_builtins(r.properties),
                }
                for r in results
            ],
        }
    )
    return ALL_GOOD if all(r.passed == len(r.properties) for r in results) else FOUND_FAULTS


def submit(
    notebook: Path, out: Path | None, run: bool, experiments: bool, dry_run: bool, as_json: bool, quiet: bool
) -> int:
    from autograder.checking import read_released
    from autograder.submit import Receipt, pack

    terminal = Terminal(as_json=as_json, quiet=quiet)
    _refuse_folder(notebook)
    released = read_released(notebook.resolve().parent)
    names = [name for q in released.manifest.question for name in q.names]
    ids = {cell["id"]: cell["question"] for cell in released.cells if cell["role"] in ("answer", *HAND_GRADED)}

    def afresh(receipt: Receipt) -> None:
        from autograder.afresh import run_afresh

        run_afresh(notebook, receipt, terminal.progress, experiments)

    receipt = pack(
        notebook,
        released.manifest.name,
        names=names,
        ids=ids,
        out=out or notebook.resolve().parent,
        dry_run=dry_run,
        afresh=afresh if run or experiments else None,
    )
    for problem in receipt.problems:
        terminal.say(f"✗ {problem}")
    for note in receipt.notes:
        terminal.say(f"note: {note}")
    if receipt.archive is not None:
        terminal.say(f"packed {receipt.archive}: hand in this file\nreceipt: sha256 {receipt.sha256}, {receipt.time}")
        if receipt.problems:
            terminal.say("It can be handed in as it is; to mend what is marked ✗, save the notebook and submit again.")
    elif dry_run and not receipt.problems:
        terminal.say("nothing is missing; without --dry-run this packs the zip.")
    terminal.result(msgspec.to_builtins(receipt))
    return FOUND_FAULTS if receipt.problems else ALL_GOOD
