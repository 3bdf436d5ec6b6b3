"""Properties as plain lines: for terminals and the output of restored test cells."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.record import Property


def report_lines(properties: Sequence[Property]) -> list[str]:
    """One line per property; the message of a hidden one holds no values by construction."""
    return [
        ("✓ " if p.status == "passed" else "✗ ")
        + p.title
        + (f" — {p.message}" if p.status != "passed" and p.message else "")
        for p in properties
    ]
