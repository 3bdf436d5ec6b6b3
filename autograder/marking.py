"""What there is to mark by hand in a class: every row of the table, and the answers that belong to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.assignment import Assignment
from autograder.autograded import safe_outputs
from autograder.blind import blind_key, code_of
from autograder.course import Course
from autograder.errors import UserError
from autograder.images import Pixels
from autograder.marks import NO_MARK, UNGRADED, exact
from autograder.marksheet import Change, MarkRow
from autograder.matching import match
from autograder.notebooks import Cell, read_ipynb
from autograder.pages import render
from autograder.plaintext import clean
from autograder.record import QuestionResult, Record
from autograder.release import released_cells
from autograder.results import ClassResults

MAX_TEXT = 20_000


@dataclass
class Answer:
    """What a student handed in where a person marks."""

    text: str = ""
    #: PNG in base64.
    pictures: list[str] = field(default_factory=list)
    printed: str = ""


#: (student, question) → what was handed in where a person marks.
Answers = Mapping[tuple[str, str], Answer]


def mark_rows(
    assignment: Assignment, found: ClassResults, answers: Answers, key: bytes, *, overrides: bool = False
) -> list[MarkRow]:
    """One row per student and part that a person marks; with `overrides` also the parts that tests mark.

    `key` is the course's secret: without it no row's name leads to a student.
    """
    rows: list[MarkRow] = []
    for question in assignment.manifest.question:
        for record in found.records:
            result = next((q for q in record.questions if q.id == question.id), None)
            if result is not None and record.status not in UNGRADED:
                answer = answers.get((record.student, question.id), Answer())
                rows += _rows(record, result, found, answer, key, overrides)
    return rows


def _rows(
    record: Record, result: QuestionResult, found: ClassResults, answer: Answer, key: bytes, overrides: bool
) -> Iterator[MarkRow]:
    mark = found.marks.get(record.student, {}).get(result.id, NO_MARK)
    gave = exact(result.score) if result.auto_max else None
    student, question, title = record.student, result.id, result.title
    by_hand, tests = (code_of(record.assignment, student, question, part, key=key, length=10)
                      for part in ("by hand", "tests"))  # fmt: skip
    if result.hand_max:
        given = None if mark.score is None else exact(mark.score)
        comment = clean(mark.comment).strip()
        text = answer.text or ("see the page" if answer.pictures else "")
        out_of = exact(result.hand_max)
        yield MarkRow(student, question, title, "by hand", out_of, given, comment, gave, by_hand, text)
    if result.auto_max and (overrides or mark.override is not None):
        given = None if mark.override is None else exact(mark.override)
        yield MarkRow(student, question, title, "tests", exact(result.auto_max), given, "", gave, tests)


def gradebook_cells(
    assignment: Assignment, changes: Sequence[Change]
) -> dict[str, dict[str, tuple[float | None, str]]]:
    """Student → cell → the mark and comment that a person gave."""
    cells: dict[str, dict[str, tuple[float | None, str]]] = {}
    for change in changes:
        question = assignment.manifest.find(change.row.question)
        by_hand = change.row.part == "by hand"
        cell = assignment.hand_cell(question.id).id if by_hand else f"check-{question.slug}"
        mark = None if change.mark is None else float(change.mark)
        cells.setdefault(change.row.student, {})[cell] = (mark, change.comment)
    return cells


def names_for(course: Course, assignment: str, students: Sequence[str], *, blind: bool) -> dict[str, str]:
    """Student → what the table and the page call them."""
    if not blind:
        return {student: student for student in students}
    key = blind_key(course.root)
    codes = {student: code_of(assignment, student, key=key) for student in students}
    if len(set(codes.values())) < len(codes):
        raise UserError("two students have the same code: delete .blind-key in the course folder and begin again.")
    return codes


def handed_in_answers(assignment: Assignment, course: Course, found: ClassResults) -> Answers:
    """The answers of a class that a person marks, without anything in them that a page could run."""
    master = released_cells(assignment)
    names = [name for q in assignment.manifest.question for name in q.names]
    by_hand = {q.id: assignment.hand_cell(q.id).id for q in assignment.manifest.question if q.hand > 0}
    stubs = {cell.id: cell.source.strip() for cell in master}
    answers = {}
    for record in found.records:
        if record.status in UNGRADED or not by_hand:
            continue
        try:
            submission = match(read_ipynb(course.notebook(record.student, assignment.name)[0]), master, names)
        except UserError:
            continue  # it has changed since it was graded; the row is there, with nothing to show
        pixels = Pixels()
        for question, cell in by_hand.items():
            if cell in submission.found:
                answers[record.student, question] = _answer(submission.found[cell], stubs[cell], pixels)
    return answers


def _answer(cell: Cell, stub: str, pixels: Pixels) -> Answer:
    if not cell.is_code:
        return Answer(text="" if cell.source.strip() == stub else clean(cell.source, MAX_TEXT))
    outputs = safe_outputs(cell.outputs, pixels)
    return Answer(
        pictures=[o["data"]["image/png"] for o in outputs if o["output_type"] == "display_data"],
        printed=clean("\n".join(o["text"] for o in outputs if o["output_type"] == "stream"), MAX_TEXT),
    )


def marking_page(
    assignment: Assignment, rows: Sequence[MarkRow], answers: Answers, called: Mapping[str, str]
) -> str:
    """Every answer that a person marks, by question, under the names of the table."""
    rubric = assignment.rubric()
    questions = []
    for question in assignment.manifest.question:
        own = sorted((r for r in rows if r.question == question.id and r.part == "by hand"),
                     key=lambda row: called[row.student])  # fmt: skip
        if own:
            entries = [(called[r.student], r, answers.get((r.student, r.question), Answer())) for r in own]
            questions.append((question, rubric.get(question.id, ""), entries))
    return render("marking.html", title=assignment.manifest.title, questions=questions)
