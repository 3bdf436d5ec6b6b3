"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.completion import assignments, one_of, students

LEVELS = one_of("L3", "L2d", "L2", "L1")


def _events(ctx: typer.Context, wanted: bool) -> bool:
    from autograder.terminal import Terminal

    Terminal.events = wanted
    ctx.call_on_close(lambda: setattr(Terminal, "events", False))
    return wanted


CourseOption = Annotated[Path, typer.Option("--course", help="Course folder (nbgrader's layout).")]
SolutionsOption = Annotated[Path | None, typer.Option("--solutions", help="Folder of assignment sources.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
EventsOption = Annotated[
    bool, typer.Option("--events", callback=_events, help="Print a JSON object per step, the last one with the result.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
LevelOption = Annotated[
    str | None, typer.Option("--isolation", help="Insist on a level: L3, L2d, L2 or L1.", autocompletion=LEVELS)
]
TrustOption = Annotated[
    bool, typer.Option("--trust-submissions", help="Allow L1: a separate process, no box around it.")
]
JobsOption = Annotated[int | None, typer.Option("--jobs", min=1, help="Slots side by side; default: one per core.")]
DbOption = Annotated[
    str, typer.Option("--db", help="URL of the gradebook; default: gradebook.db in the course folder.")
]
NameArgument = Annotated[
    str, typer.Argument(metavar="ASSIGNMENT", help="Name of the assignment.", autocompletion=assignments)
]
StudentOption = Annotated[
    list[str] | None, typer.Option("--student", help="Only this student; may be repeated.", autocompletion=students)
]
QuestionOption = Annotated[list[str] | None, typer.Option("--question", help="Only this question; may be repeated.")]
HERE = Path()
