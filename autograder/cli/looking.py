"""Commands that look at a whole class, as they are typed: similarity, stats."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.options import (
    HERE,
    CourseOption,
    JobsOption,
    JsonOption,
    LevelOption,
    NameArgument,
    QuietOption,
    SolutionsOption,
    TrustOption,
)


def similarity(
    name: NameArgument,
    course: CourseOption = HERE,
    solutions: SolutionsOption = None,
    threshold: Annotated[
        int, typer.Option(min=1, max=100, help="List pairs that are alike to so many per cent or more.")
    ] = 80,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find submissions that are alike, whatever their names are called."""
    from autograder.commands import looking

    raise typer.Exit(looking.similarity(name, course, solutions, threshold / 100, as_json, quiet))


def stats(
    name: NameArgument,
    course: CourseOption = HERE,
    solutions: SolutionsOption = None,
    again: Annotated[
        int, typer.Option("--again", min=0, help="Examine everything with so many other seeds, to find flaky tests.")
    ] = 0,
    jobs: JobsOption = None,
    level: LevelOption = None,
    trust: TrustOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how good the tests are: difficulty, discrimination, commonest failures, flaky ones."""
    from autograder.commands import looking

    raise typer.Exit(looking.stats(name, course, solutions, again, jobs, level, trust, as_json, quiet))
