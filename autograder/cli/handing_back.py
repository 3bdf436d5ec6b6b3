"""Commands that hand marks back, as they are typed: feedback, report, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.completion import one_of
from autograder.cli.options import HERE, CourseOption, DbOption, JsonOption, NameArgument, QuietOption, SolutionsOption

FORMATS = one_of("csv", "canvas", "moodle", "brightspace", "gradescope", "junit", "ags")


def feedback(
    name: NameArgument,
    course: CourseOption = HERE,
    solutions: SolutionsOption = None,
    db: DbOption = "",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write one page per student."""
    from autograder.commands import handing_back

    raise typer.Exit(handing_back.feedback(name, course, db, solutions, as_json, quiet))


def report(
    name: NameArgument,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the class report: distribution, difficulty, commonest failures."""
    from autograder.commands import handing_back

    raise typer.Exit(handing_back.report(name, course, as_json, quiet))


def export(
    name: NameArgument,
    course: CourseOption = HERE,
    solutions: SolutionsOption = None,
    db: DbOption = "",
    kind: Annotated[
        str,
        typer.Option(
            "--format", help="csv or canvas, moodle, brightspace, gradescope, junit, ags.", autocompletion=FORMATS
        ),
    ] = "csv",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default: in the course folder.")] = None,
    template: Annotated[Path | None, typer.Option("--template", help="The file that the platform exported.")] = None,
    column: Annotated[str, typer.Option("--column", help="Heading of the column that takes the marks.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be filled in.")] = False,
    bom: Annotated[bool, typer.Option("--bom", help="Begin tables with a byte order mark.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write marks, hand-given ones and lateness included, as a table or into a platform's own file."""
    from autograder.commands import exporting
    from autograder.course import Course

    asked = exporting.Asked(kind, out, template, column, dry_run, bom)
    raise typer.Exit(exporting.export(name, Course(course, db), solutions, asked, as_json, quiet))
