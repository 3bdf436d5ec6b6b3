"""Render templates to pages that stand alone: every text escaped, no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.marks import shown
from autograder.plaintext import clean
from autograder.written import written

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"

#: Longer texts are cut: an error message of a megabyte helps nobody.
MAX_TEXT = 4000

#: A sign beside each word, so that colour is never the only cue.
STATUS_SIGNS = {
    "passed": "✓",
    "partial": "◐",
    "failed": "✗",
    "error": "✗",
    "timeout": "✗",
    "not gradable": "–",
    "needs hand grading": "✎",
    "not answered": "○",
}
STATUS_WORDS = {
    "passed": "holds",
    "failed": "does not hold",
    "error": "stopped with an error",
    "timeout": "took too long",
    "not gradable": "could not be graded",
    "needs hand grading": "a person marks this",
    "partial": "partly right",
    "not answered": "not answered yet",
}
SUBMISSION_WORDS = {
    "graded": "Graded",
    "missing answers": "Graded, with answers missing",
    "timed out": "Graded, with a timeout",
    "crashed": "Graded, with a crash",
    "unreadable": "Could not be read",
    "wrong assignment": "Another assignment",
    "not submitted": "Not submitted",
}
LEVEL_WORDS = {
    "L3": "in a sealed box: no network, no other files, no other processes",
    "L2": "behind a file and network filter",
    "L2d": "in a container without network",
    "L1": "in a process of its own with limits",
}


@cache
def environment() -> Environment:
    """The templates, escaping everything and failing on what they do not know."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def harmless(value: Any) -> Any:
        return clean(value, MAX_TEXT) if isinstance(value, str) and not isinstance(value, Markup) else value

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    made.globals.update(
        # the files are ours, not a student's
        style=Markup(style),
        policy=policy,
        status_signs=STATUS_SIGNS,
        status_words=STATUS_WORDS,
        submission_words=SUBMISSION_WORDS,
        level_words=LEVEL_WORDS,
    )
    made.filters.update(marks=shown, slug=slug, number=number, duration=duration, written=written)
    return made


def render(template: str, **values: Any) -> str:
    """The page that `template` gives for `values`."""
    return environment().get_template(template).render(**values)


def slug(text: str) -> str:
    """A name for an anchor: letters, digits and hyphens."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text)


def number(value: float) -> str:
    """A number in a small table."""
    return f"{value:.4g}".replace("-", "−")


def duration(seconds: float) -> str:
    """Seconds as people say them.

    Example
    -------
    >>> duration(0.0421), duration(2.3), duration(95)
    ('42 ms', '2.3 s', '1 min 35 s')
    """
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return f"{int(round(seconds) // 60)} min {int(round(seconds) % 60)} s"
