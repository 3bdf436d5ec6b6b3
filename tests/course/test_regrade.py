"""Regrading says beforehand what it would do, does that, keeps what was; a record can be replayed."""

import hashlib
import json
from decimal import Decimal

import pytest
from msgspec import structs

from autograder.assignment import load_assignment
from autograder.commands import regrading
from autograder.course import Course, read_record
from autograder.errors import UserError
from autograder.grade import Options, grade
from autograder.gradebook import Gradebook
from autograder.marks import ManualMark
from autograder.new_assignment import new_assignment
from autograder.regrade import Regrading, compare, regrade
from autograder.regrade_page import page
from autograder.replay import replay
from tests.autograder.marking_course import a_record
from tests.course.faults import small_course

pytestmark = pytest.mark.course


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("author") / "solutions"
    new_assignment("tiny", folder)
    return load_assignment("tiny", folder)


@pytest.fixture
def small(tmp_path):
    """(assignment, course) with six submissions, graded."""
    small_course.write_assignment(tmp_path / "solutions")
    small_course.write_class(tmp_path / "course", 6)
    assignment = load_assignment("small", tmp_path / "solutions")
    course = Course(tmp_path / "course")
    grade(assignment, course, Options(jobs=2))
    return assignment, course


def sharpened(assignment):
    """The same assignment, whose hidden test of question 1 nobody passes any more."""
    hidden = assignment.tests / "hidden" / "test_small.py"
    text = hidden.read_text().replace("reference.total(values))", "1 + reference.total(values))")
    first, second = text.split('@pytest.mark.question("2")')
    hidden.write_text(first)
    hidden.with_name("test_two.py").write_text(f'import pytest\n\n\n@pytest.mark.question("2"){second}')
    return load_assignment("small", assignment.folder.parent)


def state(course, *but):
    return {
        str(path.relative_to(course.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(course.root.rglob("*"))
        if path.is_file() and path.suffix != ".db" and path.name not in (".grading.lock", *but)
    }


def test_a_mark_by_hand_stays_and_says_what_the_tests_say(tiny):
    before, after = (a_record(tiny, "anna", {"1": holds}) for holds in (True, False))
    change, = compare(before, after, {"1": ManualMark(override=1.5)})
    assert (change.before, change.after, change.by_hand) == (2, 0, Decimal("1.5"))
    assert (change.counted_before, change.counted_after, change.difference) == (Decimal("1.5"), Decimal("1.5"), 0)
    assert change.verdicts == [("It holds.", "passed", "failed")]


def test_what_did_not_change_is_not_listed(tiny):
    record = a_record(tiny, "anna", {})
    assert not list(compare(record, structs.replace(record, seed=2), {}))


@pytest.mark.parametrize(("changes", "why"), [
    ({"hashes": {"submission": "other"}}, "handed in again"),
    ({"hashes": {"environment": "other"}}, "other versions or isolation"),
    ({"seed": 2}, "solution changed, other inputs"),
    ({}, "graded again as asked"),
])
def test_every_change_has_a_reason(tiny, changes, why):
    before, after = a_record(tiny, "anna", {}), a_record(tiny, "anna", {"1": False}, **changes)
    assert [change.why for change in compare(before, after, {})] == [why]


def test_marks_that_nobody_knew_are_not_called_zero(tiny):
    before, after = a_record(tiny, "anna", {"1": False}, status="unreadable"), a_record(tiny, "anna", {})
    change, = compare(before, after, {})
    assert (change.before, change.after) == (None, 2)


def test_the_page_shows_and_says_who_moves(tiny):
    changes = []
    for student, first in (("<b>anna</b>", True), ("bob", False)):
        changes += compare(a_record(tiny, student, {"1": first}), a_record(tiny, student, {"1": not first}), {})
    text = page(Regrading("tiny", "Tiny", True, 2, 1, changes, ["cy"]))
    assert "Dry run: nothing has been changed" in text
    assert "&lt;b&gt;anna&lt;/b&gt;" in text
    assert "<b>anna" not in text
    assert 'alt="Marks before and after for 2 students: 1 gain, 1 lose.' in text
    assert text.count("<th scope=") == text.count("<th ")
    assert "−2" in text
    assert "+2" in text


@pytest.mark.slow
def test_a_dry_run_says_what_a_regrading_then_does(small):
    assignment, course = small
    with Gradebook(course.db_url) as book:
        book.give("small", {"s000": {"check-1": (1.25, ""), "answer-3": (0.5, "well said")}})
    changed = sharpened(assignment)
    before = state(course)
    old = course.record("s002", "small").read_bytes()
    tried = regrade(changed, course, Options(jobs=2), dry_run=True)
    assert state(course) == before
    done = regrade(changed, course, Options(jobs=2))
    assert done.changes == tried.changes
    assert {change.question for change in done.changes} == {"1"}
    by_hand = next(change for change in done.changes if change.student == "s000")
    assert (by_hand.by_hand, by_hand.before, by_hand.after, by_hand.difference) == (Decimal("1.25"), 2, 1, 0)
    assert done.earlier is not None
    assert (done.earlier / "s002.json").read_bytes() == old
    assert read_record(course.record("s002", "small")).questions[0].score == 1
    assert any("s000: 1: the mark 1.25 given by hand was kept" in note for note in done.notes)
    with Gradebook(course.db_url) as book:
        marks = book.manual_marks(changed)["s000"]
    assert (marks["1"].override, marks["1"].auto_changed_since, marks["3"].score) == (1.25, True, 0.5)
    # the records that are kept are no records of the class
    assert len(course.records("small")) == 6
    again = regrade(changed, course, Options(jobs=2))
    assert (again.graded, again.unchanged, again.changes) == (0, 6, [])


@pytest.mark.slow
def test_a_record_is_replayed_with_its_own_seed(small, capsys):
    assignment, course = small
    path = course.record("s003", "small")
    before = state(course)
    found = replay(path, "2", None, assignment.folder.parent, None, False)
    assert [(v.question, v.recorded, v.replayed) for v in found.verdicts] == [("2", "failed", "failed")] * 2
    assert (found.seed, found.differences) == (assignment.seed, [])
    assert state(course) == before
    course.notebook("s003", "small")[0].write_text(small_course.notebook(small_course.RIGHT))
    code = regrading.replay(path, "", None, assignment.folder.parent, None, False, True, False)
    told = json.loads(capsys.readouterr().out)
    assert (code, told["same"]) == (1, False)
    assert "is not the file that was graded" in told["differences"][0]
    assert {v["replayed"] for v in told["verdicts"]} == {"passed"}


def test_what_is_no_record_is_told_in_one_sentence(tmp_path):
    with pytest.raises(UserError, match="expected a record such as records/ASSIGNMENT/STUDENT"):
        replay(tmp_path / "nothing.json", "", None, None, None, False)
