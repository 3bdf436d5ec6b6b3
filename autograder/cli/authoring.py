"""Commands of an author, as they are typed: new, verify, release, package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.completion import assignments
from autograder.cli.options import (
    EventsOption,
    JobsOption,
    JsonOption,
    LevelOption,
    NameArgument,
    QuietOption,
    SolutionsOption,
    TrustOption,
)


def new(
    name: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="Name of the new assignment.")],
    solutions: SolutionsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a small assignment that verifies as it stands, to be changed into yours."""
    from autograder.commands import authoring

    raise typer.Exit(authoring.new(name, solutions, as_json))


def verify(
    name: NameArgument,
    solutions: SolutionsOption = None,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds that no verdict may depend on.")] = 50,
    quick: Annotated[bool, typer.Option("--quick", help="One seed and a sample of the mutants.")] = False,
    course: Annotated[
        Path | None, typer.Option("--course", help="Keep what the mutants failed for this course's class report.")
    ] = None,
    jobs: JobsOption = None,
    level: LevelOption = None,
    trust: TrustOption = False,
    events: EventsOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Prove that an assignment's tests are sharp and fair."""
    from autograder.commands import authoring

    raise typer.Exit(authoring.verify(name, solutions, seeds, quick, course, jobs, level, trust, as_json, quiet))


def release(
    name: Annotated[str | None, typer.Argument(metavar="[ASSIGNMENT]", autocompletion=assignments)] = None,
    every: Annotated[bool, typer.Option("--all", help="Release every assignment.")] = False,
    solutions: SolutionsOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder of releases; default: assignments/ beside solutions/.")
    ] = None,
    student_package: Annotated[
        bool, typer.Option("--student-package", help="Put a wheel for students beside it, without what is withheld.")
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write what students get: stubs, visible tests, no solution."""
    from autograder.commands import authoring

    raise typer.Exit(authoring.release(name, every, solutions, to, student_package, as_json, quiet))


def package(
    name: NameArgument,
    target: Annotated[str, typer.Option("--target", help="gradescope.")] = "gradescope",
    out: Annotated[Path | None, typer.Option("--out", help="The zip; default: ASSIGNMENT-TARGET.zip here.")] = None,
    solutions: SolutionsOption = None,
    torch_index: Annotated[str, typer.Option("--torch-index", help="Where to install torch from.")] = "",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Pack an assignment with the grader as a zip that Gradescope runs for each submission."""
    from autograder.commands import packaging

    raise typer.Exit(packaging.package(name, target, out, solutions, torch_index, as_json, quiet))
