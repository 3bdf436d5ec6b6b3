"""nbgrader's gradebook: the one place that writes scores into it and reads manual marks back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from autograder.assignment import Assignment
from autograder.database import explained, make_tables, patient, quiet, with_driver
from autograder.errors import INFRASTRUCTURE, UserError
from autograder.lean import lean_imports
from autograder.marks import ManualMark, shown
from autograder.notebooks import HAND_GRADED
from autograder.record import Record
from autograder.release import released_cells


class Gradebook:
    """An open gradebook. One process writes to it; keep it open for the whole run."""

    def __init__(self, db_url: str) -> None:
        self.url = db_url = with_driver(db_url)
        with quiet(), explained(db_url), lean_imports():
            from nbgrader import api

            if db_url.startswith("sqlite:///"):
                file = Path(db_url.removeprefix("sqlite:///"))
                if file.exists() and not os.access(file, os.W_OK):
                    raise UserError(f"the gradebook {file} is read-only: make it writable or name another with --db.")
            make_tables(patient(db_url), api.Base.metadata, _newest_version)
            self._api: Any = api
            self._book: Any = api.Gradebook(patient(db_url))

    def close(self) -> None:
        self._book.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def define(self, assignment: Assignment) -> None:
        """Tell the gradebook which cells there are and what they are worth."""
        name = assignment.name
        with self._transaction():
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
        name, total = record.assignment, 0.0
        with self._transaction():
            self._book.update_or_create_student(record.student)
            submission = self._book.update_or_create_submission(name, record.student, timestamp=handed_in)
            grades = self._grades(submission.notebooks[0])
            for cell, score in _scores(record, assignment).items():
                grade = grades[cell]
                if grade.manual_score is None:
                    grade.needs_manual_grade = score is None
                elif score is not None and grade.auto_score != score:
                    grade.needs_manual_grade = True
                grade.auto_score = score
                total += score or 0.0
            if abs(total - record.score) > 1e-6:
                raise UserError(
                    f"{record.student}: the gradebook would hold {total:g} marks, the record {record.score:g}; "
                    f"nothing was written: grade again with --student {record.student} --force.",
                    INFRASTRUCTURE,
                )

    def lacking(
        self, records: Sequence[Record], assignment: Assignment, handed_in: Callable[[str], datetime | None]
    ) -> list[Record]:
        """The records that the gradebook does not hold yet as they are: a run may have ended between the two."""
        with self._session() as session:
            api = self._api
            stamps = dict(
                session.query(api.SubmittedAssignment.student_id, api.SubmittedAssignment.timestamp)
                .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
                .filter(api.Assignment.name == assignment.name)
                .all()
            )
            held: dict[str, dict[str, float | None]] = {student: {} for student in stamps}
            for row in self._rows(session, assignment.name):
                held[row.student_id][row.name] = row.auto_score
        return [
            record
            for record in records
            if stamps.get(record.student, False) != _naive(handed_in(record.student))
            or any(held[record.student].get(cell, -1.0) != score for cell, score in _scores(record, assignment).items())
        ]

    def overruled(self, assignment: Assignment, records: Mapping[str, Record]) -> list[str]:
        """A sentence for each mark given by hand whose automatic mark has changed since; until a person looks again."""
        return [
            f"{student}: {result.id}: the mark {shown(marks[result.id].override or 0.0)} given by hand was kept; the "
            f"automatic one has changed since, to {shown(result.score)}"
            for student, marks in sorted(self.manual_marks(assignment).items())
            if student in records
            for result in records[student].questions
            if result.id in marks and marks[result.id].auto_changed_since
        ]

    def manual_marks(self, assignment: Assignment) -> dict[str, dict[str, ManualMark]]:
        """Student → question id → what a person gave and wrote."""
        marks: dict[str, dict[str, ManualMark]] = {}
        cells = {cell.id: cell for cell in assignment.cells}
        with self._session() as session:
            comments = self._comments(session, assignment.name)
            for row in self._rows(session, assignment.name):
                own = marks.setdefault(row.student_id, {})
                cell = cells.get(row.name)
                if cell is None:
                    continue
                before, given = own.get(cell.question, ManualMark()), _given(row)
                if cell.role in HAND_GRADED:
                    comment = comments.get((row.student_id, row.name)) or ""
                    own[cell.question] = structs.replace(before, score=given, comment=comment)
                elif given is not None:
                    changed = row.manual_score is not None and bool(row.needs_manual_grade)
                    own[cell.question] = structs.replace(before, override=given, auto_changed_since=changed)
        return marks

    def give(self, name: str, given: Mapping[str, Mapping[str, tuple[float | None, str]]]) -> None:
        """Write what a person gave: student → cell → (mark, comment); no mark takes it back. All of it or nothing."""
        api = self._api
        with self._transaction():
            for student, cells in given.items():
                notebook = self._book.find_submission(name, student).notebooks[0]
                grades = self._grades(notebook)
                comments = {comment.name: comment for comment in notebook.comments}
                for cell, (mark, words) in cells.items():
                    grade = grades[cell]
                    grade.manual_score, grade.extra_credit = mark, None
                    grade.needs_manual_grade = mark is None and grade.auto_score is None
                    comment = comments.get(cell)
                    if comment is None and words:
                        comment = api.Comment(cell_id=grade.cell_id, notebook=notebook)
                    if comment is not None:
                        comment.manual_comment = words or None

    def students(self) -> list[str]:
        """Everybody the gradebook knows."""
        with self._session() as session:
            return sorted(student for (student,) in session.query(self._api.Student.id))

    def _grades(self, notebook: Any) -> dict[str, Any]:
        """Cell id → grade of one submitted notebook, with those that a newer assignment added."""
        api, session = self._api, self._book.db
        rows = session.query(api.BaseCell.name, api.Grade).join(api.Grade, api.Grade.cell_id == api.BaseCell.id)
        grades = dict(rows.filter(api.Grade.notebook_id == notebook.id).all())
        for cell in notebook.notebook.grade_cells:
            if cell.name not in grades:
                grades[cell.name] = api.Grade(cell_id=cell.id, notebook=notebook)
        return grades

    def _rows(self, session: Any, name: str) -> Any:
        """All grades of an assignment, by student."""
        api, grade = self._api, self._api.Grade
        return (
            session.query(
                api.SubmittedAssignment.student_id,
                api.BaseCell.name,
                *(grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade),
            )
            .select_from(grade)
            .join(api.BaseCell, grade.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == name)
            .order_by(api.SubmittedAssignment.student_id)
        )

    def _comments(self, session: Any, name: str) -> dict[tuple[str, str], str | None]:
        """(student, cell id) → what was written there."""
        api = self._api
        rows = (
            session.query(api.SubmittedAssignment.student_id, api.BaseCell.name, api.Comment.comment)
            .select_from(api.Comment)
            .join(api.BaseCell, api.Comment.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, api.Comment.notebook_id == api.SubmittedNotebook.id)
            .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == name)
        )
        return {(student, cell): comment for student, cell, comment in rows}

    @contextmanager
    def _session(self) -> Iterator[Any]:
        """nbgrader's session, for reading; nothing stays open in it, so that no lock is held meanwhile."""
        with quiet(), explained(self.url):
            try:
                yield self._book.db()
            finally:
                self._book.db.rollback()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, and one write to the disk: nbgrader's calls commit one by one, here at the end."""
        with quiet(), explained(self.url):
            session = self._book.db()
            session.commit = session.flush
            try:
                yield
                session.flush()
            except BaseException:
                del session.commit
                session.rollback()
                raise
            del session.commit
            session.commit()


def _newest_version() -> str:
    """What alembic calls the tables of the installed nbgrader."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


def _scores(record: Record, assignment: Assignment) -> dict[str, float | None]:
    """Cell id → automatic marks; None where only a person gives marks."""
    scores: dict[str, float | None] = {}
    for result in record.questions:
        question = assignment.manifest.find(result.id)
        if question.auto > 0:
            scores[f"check-{question.slug}"] = result.score
        if question.hand > 0:
            scores[assignment.hand_cell(question.id).id] = None
    return scores


def _naive(moment: datetime | None) -> datetime | None:
    """A time as nbgrader keeps it: UTC, without saying so."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)


def _given(grade: Any) -> float | None:
    """What a person gave in formgrader: the mark in place of the automatic one, plus extra credit."""
    if grade.manual_score is None and not grade.extra_credit:
        return None
    mark = grade.auto_score if grade.manual_score is None else grade.manual_score
    return float((mark or 0.0) + (grade.extra_credit or 0.0))
