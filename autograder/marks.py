"""Add up marks: what the tests gave and what a person gave, in exact decimals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from autograder.record import QuestionResult, Record

#: A submission that ended like this has not been graded: its marks are unknown, not 0.
UNGRADED = ("unreadable", "wrong assignment")


class ManualMark(msgspec.Struct, kw_only=True, frozen=True):
    """What a person gave for one question."""

    #: Marks for the hand-graded part; None while nobody has marked it.
    score: float | None = None
    comment: str = ""
    #: Replaces the autograded marks, where a person has overruled them.
    override: float | None = None
    #: The autograded marks have changed since the person marked the question.
    auto_changed_since: bool = False


Marks = Mapping[str, ManualMark]
NO_MARK = ManualMark()


def exact(number: float) -> Decimal:
    """`number` as the decimal it was meant to be: binary noise beyond nine places is dropped."""
    return Decimal(repr(float(number))).quantize(Decimal("1e-9"))


def shown(number: Decimal | float) -> str:
    """At most two decimals, half up, without trailing zeros.

    Example
    -------
    >>> shown(2.675), shown(12.0), shown(0.125)
    ('2.68', '12', '0.13')
    """
    value = number if isinstance(number, Decimal) else exact(number)
    rounded = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def auto_marks(question: QuestionResult, mark: ManualMark = NO_MARK, *, graded: bool = True) -> Decimal | None:
    """Marks of the autograded part; None where there is none or it has not been graded."""
    if mark.override is not None:
        return exact(mark.override)
    if question.auto_max == 0 or not graded or question.status == "not gradable":
        return None
    return exact(question.score)


def question_marks(question: QuestionResult, mark: ManualMark = NO_MARK, *, graded: bool = True) -> Decimal | None:
    """Marks of a question so far; None where neither part has been graded."""
    parts = [auto_marks(question, mark, graded=graded), None if mark.score is None else exact(mark.score)]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known else None


def total_marks(record: Record, marks: Marks | None = None) -> Decimal | None:
    """Marks of a submission so far, bonus included; None where nothing of it has been graded."""
    graded = record.status not in UNGRADED
    each = [question_marks(q, (marks or {}).get(q.id, NO_MARK), graded=graded) for q in record.questions]
    known = [part for part in each if part is not None]
    return sum(known, Decimal(0)) if known else None


def waiting_marks(record: Record, marks: Marks | None = None) -> Decimal:
    """Marks that a person still has to give, the bonus included."""
    unmarked = (q for q in record.questions if (marks or {}).get(q.id, NO_MARK).score is None)
    return sum((exact(q.hand_max) for q in unmarked), Decimal(0))


def bonus_max(record: Record) -> Decimal:
    """All marks of bonus questions."""
    return sum((exact(q.max_score) for q in record.questions if q.bonus), Decimal(0))
