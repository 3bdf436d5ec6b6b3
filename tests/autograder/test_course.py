"""A course folder: where things lie, and what is said when something lies wrong."""

import pytest

from autograder.course import Course, is_student_id
from autograder.errors import UserError


def test_a_notebook_under_another_name_is_found_and_noted(tmp_path):
    folder = tmp_path / "submitted" / "ann" / "demo"
    folder.mkdir(parents=True)
    (folder / "demo (1).ipynb").write_text("{}")
    (folder / "notes.ipynb").write_text("{}")
    path, note = Course(tmp_path).notebook("ann", "demo")
    assert path.name == "demo (1).ipynb"
    assert "demo (1).ipynb" in note


@pytest.mark.parametrize("kind", ["file", "empty"])
def test_nothing_to_grade_is_one_sentence(tmp_path, kind):
    folder = tmp_path / "submitted" / "ann"
    folder.mkdir(parents=True)
    if kind == "file":
        (folder / "demo").write_text("x")
    else:
        (folder / "demo").mkdir()
    with pytest.raises(UserError) as caught:
        Course(tmp_path).notebook("ann", "demo")
    assert caught.value.exit_code == 4
    assert "demo.ipynb" in caught.value.message


def test_no_submissions_say_what_to_do_next(tmp_path):
    with pytest.raises(UserError, match="collect submissions first"):
        Course(tmp_path).students("demo")


@pytest.mark.parametrize(("name", "ok"), [("ann", True), ("O'Neil, Jr.", True), ("Zoë-7", True), (".git", False), ("a/b", False), ("", False), ("a\x1b[31m", False)])
def test_folder_names_that_can_be_students(name, ok):
    assert is_student_id(name) is ok


def test_a_damaged_record_is_named(tmp_path):
    path = tmp_path / "records" / "demo" / "ann.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"schema": 1')
    with pytest.raises(UserError, match="is damaged"):
        Course(tmp_path).records("demo")


def test_a_roster_needs_its_column(tmp_path):
    (tmp_path / "students.csv").write_text("name\nann\n")
    with pytest.raises(UserError, match="expected a column student_id, found name"):
        Course(tmp_path).roster()
    (tmp_path / "students.csv").write_text("student_id,name\nann,Ann\nbob,Bob\n")
    assert Course(tmp_path).roster() == ["ann", "bob"]
