"""Commands that look at a whole class, as they are typed: similarity, stats."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.options import (
    HERE,
    CourseOption,
    JsonOption,
    NameArgument,
    QuietOption,
    SolutionsOption,
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
