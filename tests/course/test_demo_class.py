"""What real submissions look like, and the fair result of each: nothing is lost, nothing is a silent 0."""

import csv
import json
import sqlite3

import msgspec
import pytest

from autograder.commands.handing_back import write_grades
from autograder.course import read_record
from autograder.grade import Options, grade
from autograder.gradebook import Gradebook

pytestmark = pytest.mark.course


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
        given.manual_score = 0.25
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
