from decimal import Decimal

import pytest

from autograder.marks import ManualMark, question_marks, shown, total_marks, waiting_marks


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (12.0, "12"),
        (2.675, "2.68"),
        (1.005, "1.01"),
        (0.125, "0.13"),
        (0.1 + 0.2, "0.3"),
        (7.5, "7.5"),
        (1 / 3, "0.33"),
        (2 / 3, "0.67"),
        (100.0, "100"),
        (0.004, "0"),
    ],
)
def test_marks_round_half_up_on_decimals(number, text):
    assert shown(number) == text


def test_thirds_of_a_mark_add_up_to_whole_marks(make_record):
    record = make_record()
    for question in record.questions:
        question.score = round(question.auto_max / 3, 6) * 3
    assert shown(total_marks(record)) == shown(sum(q.auto_max for q in record.questions))


def test_an_unmarked_written_answer_is_unknown_and_not_zero(make_record):
    question = make_record().questions[0]
    assert question_marks(question) is None
    assert question_marks(question, ManualMark(score=0.0)) == 0


def test_a_person_adds_to_the_tests_or_overrules_them(make_record):
    question = make_record(fails=("capacity",)).questions[1]
    assert question_marks(question, ManualMark(score=0.5)) == Decimal("1.3")
    assert question_marks(question, ManualMark(score=0.5, override=1.0)) == Decimal("1.5")


def test_what_a_person_has_not_marked_is_waiting(make_record):
    record = make_record()
    assert waiting_marks(record) == 5
    assert waiting_marks(record, {"1.a": ManualMark(score=0.0)}) == 3


def test_what_could_not_be_graded_is_unknown(make_record):
    assert total_marks(make_record(status="unreadable", questions=[])) is None
    assert total_marks(make_record(status="wrong assignment")) is None
    record = make_record()
    record.questions[1].status = "not gradable"
    assert question_marks(record.questions[1]) is None
