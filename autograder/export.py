"""The grade table of a class, and its plain CSV; each further format is a writer of the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from autograder.atomic import write_whole
from autograder.errors import UserError
from autograder.itemstats import question_ids
from autograder.late import Lateness
from autograder.marks import NO_MARK, UNGRADED, ManualMark, question_marks, shown, total_marks, waiting_marks
from autograder.plaintext import one_line, spreadsheet_cell
from autograder.record import Record

NOT_SUBMITTED = "not submitted"


@dataclass(frozen=True)
class GradeRow:
    """One student's line, in numbers; None is "not known", never 0."""

    student: str
    status: str
    score: Decimal | None
    max_score: float | None
    questions: Mapping[str, Decimal | None] = field(default_factory=dict)
    #: What being late has cost; empty for who was in time.
    late: str = ""
    #: The score after that.
    final: Decimal | None = None
    isolation: str = ""
    #: Marks that a person still has to give; None where nothing can be marked.
    to_mark: Decimal | None = None


def grade_rows(
    records: Sequence[Record],
    manual: Mapping[str, Mapping[str, ManualMark]],
    missing: Sequence[str],
    late: Mapping[str, Lateness] | None = None,
) -> list[GradeRow]:
    """One row per student, by name: who handed in from the records, the others as "not submitted".

    Raises
    ------
    UserError
        When two records are of one student, or records are of several assignments.
    """
    names = [r.student for r in records]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise UserError(
            f"two records belong to one student ({', '.join(twice)}), so nothing was exported: remove one of "
            "them."
        )
    if len({r.assignment for r in records}) > 1:
        raise UserError("the records are of several assignments: export one at a time.")
    rows = [_row(r, manual.get(r.student, {}), (late or {}).get(r.student)) for r in records]
    highest = max((r.max_score for r in records), default=None)
    rows += [GradeRow(name, NOT_SUBMITTED, None, highest) for name in sorted(set(missing) - set(names))]
    return sorted(rows, key=lambda row: row.student)


def write_csv(
    records: Sequence[Record],
    manual: Mapping[str, Mapping[str, ManualMark]],
    missing: Sequence[str],
    path: Path,
    *,
    late: Mapping[str, Lateness] | None = None,
    questions: Sequence[str] = (),
    bom: bool = False,
) -> None:
    """Write `grades.csv`: one row per student, one column per question.

    Parameters
    ----------
    records
        Records of one assignment.
    manual
        Student → question id → what a person gave.
    missing
        Students who should have handed in and did not.
    late
        Student → what being late costs: `score` is what was earned, `final` what is left of it.
    questions
        Question ids in order; by default those of the records.
    bom
        Begin with a byte order mark, as some spreadsheets want it for UTF-8.
    """
    rows = grade_rows(records, manual, missing, late)
    ids = list(questions) or question_ids(records)
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    after = ("late", "final", "isolation", "to_mark")
    writer.writerow(["student_id", "status", "score", "max_score", *map(_text, ids), *after])
    for row in rows:
        writer.writerow(
            [
                _text(row.student),
                _text(row.status),
                _number(row.score),
                _number(row.max_score),
                *(_number(row.questions.get(i)) for i in ids),
                _text(row.late),
                _number(row.final),
                _text(row.isolation),
                _number(row.to_mark),
            ]
        )
    write_whole(path, ("\ufeff" if bom else "") + buffer.getvalue())


def _row(record: Record, marks: Mapping[str, ManualMark], late: Lateness | None) -> GradeRow:
    graded = record.status not in UNGRADED
    each = {q.id: question_marks(q, marks.get(q.id, NO_MARK), graded=graded) for q in record.questions}
    waiting = waiting_marks(record, marks) if graded and record.questions else None
    total = total_marks(record, marks)
    return GradeRow(
        record.student,
        record.status,
        total,
        record.max_score,
        each,
        late.words(total) if late is not None else "",
        late.final(total) if late is not None and total is not None else total,
        record.isolation,
        waiting,
    )


def _number(value: Decimal | float | None) -> str:
    return "" if value is None else shown(value)


def _text(value: str) -> str:
    # a formula is told by the text as it came, before it is put on one line
    return one_line(spreadsheet_cell(value))
