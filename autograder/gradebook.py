"""nbgrader's gradebook: the one place that writes scores into it and reads manual marks back."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from autograder.assignment import Assignment
from autograder.errors import INFRASTRUCTURE, UserError
from autograder.marks import ManualMark
from autograder.notebooks import HAND_GRADED
from autograder.record import Record
from autograder.release import released_cells


class Gradebook:
    """An open gradebook. One process writes to it; keep it open for the whole run."""

    def __init__(self, db_url: str) -> None:
        self.url = db_url
        with _quiet(), _explained(db_url):
            # nbgrader starts the `alembic` command, which lies beside the interpreter
            os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
            from nbgrader.api import Gradebook as NbgraderGradebook

            if db_url.startswith("sqlite:///"):
                file = Path(db_url.removeprefix("sqlite:///"))
                if file.exists() and not os.access(file, os.W_OK):
                    raise UserError(f"the gradebook {file} is read-only: make it writable or name another with --db.")
            self._book: Any = NbgraderGradebook(db_url)

    def close(self) -> None:
        self._book.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def define(self, assignment: Assignment) -> None:
        """Tell the gradebook which cells there are and what they are worth."""
        name = assignment.name
        with _quiet(), _explained(self.url):
            self._book.update_or_create_assignment(name)
            self._book.update_or_create_notebook(name, name)
            for cell in released_cells(assignment):
                metadata = cell.metadata.get("nbgrader")
                if not metadata:
                    continue
                if metadata["grade"]:
                    self._book.update_or_create_grade_cell(
                        cell.id, name, name, max_score=metadata["points"], cell_type=cell.kind
                    )
                if metadata["solution"]:
                    self._book.update_or_create_solution_cell(cell.id, name, name)
                self._book.update_or_create_source_cell(
                    cell.id,
                    name,
                    name,
                    source=cell.source,
                    cell_type=cell.kind,
                    locked=metadata["locked"],
                    checksum=metadata["checksum"],
                )

    def write(self, record: Record, assignment: Assignment, handed_in: datetime | None = None) -> None:
        """Write the autograded marks of one record; manual marks stay. Twice is the same as once.

        A grade whose automatic marks changed under a mark given by hand waits for a person again.
        """
        name = record.assignment
        with _quiet(), _explained(self.url):
            self._book.update_or_create_student(record.student)
            self._book.update_or_create_submission(name, record.student, timestamp=handed_in)
            total = 0.0
            for result in record.questions:
                question = assignment.manifest.find(result.id)
                if question.auto > 0:
                    grade = self._grade(f"check-{question.slug}", record)
                    if grade.manual_score is not None and grade.auto_score != result.score:
                        grade.needs_manual_grade = True
                    elif grade.manual_score is None:
                        grade.needs_manual_grade = False
                    grade.auto_score = result.score
                    total += grade.auto_score
                if question.hand > 0:
                    grade = self._grade(assignment.hand_cell(question.id).id, record)
                    grade.auto_score = None
                    if grade.manual_score is None:
                        grade.needs_manual_grade = True
            self._book.db.commit()
        if abs(total - record.score) > 1e-6:
            raise UserError(
                f"{record.student}: the gradebook holds {total:g} marks, the record {record.score:g}.", INFRASTRUCTURE
            )

    def overruled(self, assignment: Assignment, records: Mapping[str, Record]) -> list[str]:
        """A sentence for each mark given by hand whose automatic mark has changed since; until a person looks again."""
        return [
            f"{student}: {result.id}: the mark {marks[result.id].override:g} given by hand was kept; the automatic one "
            f"has changed since, to {result.score:g}"
            for student, marks in sorted(self.manual_marks(assignment).items())
            if student in records
            for result in records[student].questions
            if result.id in marks and marks[result.id].auto_changed_since
        ]

    def manual_marks(self, assignment: Assignment) -> dict[str, dict[str, ManualMark]]:
        """Student → question id → what a person gave and wrote."""
        marks: dict[str, dict[str, ManualMark]] = {}
        cells = {cell.id: cell for cell in assignment.cells}
        with _quiet(), _explained(self.url):
            for submission in self._book.assignment_submissions(assignment.name):
                own = marks.setdefault(submission.student_id, {})
                for notebook in submission.notebooks:
                    comments = {c.name: c.comment or "" for c in notebook.comments}
                    for grade in notebook.grades:
                        cell = cells.get(grade.name)
                        if cell is None:
                            continue
                        before = own.get(cell.question, ManualMark())
                        given = _given(grade)
                        if cell.role in HAND_GRADED:
                            own[cell.question] = structs.replace(before, score=given, comment=comments[grade.name])
                        elif given is not None:
                            changed = grade.manual_score is not None and bool(grade.needs_manual_grade)
                            own[cell.question] = structs.replace(before, override=given, auto_changed_since=changed)
        return marks

    def students(self) -> list[str]:
        """Everybody the gradebook knows."""
        with _quiet(), _explained(self.url):
            return sorted(student.id for student in self._book.students)

    def _grade(self, cell_id: str, record: Record) -> Any:
        return self._book.find_grade(cell_id, record.assignment, record.assignment, record.student)


def _given(grade: Any) -> float | None:
    """What a person gave in formgrader: the mark in place of the automatic one, plus extra credit."""
    if grade.manual_score is None and not grade.extra_credit:
        return None
    mark = grade.auto_score if grade.manual_score is None else grade.manual_score
    return float((mark or 0.0) + (grade.extra_credit or 0.0))


@contextmanager
def _quiet() -> Iterator[None]:
    """nbgrader's SQLAlchemy warnings are no news to our users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Database trouble in one sentence, safe to retry."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

    try:
        yield
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        cause = str(error).splitlines()[0]
        raise UserError(f"--db {url!r} cannot be used ({cause}): expected a URL such as sqlite:///grades.db.") from None
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise UserError(
            f"the gradebook {url} cannot be used: {cause}; check that it exists, is writable and not "
            "locked, then run the command again.",
            INFRASTRUCTURE,
        ) from None
