"""Commands of a student, as they are typed: check, submit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import JsonOption, QuestionOption, QuietOption


def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
    question: QuestionOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Students: see which visible properties of your notebook hold."""
    from autograder.commands import studying

    raise typer.Exit(studying.check(notebook, question or [], as_json, quiet))


def submit(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the zip and the receipt go; default: beside it.")
    ] = None,
    run: Annotated[
        bool, typer.Option("--run", help="First run it afresh, top to bottom, and say what fails; not its experiments.")
    ] = False,
    experiments: Annotated[bool, typer.Option("--experiments", help="Run its experiments too; takes minutes.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is missing.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Students: pack the notebook for handing in, with a receipt."""
    from autograder.commands import studying

    raise typer.Exit(studying.submit(notebook, out, run, experiments, dry_run, as_json, quiet))
