"""A group hands in once, is graded once, and every member gets the marks."""

import json
import shutil

import pytest

from autograder.assignment import load_assignment
from autograder.commands.exporting import Asked, export
from autograder.course import Course
from autograder.fanout import Fanout, share_submissions
from autograder.grade import Options, grade
from autograder.jobs import GradeJob

NAME = "memory-span"
PEOPLE = '[[group]]\nname = "team 1"\nmembers = ["anna", "bob", "cy"]\n'


def hand_in(course, student, raw, stamp=""):
    folder = course.submitted(student, NAME)
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_bytes(raw)
    if stamp:
        (folder / "timestamp.txt").write_text(stamp)


@pytest.fixture
def empty(tmp_path):
    course = Course(tmp_path / "class")
    course.root.mkdir()
    (course.root / "people.toml").write_text(PEOPLE)
    return course


def test_the_newest_submission_of_a_group_becomes_everybody_s(empty):
    hand_in(empty, "anna", b"old", "2026-01-01 10:00:00 UTC")
    hand_in(empty, "bob", b"new", "2026-01-02 10:00:00 UTC")
    hand_in(empty, "dora", b"alone")
    assert share_submissions(empty, NAME) == dict.fromkeys(["anna", "bob", "cy"], ("anna", "bob", "cy"))
    for student in ("anna", "bob", "cy"):
        assert (empty.submitted(student, NAME) / f"{NAME}.ipynb").read_bytes() == b"new"
        assert (empty.submitted(student, NAME) / "timestamp.txt").read_text().startswith("2026-01-02")
    assert [p.read_bytes() for p in (empty.root / "earlier").rglob("*.ipynb")] == [b"old"]
    assert (empty.submitted("dora", NAME) / f"{NAME}.ipynb").read_bytes() == b"alone"


def test_only_the_same_work_of_one_group_is_graded_once(tmp_path):
    jobs = []
    for student, raw in (("anna", b"x"), ("bob", b"x"), ("cy", b"y"), ("dora", b"x"), ("eve", b"x")):
        (tmp_path / student).write_bytes(raw)
        jobs.append(GradeJob(student=student, notebook=str(tmp_path / student), autograded=f"{student}.out", seed=1))
    together = dict.fromkeys(["anna", "bob", "cy"], ("anna", "bob", "cy"))
    assert [job.student for job in Fanout(jobs, together).jobs] == ["anna", "cy", "dora", "eve"]


@pytest.mark.slow
@pytest.mark.course
def test_every_member_gets_record_gradebook_rows_and_marks_from_one_grading(empty, solutions, capsys):
    assignment = load_assignment(NAME, solutions)
    from autograder.release import release

    released = release(assignment, empty.root / "out")
    hand_in(empty, "bob", (released / f"{NAME}.ipynb").read_bytes())
    hand_in(empty, "dora", (released / f"{NAME}.ipynb").read_bytes())
    shutil.rmtree(empty.root / "out")
    seen = []
    summary = grade(assignment, empty, Options(), lambda done, total, record: seen.append((done, total)))
    assert [r.student for r in summary.graded if r.student != "dora"] == ["anna", "bob", "cy"]
    assert seen[0] == (0, 4)
    assert seen[-1] == (4, 4)
    records = {r.student: r for r in empty.records(NAME)}
    assert set(records) == {"anna", "bob", "cy", "dora"}
    assert records["cy"].questions == records["bob"].questions
    assert empty.autograded("cy", NAME).read_bytes() == empty.autograded("bob", NAME).read_bytes()
    assert len(grade(assignment, empty, Options()).unchanged) == 4
    export(NAME, empty, solutions, Asked(), True, True)
    said = json.loads(capsys.readouterr().out)
    assert said["waiting"] in (0, 4)
    assert {line.split(",")[0] for line in empty.grades_csv.read_text().splitlines()[1:]} == {
        "anna",
        "bob",
        "cy",
        "dora",
    }
