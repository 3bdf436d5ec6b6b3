"""What real submissions look like, and the fair result of each: nothing is lost, nothing is a silent 0."""

import csv
import json
import re
import sqlite3
from decimal import Decimal

import msgspec
import pytest
from bs4 import BeautifulSoup

from autograder import feedback, report
from autograder.commands.handing_back import write_grades
from autograder.course import read_record
from autograder.grade import Options, grade
from autograder.gradebook import Gradebook
from autograder.lms.gradescope import results
from autograder.marks import UNGRADED, exact, question_marks, shown, total_marks
from autograder.results import class_results

pytestmark = pytest.mark.course
#: What a person gives in this test: (student, question) → marks.
BY_HAND = {("01-perfect", "2.a"): 0.25, ("02-perfect-other-style", "1.a"): 1.5, ("12-loop-that-swallows-interrupts", "2.a"): 0.25, ("07-many-mistakes", "3.2"): 0.0}


def records(graded_course):
    course, expected, _ = graded_course
    return {row.student: (row, read_record(course.record(row.student, "hippocampus"))) for row in expected}


def test_every_submission_gets_its_fair_result(graded_course, hippocampus):
    wrong = []
    for student, (row, record) in records(graded_course).items():
        lost = [q.id for q in record.questions if q.auto_max > 0 and q.score < q.auto_max]
        if record.status != row.status or lost != row.loses:
            wrong.append(f"{student}: {record.status}, loses {lost}; fair would be {row.status}, {row.loses}")
        if record.status != "graded":
            assert record.message, f"{student} is told nothing"
    assert not wrong, "\n".join(wrong)


def test_a_right_answer_that_prints_a_warning_keeps_all_marks(graded_course):
    by_student = {s: record for s, (_, record) in records(graded_course).items()}
    assert by_student["08-prints-and-warns"].score == by_student["01-perfect"].score
    assert by_student["09-prints-20-megabytes"].score == by_student["01-perfect"].score


def test_notes_say_what_was_unusual(graded_course):
    notes = {s: " ".join(record.notes) for s, (_, record) in records(graded_course).items()}
    assert "the last one counts" in notes["20-answer-cell-duplicated"]
    assert "found by function name" in notes["21-metadata-stripped"]
    assert "cannot be read by Python" in notes["10-syntax-error"]


def test_hidden_properties_carry_no_values(graded_course):
    for _, record in records(graded_course).values():
        for question in record.questions:
            for p in question.properties:
                if not p.visible:
                    assert p.detail is None
                    assert not any(c.isdigit() for c in p.message), p.message


def test_gradebook_and_csv_say_what_the_records_say(graded_course, hippocampus):
    course, expected, _ = graded_course
    path = write_grades(hippocampus, course)
    rows = {row["student_id"]: row for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())}
    assert len(rows) == 24
    header = path.read_text(encoding="utf-8").split("\n")[0].split(",")
    assert header[:4] == ["student_id", "status", "score", "max_score"]
    assert header[4 : 4 + len(hippocampus.manifest.question)] == [q.id for q in hippocampus.manifest.question]
    with sqlite3.connect(course.root / "gradebook.db") as db:
        totals = dict(
            db.execute(
                "select sa.student_id, sum(coalesce(g.auto_score, 0)) from grade g join submitted_notebook sn on g.notebook_id ="
                " sn.id join submitted_assignment sa on sn.assignment_id = sa.id group by sa.student_id"
            )
        )
    for row in expected:
        record = read_record(course.record(row.student, "hippocampus"))
        assert totals[row.student] == pytest.approx(record.score)
        cell = rows[row.student]
        assert cell["status"] == row.status
        if row.status in ("unreadable", "wrong assignment"):
            assert cell["score"] == ""
        else:
            assert float(cell["score"]) == pytest.approx(record.score, abs=0.005)


def test_a_second_run_changes_nothing(graded_course, hippocampus):
    course, _, _ = graded_course
    files = sorted((course.root / "records").rglob("*.json"))
    before = [path.read_bytes() for path in files]
    summary = grade(hippocampus, course, Options(jobs=1))
    assert (len(summary.graded), len(summary.unchanged)) == (0, 24)
    assert [path.read_bytes() for path in files] == before


def test_a_manual_mark_survives_a_regrade(graded_course, hippocampus):
    course, _, _ = graded_course
    student, cell = "01-perfect", hippocampus.hand_cell("2.a").id
    with Gradebook(course.db_url) as book:
        given = book._book.find_grade(cell, "hippocampus", "hippocampus", student)
        given.manual_score = BY_HAND[student, "2.a"]
        book._book.db.commit()
    grade(hippocampus, course, Options(jobs=1, students=[student], force=True))
    rows = {row["student_id"]: row for row in csv.DictReader(write_grades(hippocampus, course).read_text(encoding="utf-8").splitlines())}
    auto = next(q.score for q in read_record(course.record(student, "hippocampus")).questions if q.id == "2.a")
    assert float(rows[student]["2.a"]) == pytest.approx(auto + 0.25)


def test_one_question_can_be_graded_again(graded_course, hippocampus):
    course, _, _ = graded_course
    student = "05-one-property-wrong"
    before = read_record(course.record(student, "hippocampus"))
    grade(hippocampus, course, Options(jobs=1, students=[student], questions=["2.a"]))
    after = read_record(course.record(student, "hippocampus"))
    verdicts = [[(p.name, p.status) for p in q.properties] for q in after.questions]
    assert verdicts == [[(p.name, p.status) for p in q.properties] for q in before.questions]


def test_a_record_has_what_others_rely_on(graded_course):
    course, _, _ = graded_course
    record = json.loads(course.record("01-perfect", "hippocampus").read_text())
    assert {
        "schema",
        "student",
        "assignment",
        "status",
        "score",
        "max_score",
        "questions",
        "isolation",
        "seed",
        "versions",
        "hashes",
        "seconds",
    } <= set(record)
    question = next(q for q in record["questions"] if q["properties"])
    assert {"id", "title", "score", "max_score", "status", "properties"} <= set(question)
    assert {"name", "visible", "weight", "status", "message", "seconds"} <= set(question["properties"][0])
    assert record["max_score"] == 15
    assert msgspec.json.encode(record)


# One source of scores: formgrader's database, feedback, every export and the class report say what the records say.


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
