"""One source of scores: formgrader's database, feedback, every export and the class report say what the records say."""

import csv
import json
import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from autograder import feedback, report
from autograder.commands.handing_back import write_grades
from autograder.course import read_record
from autograder.gradebook import Gradebook
from autograder.lms.gradescope import results
from autograder.marks import UNGRADED, exact, question_marks, shown, total_marks
from autograder.results import class_results

pytestmark = pytest.mark.course
#: What a person gives in this test: (student, question) → marks.
BY_HAND = {("02-perfect-other-style", "1.a"): 1.5, ("12-loop-that-swallows-interrupts", "2.a"): 0.25, ("07-many-mistakes", "3.2"): 0.0}


@pytest.fixture(scope="module")
def marked(graded_course, hippocampus):
    """The demo class with some marks given by hand, as formgrader would write them; taken back afterwards."""
    course, expected, _ = graded_course

    def give(marks):
        with Gradebook(course.db_url) as book:
            for (student, question), mark in marks.items():
                grade = book._book.find_grade(hippocampus.hand_cell(question).id, "hippocampus", "hippocampus", student)
                grade.manual_score = mark
            book._book.db.commit()

    give(BY_HAND)
    yield course, [row.student for row in expected], class_results(hippocampus, course)
    give(dict.fromkeys(BY_HAND))


def number(text):
    """What a page or a cell says, "–" and nothing meaning unknown."""
    return None if text in ("", "–") else Decimal(text)


def rounded(mark):
    return None if mark is None else Decimal(shown(mark))


def test_every_student_has_the_same_marks_everywhere(marked, hippocampus):
    course, students, found = marked
    rows = {row["student_id"]: row for row in csv.DictReader(write_grades(hippocampus, course).read_text(encoding="utf-8").splitlines())}
    listed = in_the_report(found.records)
    with Gradebook(course.db_url) as book:
        formgrader = {s: Decimal(str(book._book.find_submission("hippocampus", s).score)) for s in students}
        by_cell = {s: cell_scores(book, s) for s in students}
    assert sorted(r.student for r in found.records) == sorted(students)
    assert len(students) == 24
    for record in found.records:
        who, marks = record.student, found.marks.get(record.student, {})
        graded = record.status not in UNGRADED
        assert scores_of(record) == scores_of(read_record(course.record(who, "hippocampus")))
        total, each = total_marks(record, marks), {}
        for q in record.questions:
            each[q.id] = question_marks(q, marks.get(q.id, feedback.NO_MARK), graded=graded)
        page = in_the_page(feedback.page(record, marks))
        assert page["total"] == rounded(total), who
        assert page["questions"] == {q: rounded(mark) for q, mark in each.items()}, who
        assert number(rows[who]["score"]) == rounded(total), who
        assert {q.id: number(rows[who][q.id]) for q in record.questions} == {q: rounded(mark) for q, mark in each.items()}, who
        assert formgrader[who] == pytest.approx(total or 0, abs=Decimal("1e-6")), who
        for q in record.questions:
            own = sum((score for cell, score in by_cell[who].items() if cell in cells_of(hippocampus, q.id)), Decimal(0))
            assert own == pytest.approx(each[q.id] or 0, abs=Decimal("1e-6")), (who, q.id)
        assert rounded(exact(results(record, marks)["score"])) == (rounded(total) or 0), who
        assert listed.get(who) == (rounded(exact(record.score)) if graded else None), who
    assert {(s, q): m for s, marks in found.marks.items() for q, mark in marks.items() if (m := mark.score) is not None} == BY_HAND


def scores_of(record):
    return json.dumps([(q.id, q.score, q.status) for q in record.questions])


def cell_scores(book, student):
    submission = book._book.find_submission("hippocampus", student)
    return {g.name: Decimal(str(g.score)) for notebook in submission.notebooks for g in notebook.grades}


def cells_of(assignment, question):
    return {cell.id for cell in assignment.cells if cell.question == question and cell.role in ("check", "written", "figures")}


def in_the_page(text):
    tree = BeautifulSoup(text, "html.parser")
    head = next(dd for dd in tree.select("dl.total dd"))
    table = tree.find("section", attrs={"aria-labelledby": "overview"})
    rows = table.select("tbody tr") if table else []
    return {
        "total": number(head.get_text(" ", strip=True).split(" ")[0]),
        "questions": {row.th.a.get_text(): number(row.find("td", class_="num").get_text().split(" ")[0]) for row in rows},
    }


def in_the_report(records):
    tree = BeautifulSoup(report.page(records, []), "html.parser")
    rows = tree.find("section", attrs={"aria-labelledby": "students"}).select("tbody tr")
    return {row.th.get_text(): Decimal(re.sub(r"\s", "", row.find("td").get_text())) for row in rows}
