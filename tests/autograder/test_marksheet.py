"""Marks given by hand go through a spreadsheet and back: nothing is lost, guessed or overwritten."""

import csv
import io
import re
import stat

import pytest

from autograder.assignment import load_assignment
from autograder.commands import marking
from autograder.commands.marking import Asked
from autograder.course import Course
from autograder.errors import UserError
from autograder.gradebook import Gradebook
from autograder.new_assignment import new_assignment
from tests.autograder.marking_course import make_course

STUDENTS = ["007", "anna", "O'Neil, Jr.", "Ωmega"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("author") / "solutions"
    new_assignment("tiny", folder)
    return load_assignment("tiny", folder)


@pytest.fixture
def course(tiny, tmp_path):
    return make_course(tmp_path, tiny, STUDENTS, {"anna": "=HYPERLINK(1)\n<b>all</b> differ"})


@pytest.fixture
def marks(tiny, course, capsys):
    """Run `autograder marks`: exit code and what was said."""

    def run(**asked):
        code = marking.marks("tiny", course, tiny.folder.parent, Asked(**asked), False, False)
        return code, capsys.readouterr().out

    return run


def lines_of(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def written_back(path, lines, delimiter=","):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)
    return path


def by_hand(course, tiny):
    with Gradebook(course.db_url) as book:
        return {s: (m["2"].score, m["2"].comment) for s, m in book.manual_marks(tiny).items() if "2" in m}


def test_a_table_comes_back_with_the_marks_that_were_typed_into_it(course, tiny, marks):
    assert marks()[0] == 0
    path = course.root / "marking" / "tiny.csv"
    lines = lines_of(path)
    assert [line["student"] for line in lines] == sorted(STUDENTS)
    for line, mark, comment in zip(lines, ("1", "0,5", "", "0.25"), ("well said", "=1+1", "", "ä; \"ö\""), strict=True):
        line["mark"], line["comment"] = mark, comment
    code, said = marks(read=written_back(path, lines))
    assert (code, "3 marks given" in said) == (0, True)
    found = by_hand(course, tiny)
    wanted = dict(zip(sorted(STUDENTS), ((1.0, "well said"), (0.5, "=1+1"), (None, ""), (0.25, 'ä; "ö"')), strict=True))
    assert found == wanted
    again = course.root / "again.csv"
    assert marks(out=again)[0] == 0
    assert {line["student"]: (line["mark"], line["comment"]) for line in lines_of(again)} == {
        "007": ("1", "well said"), "O'Neil, Jr.": ("0.5", "'=1+1"), "anna": ("", ""), "Ωmega": ("0.25", 'ä; "ö"')}
    code, said = marks(read=again)
    assert (code, "no new mark" in said) == (0, True)
    assert by_hand(course, tiny) == wanted
    grades = {row["student_id"]: row for row in csv.DictReader(io.StringIO(course.grades_csv.read_text(encoding="utf-8")))}
    assert (grades["007"]["2"], grades["007"]["score"]) == ("1", "3")


def test_what_a_spreadsheet_does_to_names_and_separators_does_no_harm(course, tiny, marks):
    marks()
    path = course.root / "marking" / "tiny.csv"
    lines = lines_of(path)
    for line in lines:
        line["student"], line["question"], line["mark"] = line["student"].lstrip("0"), "2. Jan", "1"
    assert marks(read=written_back(path, lines, delimiter=";"))[0] == 0
    assert {mark for mark, _ in by_hand(course, tiny).values()} == {1.0}


def test_an_answer_is_neither_formula_nor_markup(course, marks):
    marks()
    anna = next(line for line in lines_of(course.root / "marking" / "tiny.csv") if line["student"] == "anna")
    assert anna["answer"].startswith("'=HYPERLINK")
    page = (course.root / "marking" / "tiny.html").read_text()
    assert "&lt;b&gt;all&lt;/b&gt; differ" in page
    assert "says that every unit differs" in page  # the rubric


@pytest.mark.parametrize(("cell", "says"), [
    ("1.5", "1.5 is more than the 1 marks of anna, 2"),
    ("-1", "'-1' is no mark for anna, 2: expected a number from 0 up"),
    ("nan", "'nan' is no mark"),
    ("01. Mai", "'01. Mai' is no mark for anna, 2"),
    ("1e999", "'1e999' is no mark"),
])
def test_one_mark_that_cannot_be_given_and_none_is(course, tiny, marks, cell, says):
    marks()
    path = course.root / "marking" / "tiny.csv"
    lines = lines_of(path)
    for line in lines:
        line["mark"] = cell if line["student"] == "anna" else "1"
    with pytest.raises(UserError, match=re.escape(says)) as caught:
        marks(read=written_back(path, lines))
    assert caught.value.message.startswith("tiny.csv: nothing was changed, because of line 4")
    assert {mark for mark, _ in by_hand(course, tiny).values()} == {None}


@pytest.mark.parametrize(("change", "says"), [
    (lambda lines: lines + lines[:1], "stands in the table twice"),
    (lambda lines: [lines[0] | {"row": "bcdf"}], "is no row of this assignment"),
    (lambda lines: [{k: v for k, v in line.items() if k != "row"} for line in lines], "has no column “row”"),
])
def test_a_table_that_is_not_the_one_written_is_refused(course, marks, change, says):
    marks()
    path = course.root / "marking" / "tiny.csv"
    with pytest.raises(UserError, match=says):
        marks(read=written_back(path, change(lines_of(path))))


def test_a_mark_given_elsewhere_meanwhile_is_not_overwritten(course, tiny, marks):
    marks()
    path = course.root / "marking" / "tiny.csv"
    lines = lines_of(path)
    answer = tiny.hand_cell("2").id
    with Gradebook(course.db_url) as book:
        book.give("tiny", {"anna": {answer: (0.75, "in formgrader")}, "007": {answer: (0.5, "")}})
    for line in lines:
        line["mark"] = {"anna": "0.25", "Ωmega": "1"}.get(line["student"], line["mark"])
    code, said = marks(read=written_back(path, lines))
    assert code == 1
    assert "not changed: anna, 2 (by hand): somebody has given 0.75 since the table was written" in " ".join(said.split())
    found = by_hand(course, tiny)
    assert (found["anna"], found["007"], found["Ωmega"]) == ((0.75, "in formgrader"), (0.5, ""), (1.0, ""))


def test_blind_neither_table_nor_page_nor_error_names_a_student(course, tiny, marks):
    code, said = marks(blind=True)
    path = course.root / "marking" / "tiny-blind.csv"
    lines = lines_of(path)
    shown = path.read_text() + path.with_suffix(".html").read_text() + said
    assert code == 0
    assert not [student for student in STUDENTS if re.search(rf"\b{re.escape(student)}\b", shown)]
    assert [line["student"] for line in lines] == sorted(line["student"] for line in lines)
    assert stat.S_IMODE((course.root / ".blind-key").stat().st_mode) == 0o600
    for line in lines:
        line["mark"] = "1" if "differ" in line["answer"] else "0"
    code, said = marks(read=written_back(path, lines))
    assert by_hand(course, tiny)["anna"] == (1.0, "")
    assert "anna" not in said
    lines[0]["mark"] = "7"
    with pytest.raises(UserError) as caught:
        marks(read=written_back(path, lines))
    assert not [student for student in STUDENTS if student in caught.value.message]


def test_codes_differ_from_course_to_course(tmp_path):
    from autograder.marking import names_for

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (names_for(Course(tmp_path / name), "tiny", STUDENTS, blind=True) for name in "ab")
    assert not set(first.values()) & set(second.values())
    assert names_for(Course(tmp_path / "a"), "tiny", STUDENTS, blind=True) == first


def test_a_dry_run_changes_nothing(course, tiny, marks):
    marks()
    path = course.root / "marking" / "tiny.csv"
    lines = [line | {"mark": "1"} for line in lines_of(path)]
    code, said = marks(read=written_back(path, lines), dry_run=True)
    assert (code, "4 of 4 rows would be changed; nothing was written." in said) == (0, True)
    assert {mark for mark, _ in by_hand(course, tiny).values()} == {None}


def test_a_mark_of_the_tests_can_be_overruled_and_given_back(course, tiny, marks):
    path = course.root / "all.csv"
    marks(out=path, overrides=True)
    lines = lines_of(path)
    assert {(line["part"], line["out of"]) for line in lines} == {("by hand", "1"), ("tests", "2")}
    marks(read=written_back(path, [x | {"mark": "1.5" if x["part"] == "tests" and x["student"] == "anna" else ""} for x in lines]))
    with Gradebook(course.db_url) as book:
        assert {s: m["1"].override for s, m in book.manual_marks(tiny).items() if "1" in m} == {"anna": 1.5}
    marks(out=path)
    lines = lines_of(path)
    assert [line["student"] for line in lines if line["part"] == "tests"] == ["anna"]
    marks(read=written_back(path, [x | {"mark": ""} for x in lines]))
    with Gradebook(course.db_url) as book:
        assert not [s for s, m in book.manual_marks(tiny).items() if "1" in m]
