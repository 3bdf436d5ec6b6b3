"""The gradebook as one writer fills it: whole or not at all, and as often as one likes."""

import sqlite3

import pytest
from msgspec import structs

from autograder import gradebook
from autograder.course import read_record
from autograder.grade import Options, catch_up, grade
from autograder.gradebook import Gradebook
from tests.course.faults.small_course import NAME, gradebook_rows

pytestmark = pytest.mark.course


def tables(path):
    with sqlite3.connect(path) as db:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
    db.close()
    return names


def test_a_database_of_which_the_making_fails_stays_empty(tmp_path, monkeypatch):
    url, made = f"sqlite:///{tmp_path}/gradebook.db", gradebook.make_tables

    def interrupted(where, metadata, version):
        real = metadata.create_all

        def create_and_stop(connection):
            real(connection)
            raise KeyboardInterrupt

        monkeypatch.setattr(metadata, "create_all", create_and_stop)
        made(where, metadata, version)

    monkeypatch.setattr(gradebook, "make_tables", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Gradebook(url)
    assert tables(tmp_path / "gradebook.db") == []
    monkeypatch.undo()
    Gradebook(url).close()
    assert [row for row in gradebook_rows(tmp_path / "gradebook.db") if row[0] == "version"]


def test_a_new_database_is_what_nbgrader_itself_makes(tmp_path, monkeypatch):
    def shape(path):
        with sqlite3.connect(path) as db:
            rows = set(db.execute("select type, name, tbl_name, sql from sqlite_master"))
            version = db.execute("select version_num from alembic_version").fetchall()
        db.close()
        return rows, version

    Gradebook(f"sqlite:///{tmp_path}/ours.db").close()
    monkeypatch.setattr(gradebook, "make_tables", lambda *arguments: None)
    monkeypatch.setenv("PATH", f"{gradebook.Path(__import__('sys').executable).parent}:/usr/bin:/bin")
    Gradebook(f"sqlite:///{tmp_path}/theirs.db").close()
    ours, theirs = shape(tmp_path / "ours.db"), shape(tmp_path / "theirs.db")
    assert {row[1] for row in ours[0]} == {row[1] for row in theirs[0]}
    assert ours[1] == theirs[1]


def test_what_the_gradebook_lacks_is_written_and_nothing_else(small, graded):
    rows, records = gradebook_rows(graded.root / "gradebook.db"), graded.records(NAME)
    with Gradebook(graded.db_url) as book:
        assert catch_up(book, small.assignment, graded, records) == 0
    # a run that was killed between a record and its rows
    with sqlite3.connect(graded.root / "gradebook.db") as db:
        db.execute("update grade set auto_score = null, needs_manual_grade = 1 where rowid % 3 = 0")
        db.execute("delete from submitted_assignment where student_id = 's004'")
    db.close()
    with sqlite3.connect(graded.root / "gradebook.db") as db:
        gone = [name for (name,) in db.execute("select id from submitted_notebook where assignment_id not in (select id from submitted_assignment)")]
        for table in ("grade", "comment"):
            db.executemany(f"delete from {table} where notebook_id = ?", [(name,) for name in gone])
        db.executemany("delete from submitted_notebook where id = ?", [(name,) for name in gone])
    db.close()
    summary = grade(small.assignment, graded, Options(jobs=1))
    assert (len(summary.graded), len(summary.unchanged)) == (0, len(records))
    assert gradebook_rows(graded.root / "gradebook.db") == rows


def test_a_mark_by_hand_under_a_changed_automatic_one_is_said_until_somebody_looks(small, graded):
    student = "s000"
    with Gradebook(graded.db_url) as book:
        book._book.find_grade("check-1", NAME, NAME, student).manual_score = 1.5
        book._book.db.commit()
        record = read_record(graded.record(student, NAME))
        questions = [structs.replace(record.questions[0], score=0.0), *record.questions[1:]]
        changed = structs.replace(record, questions=questions, score=2.0)
        said = [f"{student}: 1: the mark 1.5 given by hand was kept; the automatic one has changed since, to 0"]
        for _ in range(2):  # a rerun after a kill says and leaves the same
            book.write(changed, small.assignment)
            assert book.overruled(small.assignment, {student: changed}) == said
        assert book.manual_marks(small.assignment)[student]["1"].override == 1.5
        assert book.manual_marks(small.assignment)[student]["1"].auto_changed_since
        # formgrader, on saving a mark, asks for it no more
        book._book.find_grade("check-1", NAME, NAME, student).needs_manual_grade = False
        book._book.db.commit()
        assert book.overruled(small.assignment, {student: changed}) == []


def test_marks_that_do_not_add_up_reach_nobody(small, graded):
    rows = gradebook_rows(graded.root / "gradebook.db")
    record = structs.replace(read_record(graded.record("s000", NAME)), score=17.0)
    with Gradebook(graded.db_url) as book, pytest.raises(gradebook.UserError, match="would hold 4 marks, the record 17"):
        book.write(record, small.assignment)
    assert gradebook_rows(graded.root / "gradebook.db") == rows
