"""The `results.json` that Gradescope reads: marks per question, and what a student may see."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from autograder.late import Lateness
from autograder.marks import NO_MARK, UNGRADED, ManualMark, exact, question_marks, shown, total_marks
from autograder.plaintext import clean
from autograder.record import QuestionResult, Record
from autograder.reportlines import report_lines

#: Gradescope's own limit of a test's output is not stated; a page is read to here at most.
MAX_OUTPUT = 20_000


def results(
    record: Record,
    marks: Mapping[str, ManualMark] | None = None,
    late: Lateness | None = None,
    *,
    seconds: float = 0.0,
    more: Sequence[str] = (),
    hand: bool = True,
) -> dict[str, Any]:
    """One submission as Gradescope reads it; every number is finite, text is text.

    With `hand` off, marks that a person gives are left out: Gradescope adds its own.
    """
    marks = marks or {}
    graded = record.status not in UNGRADED
    total = total_marks(record, marks) or Decimal(0)
    lines = [record.message] if record.message else []
    lines += [f"Marks: {late.words(total)}"] if late is not None else []
    lines += [*more, *(f"Noted: {note}" for note in record.notes)]
    return {
        "score": number(late.final(total) if late is not None else total),
        "execution_time": round(max(seconds, 0.0), 1) if math.isfinite(seconds) else 0,
        "output": clean("\n".join(lines), MAX_OUTPUT),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            question(result, marks.get(result.id, NO_MARK), str(place), graded=graded, hand=hand)
            for place, result in enumerate(record.questions, start=1)
            if hand or result.auto_max
        ],
    }


def question(
    result: QuestionResult, mark: ManualMark, number_: str, *, graded: bool = True, hand: bool = True
) -> dict[str, Any]:
    """One question: hidden properties are there by name and hint, never with values."""
    earned = question_marks(result, mark, graded=graded)
    lines = [result.message] if result.message else []
    lines += report_lines(result.properties)
    if hand and result.hand_max and mark.score is None:
        lines.append(f"A person still marks {shown(result.hand_max)} of {shown(result.max_score)}.")
    status = {"status": "passed" if result.status == "passed" else "failed"} if result.auto_max and graded else {}
    return {
        "name": clean(f"{result.id} {result.title}"),
        "number": number_,
        "score": number(earned or Decimal(0)),
        "max_score": number(exact(result.max_score if hand else result.auto_max)),
        **status,
        "output": clean("\n".join(lines), MAX_OUTPUT),
        "output_format": "text",
        "visibility": "visible",
        "tags": [result.id],
    }


def number(value: Decimal) -> float:
    """A JSON number with two places, half up."""
    return float(shown(value))
