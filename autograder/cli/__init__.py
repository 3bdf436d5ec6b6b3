"""The `autograder` command: parsing here, work in the modules it imports when needed."""

from __future__ import annotations

import sys
from contextlib import suppress

import typer

from autograder.cli import authoring, grading, handing_back, looking, programs, studying
from autograder.cli.grouped import GroupedHelp
from autograder.errors import ALL_GOOD, INFRASTRUCTURE, INTERRUPTED, USAGE, UserError
from autograder.interruption import interrupted, interruptible
from autograder.streams import mend_streams

#: Every command, in the order in which it is needed.
COMMANDS = {
    "Write an assignment": (authoring.new, authoring.verify, authoring.release, authoring.package),
    "Solve an assignment": (studying.check, studying.submit),
    "Grade a class": (grading.collect, grading.grade, grading.marks, grading.formgrader, grading.doctor),
    "Grade again": (grading.regrade, grading.replay),
    "Look at a class": (handing_back.report, looking.stats, looking.similarity),
    "Hand marks back": (handing_back.feedback, handing_back.export),
    "Use it from a program": (programs.schema,),
}

app = typer.Typer(
    cls=GroupedHelp,
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Write, verify, release, collect, grade and hand back notebook assignments.",
)
for purpose, functions in COMMANDS.items():
    for function in functions:
        app.command(rich_help_panel=purpose)(function)


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
        place = f": {error.filename}" if error.filename else ""
        _stop(f"{error.strerror or error}{place}; put that right and run the command again.", INFRASTRUCTURE)
    except Exception as error:
        # a wrong option: click's exceptions, which typer carries inside itself since 0.16
        if not hasattr(error, "format_message"):
            raise
        _stop(f"{error.format_message()} (`autograder --help` lists the commands)", USAGE)


def _stop(message: str, code: int) -> None:
    from autograder.plaintext import clean

    if "--json" in sys.argv or "--events" in sys.argv:
        from autograder.terminal import event, print_json

        told = {"error": message, "exit_code": code}
        with suppress(OSError):  # whoever read may be gone
            print_json(told) if "--json" in sys.argv else event("error", **told)
    print(f"autograder: {clean(message)}", file=sys.stderr)
    sys.exit(code)
