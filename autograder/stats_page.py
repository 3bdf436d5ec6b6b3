"""The page that says how good an assignment's tests are: difficulty, discrimination, failures, flakiness."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder import class_pictures as draw
from autograder.atomic import write_whole
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.failures import commonest
from autograder.flaky import Flaky
from autograder.itemstats import (
    MIN_STUDENTS,
    POOR_DISCRIMINATION,
    PropertyStat,
    QuestionStat,
    graded,
    property_stats,
    question_stats,
)
from autograder.pages import render
from autograder.record import Record

#: A question that nearly everybody gets right, or nearly nobody, says little about anybody.
EASY, HARD = 0.95, 0.2
#: Failing properties in the table.
MAX_FAILURES = 20


def write(records: Sequence[Record], flaky: Sequence[Flaky], watched: str, folder: Path) -> Path:
    """Write `reports/<assignment>.stats.html` in the course folder `folder`."""
    path = folder / "reports" / f"{records[0].assignment}.stats.html"
    return write_whole(path, page(records, flaky, watched))


def page(records: Sequence[Record], flaky: Sequence[Flaky], watched: str) -> str:
    """The page; `watched` says what the flaky-test watch looked at. The same input gives the same bytes."""
    known = graded(records)
    if not known:
        raise UserError(
            "there is nothing to count, no submission has been graded yet: run `autograder grade` "
            "first.",
            NOTHING_TO_DO,
        )
    questions, properties = question_stats(known), property_stats(known)
    failures = commonest(known, properties)
    return render(
        "stats.html",
        record=known[0],
        n=len(known),
        questions=[(q, verdict(q)) for q in questions],
        scatter=draw.difficulty(questions) if any(q.discrimination is not None for q in questions) else None,
        rates=draw.pass_rates(properties) if properties else None,
        failures=failures[:MAX_FAILURES],
        n_failures=len(failures),
        backwards=[p for p in properties if p.discrimination is not None and p.discrimination < 0],
        flaky=list(flaky),
        watched=watched,
        min_students=MIN_STUDENTS,
    )


def verdict(stat: QuestionStat | PropertyStat) -> str:
    """What an author should know of a question, in words."""
    share = stat.facility if isinstance(stat, QuestionStat) else stat.rate
    said = []
    if share >= EASY:
        said.append("nearly everybody has it")
    if share <= HARD:
        said.append("nearly nobody has it")
    if stat.discrimination is not None and stat.discrimination < POOR_DISCRIMINATION:
        said.append("tells students apart poorly")
    return "; ".join(said) or ("fine" if stat.discrimination is not None else "too few differ to say")
