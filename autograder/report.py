"""The page an instructor looks at: how a class did in one assignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder import class_pictures as draw
from autograder.atomic import write_whole
from autograder.course import Course, is_student_id, read_times
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.itemstats import (
    MIN_STUDENTS,
    PropertyStat,
    graded,
    property_stats,
    question_ids,
    question_stats,
    share_matrix,
)
from autograder.matrix import Matrix, read_matrix
from autograder.matrix_picture import picture as mutant_picture
from autograder.pages import LEVEL_WORDS, STATUS_WORDS, SUBMISSION_WORDS, render
from autograder.pictures import Picture
from autograder.record import STATUSES, Record

#: So many of the commonest failing properties are shown first.
MAX_COMMONEST = 8
MAX_OF_ONE_QUESTION = 3


@dataclass(frozen=True)
class StatusRow:
    """How many submissions ended in one way, and whose."""

    word: str
    count: int
    students: list[str]


def write(records: Sequence[Record], roster: Sequence[str], folder: Path) -> Path:
    """Write `reports/<assignment>.html` in the course folder `folder`.

    Parameters
    ----------
    records
        All records of one assignment.
    roster
        Everybody who should have handed in; who has no record counts as "not submitted".
    """
    if not records:
        raise UserError(
            "there is nothing to report, no submission has been graded yet: run `autograder grade` "
            "first.",
            NOTHING_TO_DO,
        )
    assignment = records[0].assignment
    if not is_student_id(assignment) or any(r.assignment != assignment for r in records):
        raise UserError("a report is about one assignment, but the records are of several: report one at a time.")
    course = Course(folder)
    known = {r.student: read_times(course.times(r.student, assignment)) for r in records}
    wall = {student: times.seconds for student, times in known.items() if times is not None}
    text = page(records, roster, wall, read_matrix(folder, assignment))
    return write_whole(folder / "reports" / f"{assignment}.html", text)


def page(
    records: Sequence[Record],
    roster: Sequence[str],
    wall: Mapping[str, float] | None = None,
    matrix: Matrix | None = None,
) -> str:
    """The class report: the same records, times and matrix give the same bytes.

    `wall` is what grading took, by student; who is missing there counts with the time in the record.
    """
    records = sorted(records, key=lambda r: r.student)
    known = sorted(graded(records), key=lambda r: (-r.score, r.student))
    missing = sorted(set(roster) - {r.student for r in records})
    ids = question_ids(known)
    autograded = [i for i in ids if any(q.id == i and q.auto_max > 0 for r in known for q in r.questions)]
    stats = question_stats(known)
    properties = property_stats(known)
    # the bonus counts here, or a good median would lie above the maximum
    maximum = max((sum(q.auto_max for q in r.questions) for r in known), default=0.0)
    scores = [r.score for r in known]
    seconds = {r.student: r.seconds for r in records} | (dict(wall) if wall else {})
    return render(
        "report.html",
        record=records[0],
        records=known,
        missing=missing,
        n_submissions=len(records),
        statuses=_statuses(records, missing),
        questions=stats,
        groups=_grouped(properties),
        commonest=_commonest(properties),
        rates=draw.pass_rates(properties) if properties else None,
        quartiles=np.percentile(scores, [25, 50, 75]).tolist() if scores else None,
        maximum=maximum,
        distribution=draw.histogram(scores, maximum) if scores else None,
        heat=_heat(known, autograded),
        scatter=draw.difficulty(stats) if any(s.discrimination is not None for s in stats) else None,
        min_students=MIN_STUDENTS,
        time=draw.times(list(seconds.values()), list(seconds)),
        seconds=seconds,
        facts=_facts(records),
        seeds=sorted({r.seed for r in records}),
        notes=[(r.student, note) for r in records for note in r.notes],
        outcome_words=STATUS_WORDS,
        lowest=_lowest_level(records),
        matrix=matrix,
        mutants=mutant_picture(matrix) if matrix is not None and matrix.mutants and matrix.properties else None,
        outdated=matrix is not None and any(r.hashes.get("assignment") != matrix.hash for r in records),
    )


def _heat(known: Sequence[Record], ids: Sequence[str]) -> Picture | None:
    return (
        draw.heat_map(
            share_matrix(known, question_ids(known))[:, [question_ids(known).index(i) for i in ids]],
            [r.student for r in known],
            ids,
        )
        if known and ids
        else None
    )


def _statuses(records: Sequence[Record], missing: Sequence[str]) -> list[StatusRow]:
    rows = []
    for status in (*STATUSES, *sorted({r.status for r in records} - set(STATUSES))):
        whose = sorted(r.student for r in records if r.status == status)
        if whose:
            named = [] if status == "graded" else whose
            rows.append(StatusRow(SUBMISSION_WORDS.get(status, status), len(whose), named))
    return [*rows, StatusRow("Not submitted", len(missing), list(missing))] if missing else rows


def _commonest(properties: Sequence[PropertyStat]) -> list[PropertyStat]:
    """Properties that failed most often, at most three of a question."""
    chosen: list[PropertyStat] = []
    for p in sorted((p for p in properties if p.failed), key=lambda p: p.rate):
        if sum(other.question == p.question for other in chosen) < MAX_OF_ONE_QUESTION:
            chosen.append(p)
    return chosen[:MAX_COMMONEST]


def _grouped(properties: Sequence[PropertyStat]) -> list[tuple[str, list[PropertyStat]]]:
    groups: dict[str, list[PropertyStat]] = {}
    for p in properties:
        groups.setdefault(p.question, []).append(p)
    return list(groups.items())


def _facts(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Isolation, versions and hashes, with counts where the class was not graded alike."""
    levels = [f"{r.isolation} ({LEVEL_WORDS.get(r.isolation, 'unknown level')})" for r in records]
    facts = [("Isolation", _counted(levels))]
    names = sorted({name for r in records for name in r.versions})
    facts += [(name, _counted([r.versions.get(name, "not recorded") for r in records])) for name in names]
    facts.append(("Assignment, sha256", _counted([r.hashes.get("assignment", "not recorded")[:16] for r in records])))
    return facts


def _counted(values: Sequence[str]) -> str:
    counts = Counter(values)
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{value}: {count} submissions" for value, count in counts.most_common())


def _lowest_level(records: Sequence[Record]) -> str:
    """A sentence when some submissions were graded outside the sealed box."""
    low = [r for r in records if r.isolation not in ("L3", "L2d")]
    if not low:
        return ""
    return (
        f"{len(low)} of {len(records)} submissions were graded below the sealed box (L3): the marks are safe, the "
        "grading machine was less protected. `autograder doctor` says how to raise the level."
    )
