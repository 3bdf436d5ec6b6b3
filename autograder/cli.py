"""The `autograder` command: parsing here, work in the modules it imports when needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.errors import ALL_GOOD, INFRASTRUCTURE, INTERRUPTED, USAGE, UserError
from autograder.interruption import interrupted, interruptible
from autograder.streams import mend_streams

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Write, verify, release, collect, grade and hand back notebook assignments.",
)

CourseOption = Annotated[Path, typer.Option("--course", help="Course folder (nbgrader's layout).")]
SolutionsOption = Annotated[Path | None, typer.Option("--solutions", help="Folder of assignment sources.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
LevelOption = Annotated[str | None, typer.Option("--isolation", help="Insist on a level: L3, L2d, L2 or L1.")]
TrustOption = Annotated[
    bool, typer.Option("--trust-submissions", help="Allow L1: a separate process, no box around it.")
]
JobsOption = Annotated[int | None, typer.Option("--jobs", min=1, help="Slots side by side; default: one per core.")]
DbOption = Annotated[
    str, typer.Option("--db", help="URL of the gradebook; default: gradebook.db in the course folder.")
]
NameArgument = Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="Name of the assignment.")]
HERE = Path()


@app.command()
def new(name: NameArgument, solutions: SolutionsOption = None, as_json: JsonOption = False) -> None:
    """Make a small assignment that verifies as it stands, to be changed into yours."""
    from autograder.commands import authoring

    raise typer.Exit(authoring.new(name, solutions, as_json))


@app.command()
def verify(
    name: NameArgument,
    solutions: SolutionsOption = None,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds that no verdict may depend on.")] = 50,
    quick: Annotated[bool, typer.Option("--quick", help="One seed and a sample of the mutants.")] = False,
    jobs: JobsOption = None,
    level: LevelOption = None,
    trust: TrustOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Prove that an assignment's tests are sharp and fair."""
    from autograder.commands import authoring

    raise typer.Exit(authoring.verify(name, solutions, seeds, quick, jobs, level, trust, as_json, quiet))


@app.command()
def release(
    name: Annotated[str | None, typer.Argument(metavar="[ASSIGNMENT]")] = None,
    every: Annotated[bool, typer.Option("--all", help="Release every assignment.")] = False,
    solutions: SolutionsOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder of releases; default: assignments/ beside solutions/.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write what students get: stubs, visible tests, no solution."""
    from autograder.commands import authoring

    raise typer.Exit(authoring.release(name, every, solutions, to, as_json, quiet))


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
    question: Annotated[
        list[str] | None, typer.Option("--question", help="Only this question; may be repeated.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Students: see which visible properties of your notebook hold."""
    from autograder.commands import studying

    raise typer.Exit(studying.check(notebook, question or [], as_json, quiet))


@app.command()
def submit(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the zip and the receipt go; default: beside it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is missing.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Students: pack the notebook for handing in, with a receipt."""
    from autograder.commands import studying

    raise typer.Exit(studying.submit(notebook, out, dry_run, as_json, quiet))


@app.command()
def collect(
    source: Annotated[Path, typer.Argument(help="Folder or zip of submissions.")],
    name: NameArgument,
    course: CourseOption = HERE,
    platform: Annotated[str, typer.Option("--from", help="auto, folder, zip, canvas, moodle, brightspace, gradescope.")]
    = "auto",
    solutions: SolutionsOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Bring submissions into the course folder; what cannot be used goes to quarantine with a reason."""
    from autograder.commands import grading_a_class

    raise typer.Exit(grading_a_class.collect(source, name, course, platform, solutions, as_json, quiet))


@app.command()
def grade(
    name: NameArgument,
    course: CourseOption = HERE,
    solutions: SolutionsOption = None,
    jobs: JobsOption = None,
    student: Annotated[list[str] | None, typer.Option("--student", help="Only this student; may be repeated.")] = None,
    question: Annotated[
        list[str] | None, typer.Option("--question", help="Only this question; may be repeated.")
    ] = None,
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


@app.command()
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


@app.command()
def report(
    name: NameArgument,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the class report: distribution, difficulty, commonest failures."""
    from autograder.commands import handing_back

    raise typer.Exit(handing_back.report(name, course, as_json, quiet))


@app.command()
def export(
    name: NameArgument,
    course: CourseOption = HERE,
    solutions: SolutionsOption = None,
    db: DbOption = "",
    kind: Annotated[str, typer.Option("--format", help="csv or canvas, moodle, brightspace, gradescope, junit, ags.")]
    = "csv",
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


@app.command()
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


@app.command()
def formgrader(
    course: CourseOption = HERE,
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8888,
    db: DbOption = "",
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = True,
) -> None:
    """Open nbgrader's formgrader on the course, for hand-grading."""
    from autograder.commands import handing_back

    raise typer.Exit(handing_back.formgrader(course, db, port, browser))


@app.command()
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


def main() -> None:
    """Run the command; every error is one sentence and an exit code."""
    mend_streams()
    try:
        with interruptible():
            code = app(standalone_mode=False) or ALL_GOOD
            sys.stdout.flush()
            sys.exit(code)
    except UserError as error:
        _stop(error.message, error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _stop(interrupted(), INTERRUPTED)
    except OSError as error:
        _stop(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", INFRASTRUCTURE)
    except Exception as error:
        # a wrong option: click's exceptions, which typer carries inside itself since 0.16
        if not hasattr(error, "format_message"):
            raise
        _stop(f"{error.format_message()} (`autograder --help` lists the commands)", USAGE)


def _stop(message: str, code: int) -> None:
    from autograder.plaintext import clean

    print(f"autograder: {clean(message)}", file=sys.stderr)
    sys.exit(code)
