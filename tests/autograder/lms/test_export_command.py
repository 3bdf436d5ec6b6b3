"""`autograder export` in every format, from records to bytes."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograder.commands.exporting import FORMATS, Asked, export
from autograder.commands.handing_back import feedback
from autograder.errors import UserError
from autograder.people import read_people

NAME = "memory-span"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,memory-span (5)\r\n    Points Possible,,,,,4.0\r\n"
    '"O\'Neil, Jr.",4711,,,"A; B",\r\nAnna,4712,,,A,\r\n"Nora, N.",4713,,,A,\r\n'
)


@pytest.fixture
def late(solutions, course):
    """A policy, a student a day late, one with an extension and one whose time nobody knows."""
    manifest = solutions / NAME / "assignment.toml"
    text = manifest.read_text()
    place = text.index("[[question]]")
    policy = "[late]\ndue = 2026-11-01T23:59:00+01:00\npercent_per_day = 10\n\n"
    manifest.write_text(text[:place] + policy + text[place:])
    for student in ("anna", "=1+1"):
        (course.submitted(student, NAME) / "timestamp.txt").write_text("2026-11-02 12:00:00 UTC")
    (course.root / "people.toml").write_text(
        '[people.anna]\ncanvas = "4712"\nags = "lti-1"\n[[extension]]\nwho = ["=1+1"]\ndays = 3\n'
    )


def run(course, solutions, capsys, **asked):
    code = export(NAME, course, solutions, Asked(**asked), True, True)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return code, json.loads(out)


def test_canvas_is_filled_with_what_is_left_after_being_late(tmp_path, course, solutions, late, capsys):
    (tmp_path / "canvas.csv").write_bytes(CANVAS.encode())
    code, said = run(course, solutions, capsys, kind="canvas", template=tmp_path / "canvas.csv")
    assert (course.root / f"{NAME}-canvas.csv").read_bytes() == (
        CANVAS.replace('"A; B",', '"A; B",1').replace("4712,,,A,", "4712,,,A,2.7").encode()
    )
    assert (code, said["without_row"], said["without_marks"]) == (1, ["=1+1"], ["Nora, N. (4713)"])
    assert said["column"] == "memory-span (5)"


def test_a_dry_run_writes_nothing(tmp_path, course, solutions, capsys):
    (tmp_path / "canvas.csv").write_bytes(CANVAS.encode())
    for kind in FORMATS:
        template = tmp_path / "canvas.csv" if kind == "canvas" else None
        if kind in ("moodle", "brightspace"):
            continue
        before = {p for p in course.root.rglob("*") if "gradebook" not in p.name}
        said = run(course, solutions, capsys, kind=kind, template=template, dry_run=True)[1]
        assert said["dry_run"]
        assert {p for p in course.root.rglob("*") if "gradebook" not in p.name} == before
    export(
        NAME,
        course,
        solutions,
        Asked("canvas", template=template or tmp_path / "canvas.csv", dry_run=True),
        False,
        False,
    )
    assert "nothing was written" in capsys.readouterr().out


def test_the_table_says_what_was_taken_off(course, solutions, late, capsys):
    run(course, solutions, capsys)
    lines = course.grades_csv.read_bytes().decode().split("\r\n")
    assert lines == [
        "student_id,status,score,max_score,1,2,late,final,isolation,to_mark",
        "'=1+1,graded,3,4,3,,,3,L3,1",
        '"O\'Neil, Jr.",graded,1,4,1,,,1,L3,1',
        "anna,graded,3,4,3,,3 − 10 % late (1 day),2.7,L3,1",
        "björn,unreadable,,4,,,,,L3,",
        "",
    ]


def test_no_record_says_anything_about_being_late(course, solutions, late, capsys):
    before = course.record("anna", NAME).read_bytes()
    run(course, solutions, capsys)
    assert course.record("anna", NAME).read_bytes() == before


def test_feedback_says_what_was_taken_off(course, solutions, late, capsys):
    feedback(NAME, course.root, "", solutions, False, True)
    page = (course.root / f"feedback/anna/{NAME}/{NAME}.html").read_text()
    assert "3 − 10 % late (1 day)" in page
    assert ">2.7 <" in page
    assert "late (" not in (course.root / f"feedback/=1+1/{NAME}/{NAME}.html").read_text()


def test_gradescope_gets_one_file_a_student(course, solutions, late, capsys):
    said = run(course, solutions, capsys, kind="gradescope")[1]
    files = {
        p.parent.name: json.loads(p.read_text()) for p in (course.root / "gradescope" / NAME).glob("*/results.json")
    }
    assert set(files) == {"anna", "O'Neil, Jr.", "=1+1", "björn"}
    assert files["anna"]["score"] == 2.7
    assert files["O'Neil, Jr."]["tests"][0]["score"] == 1
    assert files["björn"]["score"] == 0
    assert "no notebook" in files["björn"]["output"]
    keys = {"name", "number", "score", "max_score", "status", "output", "output_format", "visibility", "tags"}
    assert all(set(t) - keys == set() for f in files.values() for t in f["tests"])
    assert said["waiting"] == 3


def test_junit_counts_properties_and_takes_a_timeout_for_an_error(course, solutions, capsys):
    said = run(course, solutions, capsys, kind="junit")[1]
    root = ElementTree.parse(said["file"]).getroot()
    assert dict(root.attrib) == {"name": NAME, "tests": "7", "failures": "0", "errors": "2", "skipped": "0"}
    case = next(c for c in root.iter("testcase") if c.find("error") is not None and c.get("name") == "hidden_many")
    assert case.get("classname") == f"{NAME}.1"
    assert {p.get("name"): p.get("value") for p in case.iter("property")} == {
        "title": "Many are counted", "points": "2", "earned": "0"
    }  # fmt: skip
    assert case.find("error").get("type") == "timeout"


def test_ags_waits_for_hand_marks_and_fails_what_cannot_be_graded(course, solutions, late, capsys):
    said = run(course, solutions, capsys, kind="ags")[1]
    lines = [json.loads(line) for line in Path(said["file"]).read_text(encoding="utf-8").splitlines()]
    by_user = {line["userId"]: line for line in lines}
    assert by_user["lti-1"]["gradingProgress"] == "PendingManual"
    assert (by_user["lti-1"]["scoreGiven"], by_user["lti-1"]["scoreMaximum"]) == (2.7, 4)
    assert by_user["björn"]["gradingProgress"] == "Failed"
    assert "scoreGiven" not in by_user["björn"]


def test_what_nobody_knows_is_said(course, solutions, late, capsys):
    with (course.root / "people.toml").open("a") as file:
        file.write('[[extension]]\nwho = ["stranger"]\ndays = 3\n')
    notes = run(course, solutions, capsys)[1]["notes"]
    assert "people.toml gives stranger more time, but nobody in the course is called so" in notes
    assert "when 2 of 4 submissions came is not known: they count as in time" in notes
    assert read_people(course.root).extension


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"kind": "xls"}, "expected one of csv, canvas"),
        ({"kind": "canvas"}, "--template FILE"),
        ({"kind": "csv", "column": "x"}, "needs neither"),
        ({"kind": "ags", "bom": True}, "is for tables"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(course, solutions, asked, says):
    with pytest.raises(UserError, match=says):
        export(NAME, course, solutions, Asked(**asked), False, True)
