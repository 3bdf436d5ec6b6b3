"""Commands that grade a class, as they are typed: collect, grade, regrade, replay, marks, formgrader, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.completion import one_of
from autograder.cli.options import (
    HERE,
    CourseOption,
    DbOption,
    EventsOption,
    JobsOption,
    JsonOption,
    LevelOption,
    NameArgument,
    QuestionOption,
    QuietOption,
    SolutionsOption,
    StudentOption,
    TrustOption,
)
from autograder.errors import UserError

PLATFORMS = one_of("auto", "folder", "zip", "canvas", "moodle", "brightspace", "gradescope")


def collect(
    source: Annotated[Path, typer.Argument(help="Folder or zip of submissions.")],
    name: NameArgument,
    course: CourseOption = HERE,
    platform: Annotated[
        str,
        typer.Option(
            "--from", help="auto, folder, zip, canvas, moodle, brightspace, gradescope.", autocompletion=PLATFORMS
        ),
    ] = "auto",
    solutions: SolutionsOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Bring submissions into the course folder; what cannot be used goes to quarantine with a reason."""
    from autograder.commands import grading_a_class

    raise typer.Exit(grading_a_class.collect(source, name, course, platform, solutions, as_json, quiet))


def grade(
    name: NameArgument,
    course: CourseOption = HERE,
    solutions: SolutionsOption = None,
    jobs: JobsOption = None,
    student: StudentOption = None,
    question: QuestionOption = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the hidden inputs; default: from the assignment.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what has not changed.")] = False,
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://HOST:PORT", help="Grade on the workers of this dask scheduler.")
    ] = "",
    shard: Annotated[str, typer.Option(metavar="I/N", help="Grade part I of N; no gradebook is touched.")] = "",
    merge: Annotated[bool, typer.Option("--merge", help="Grade nothing; records go into the gradebook.")] = False,
    db: DbOption = "",
    level: LevelOption = None,
    trust: TrustOption = False,
    events: EventsOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Grade a class; what has not changed since the last run is left alone."""
    from autograder.commands import grading_a_class
    from autograder.grade import Options
    from autograder.shards import Shard
    from autograder.slots import default_jobs

    if merge:
        if shard or scheduler or student or question or force or seed is not None:
            raise UserError("--merge grades nothing: leave out all options that choose what or where to grade.")
        raise typer.Exit(grading_a_class.merge(name, course, db, solutions, as_json, quiet))
    options = Options(
        jobs=jobs or default_jobs(),
        level=level,
        trust=trust,
        students=student or [],
        questions=question or [],
        seed=seed,
        force=force,
        scheduler=scheduler,
        shard=Shard.parse(shard) if shard else None,
    )
    raise typer.Exit(grading_a_class.grade(name, course, db, solutions, options, as_json, quiet))


def regrade(
    name: NameArgument,
    course: CourseOption = HERE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    solutions: SolutionsOption = None,
    jobs: JobsOption = None,
    student: StudentOption = None,
    question: QuestionOption = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what has not changed.")] = False,
    db: DbOption = "",
    level: LevelOption = None,
    trust: TrustOption = False,
    events: EventsOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Grade again what changed since, keep the old records, show before and after; marks given by hand stay."""
    from autograder.commands import regrading
    from autograder.course import Course
    from autograder.grade import Options
    from autograder.slots import default_jobs

    options = Options(
        jobs=jobs or default_jobs(),
        level=level,
        trust=trust,
        students=student or [],
        questions=question or [],
        force=force,
    )
    raise typer.Exit(regrading.regrade(name, Course(course, db), solutions, options, dry_run, as_json, quiet))


def replay(
    record: Annotated[Path, typer.Argument(help="A file in records/ of a course.")],
    question: Annotated[str, typer.Option("--question", help="Only this question.")] = "",
    submission: Annotated[
        Path | None, typer.Option("--submission", help="The notebook; default: the course's own.")
    ] = None,
    solutions: SolutionsOption = None,
    level: LevelOption = None,
    trust: TrustOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Grade one submission again with the seed of its record, and compare verdict by verdict; nothing is written."""
    from autograder.commands import regrading

    raise typer.Exit(regrading.replay(record, question, submission, solutions, level, trust, as_json, quiet))


def marks(
    name: NameArgument,
    course: CourseOption = HERE,
    read: Annotated[Path | None, typer.Option("--read", help="Take this table back into the gradebook.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Table to write; default: marking/ in the course.")] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Codes in place of names; --read knows whose they are.")
    ] = False,
    overrides: Annotated[bool, typer.Option("--overrides", help="Also rows for what the tests marked.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --read: only say what would change.")] = False,
    solutions: SolutionsOption = None,
    db: DbOption = "",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a table for marking by hand in a spreadsheet, with a page of the answers; or take it back."""
    from autograder.commands import marking
    from autograder.course import Course

    asked = marking.Asked(read, out, blind, overrides, dry_run)
    raise typer.Exit(marking.marks(name, Course(course, db), solutions, asked, as_json, quiet))


def formgrader(
    course: CourseOption = HERE,
    port: Annotated[int, typer.Option(help="Port to serve on.", min=1, max=65535)] = 8888,
    db: DbOption = "",
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = True,
) -> None:
    """Open nbgrader's formgrader on the course, for hand-grading."""
    from autograder.commands import handing_back

    raise typer.Exit(handing_back.formgrader(course, db, port, browser))


def doctor(
    level: LevelOption = None,
    trust: TrustOption = False,
    containerfile: Annotated[
        bool, typer.Option("--containerfile", help="Print what an image for L2d is built from, and do nothing else.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Try what isolation promises on this machine, and say how to cure what fails."""
    from autograder.commands import diagnosing

    if containerfile:
        raise typer.Exit(diagnosing.containerfile())
    raise typer.Exit(diagnosing.doctor(level, trust, as_json))
