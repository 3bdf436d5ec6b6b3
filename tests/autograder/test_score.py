"""Marks are finite floats in range, whatever the properties say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.matching import Submission
from autograder.record import OUTCOMES, STATUSES, Property
from autograder.score import question_result, submission_status
from autograder.spec import Question

CODE = Question(id="2.a", title="t", points=2, hand=0.5, names=["f"])
TEXT = Question(id="1.a", title="t", points=2, hand=2)


def prop(status, weight=1.0, message=""):
    return Property(name="p", title="p", visible=True, weight=weight, status=status, message=message)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["passed", "failed", "error", "timeout"]), st.floats(0.1, 9)), max_size=8))
def test_marks_are_the_share_of_passed_weight(rows):
    result = question_result(CODE, [prop(s, w) for s, w in rows])
    weight = sum(w for _, w in rows)
    share = sum(w for s, w in rows if s == "passed") / weight if rows else 0
    assert result.score == pytest.approx(1.5 * share, abs=1e-6)
    assert type(result.score) is float
    assert 0 <= result.score <= 1.5
    assert result.status in OUTCOMES


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -1.0])
def test_weights_that_make_no_sense_are_refused(weight):
    with pytest.raises(UserError, match="weights must be positive"):
        question_result(CODE, [prop("passed", weight), prop("failed", 0.5)])


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["passed", "passed"], "passed"),
        (["passed", "failed"], "partial"),
        (["failed"], "failed"),
        (["error"], "error"),
        (["passed", "timeout"], "timeout"),
        ([], "not gradable"),
    ],
)
def test_a_question_has_one_outcome(statuses, expected):
    assert question_result(CODE, [prop(s) for s in statuses]).status == expected


def test_written_questions_wait_for_a_person():
    result = question_result(TEXT, [])
    assert (result.status, result.score, result.hand_max) == ("needs hand grading", 0.0, 2)


@pytest.mark.parametrize(
    ("faults", "missing", "expected", "names"),
    [
        ({}, [], "graded", ""),
        ({"timeout": ["2.b"]}, [], "timed out", "2.b"),
        ({"crashed": ["2.b", "3.1"]}, [], "crashed", "2.b and 3.1"),
        ({"memory": ["2.b"]}, [], "crashed", "memory"),
        ({}, ["f", "g"], "missing answers", "f and g"),
    ],
)
def test_a_submission_has_one_status_and_one_sentence(faults, missing, expected, names):
    results = [question_result(CODE, [prop("passed")]), question_result(TEXT, [])]
    status, message = submission_status(results, Submission(missing=missing), faults)
    assert status == expected
    assert status in STATUSES
    assert names in message


def test_an_untouched_notebook_says_so():
    stub = prop("failed", message="f(3): not answered yet (2.a: write f)")
    status, message = submission_status([question_result(CODE, [stub])], Submission(), {})
    assert (status, message) == ("missing answers", "No question was answered: every stub is still in place.")
