"""Statistics of a class: how hard each question is and how well it tells students apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograder.marks import UNGRADED
from autograder.record import Property, Record

#: An item that correlates less than this with the rest of the test tells students apart poorly
#: (Ebel & Frisbie 1991, Essentials of Educational Measurement, ch. 13).
POOR_DISCRIMINATION = 0.2
#: With fewer students a correlation says nothing.
MIN_STUDENTS = 5


@dataclass(frozen=True)
class QuestionStat:
    """One question over the class."""

    id: str
    title: str
    #: Mean share of its autograded marks that was earned, 0…1: high is easy.
    facility: float
    #: Correlation of its marks with the marks of all other questions; None where it cannot be known.
    discrimination: float | None
    n: int


@dataclass(frozen=True)
class PropertyStat:
    """One property over the class."""

    question: str
    name: str
    title: str
    visible: bool
    passed: int
    n: int
    #: Correlation of "holds" with the marks of all other questions; None where it cannot be known.
    discrimination: float | None = None

    @property
    def rate(self) -> float:
        return self.passed / self.n if self.n else 0.0

    @property
    def failed(self) -> int:
        return self.n - self.passed


def graded(records: Sequence[Record]) -> list[Record]:
    """Records whose marks are known."""
    return [r for r in records if r.status not in UNGRADED and r.questions]


def question_ids(records: Sequence[Record]) -> list[str]:
    """Ids of all questions in the records, in the assignment's order."""
    longest = max((r.questions for r in records), key=len, default=[])
    ids = [q.id for q in longest]
    return ids + sorted({q.id for r in records for q in r.questions} - set(ids))


def share_matrix(records: Sequence[Record], ids: Sequence[str]) -> npt.NDArray[np.float64]:
    """Students × questions: share of the autograded marks earned; NaN where nothing was graded."""
    matrix = np.full((len(records), len(ids)), np.nan)
    place = {id_: column for column, id_ in enumerate(ids)}
    for row, record in enumerate(records):
        for q in record.questions:
            if q.auto_max > 0 and q.status != "not gradable":
                matrix[row, place[q.id]] = min(max(q.score / q.auto_max, 0.0), 1.0)
    return matrix


def question_stats(records: Sequence[Record]) -> list[QuestionStat]:
    """Facility and corrected item–total correlation of every autograded question.

    r_j = corr(x_j, Σ_{k≠j} x_k) over students, x the marks earned (Ebel & Frisbie 1991, ch. 13).
    """
    known = graded(records)
    questions = {q.id: q for r in known for q in r.questions}
    ids = [i for i in question_ids(known) if questions[i].auto_max > 0]
    shares = share_matrix(known, question_ids(known))[:, [question_ids(known).index(i) for i in ids]]
    marks = np.nan_to_num(shares) * np.array([questions[i].auto_max for i in ids])
    stats = []
    for column, id_ in enumerate(ids):
        there = ~np.isnan(shares[:, column])
        rest = marks[there].sum(axis=1) - marks[there, column]
        stats.append(
            QuestionStat(
                id_,
                questions[id_].title,
                float(shares[there, column].mean()) if there.any() else 0.0,
                _correlation(marks[there, column], rest),
                int(there.sum()),
            )
        )
    return stats


def property_stats(records: Sequence[Record]) -> list[PropertyStat]:
    """Pass rate of every property, in the assignment's order; what could not be graded does not count."""
    found: dict[tuple[str, str], tuple[Property, list[bool], list[float]]] = {}
    for record in graded(records):
        for q in record.questions:
            for p in q.properties:
                if p.status != "not gradable":
                    _, passed, rest = found.setdefault((q.id, p.name), (p, [], []))
                    passed.append(p.status == "passed")
                    rest.append(record.score - q.score)
    order = {id_: n for n, id_ in enumerate(question_ids(records))}
    stats = [
        PropertyStat(
            question, name, p.title, p.visible, sum(passed), len(passed),
            _correlation(np.array(passed, dtype=float), np.array(rest)),
        )
        for (question, name), (p, passed, rest) in found.items()
    ]  # fmt: skip
    return sorted(stats, key=lambda s: order[s.question])


def _correlation(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float | None:
    if len(x) < MIN_STUDENTS or np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return None
    return float(np.corrcoef(x, y)[0, 1])
