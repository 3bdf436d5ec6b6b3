"""The command for programs, as it is typed: schema."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of what --json and --events print, and of the records in a course."""
    from autograder.schema import FILE

    typer.echo(FILE.read_text(encoding="utf-8"), nl=False)
