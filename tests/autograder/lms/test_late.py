from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from autograder.errors import UserError
from autograder.groups import shared_marks, teams
from autograder.late import lateness
from autograder.marks import ManualMark
from autograder.people import read_people
from autograder.spec import Late

DUE = datetime(2026, 11, 1, 22, 59, tzinfo=UTC)
POLICY = Late(due=DUE, grace_minutes=15, percent_per_day=10, maximum_days=5)


@pytest.mark.parametrize(
    ("after", "days", "final"),
    [
        (timedelta(days=-3), 0, "10.5"),
        (timedelta(0), 0, "10.5"),
        (timedelta(minutes=15), 0, "10.5"),
        (timedelta(minutes=16), 1, "9.45"),
        (timedelta(days=1), 1, "9.45"),
        (timedelta(days=1, seconds=1), 2, "8.4"),
        (timedelta(days=5), 5, "5.25"),
        (timedelta(days=5, seconds=1), 6, "0"),
    ],
)
def test_every_day_begun_costs_and_what_comes_too_late_earns_nothing(after, days, final):
    late = lateness(POLICY, DUE + after, DUE)
    assert (late.days if late else 0) == days
    assert (late.final(Decimal("10.5")) if late else Decimal("10.5")) == Decimal(final)


def test_the_cost_is_said_in_words():
    late = lateness(POLICY, DUE + timedelta(hours=1), DUE)
    assert late.words(Decimal("10.5")) == "10.5 − 10 % late (1 day)"
    assert (
        lateness(POLICY, DUE + timedelta(days=9), DUE).words(Decimal(8))
        == "8 − 100 % late (9 days, later than accepted)"
    )


def test_marks_are_rounded_half_up_once():
    assert lateness(POLICY, DUE + timedelta(hours=1), DUE).final(Decimal("2.05")) == Decimal("1.85")


def test_no_more_than_everything_is_taken_and_nobody_pays_for_an_unknown_time():
    assert lateness(Late(due=DUE, percent_per_day=60), DUE + timedelta(days=2), DUE).final(Decimal(8)) == 0
    assert lateness(POLICY, None, DUE) is None


PEOPLE = """
[people.anna]
canvas = "4711"
[people.bob]
name = "Bob, B."
[[group]]
name = "team 1"
members = ["anna", "bob"]
assignments = ["hippocampus"]
[[extension]]
who = ["cy"]
due = 2026-11-08T23:59:00+01:00
[[extension]]
who = ["team 1"]
days = 2
reason = "flu"
[[extension]]
who = ["bob"]
assignments = ["other"]
days = 30
"""


def test_extensions_count_for_students_and_groups(tmp_path):
    (tmp_path / "people.toml").write_text(PEOPLE)
    people = read_people(tmp_path)
    assert people.due("dora", "hippocampus", DUE) == DUE
    assert people.due("cy", "hippocampus", DUE) == datetime(2026, 11, 8, 22, 59, tzinfo=UTC)
    assert people.due("anna", "hippocampus", DUE) == people.due("bob", "hippocampus", DUE) == DUE + timedelta(days=2)
    assert people.due("anna", "other", DUE) == DUE
    assert people.due("bob", "other", DUE) == DUE + timedelta(days=30)


def test_an_extension_never_shortens_the_time(tmp_path):
    (tmp_path / "people.toml").write_text('[[extension]]\nwho = ["cy"]\ndue = 2025-01-01T00:00:00Z\n')
    assert read_people(tmp_path).due("cy", "hippocampus", DUE) == DUE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("people = 3", "people"),
        ("x = 1", "unknown field"),
        ("[[group]]\nname='a'\nmembers=['x']\n[[group]]\nname='b'\nmembers=['x']", "x is in the groups 'a' and 'b'"),
        ("[[group]]\nname='a'\nmembers=[]", "no members"),
        ("[[group]]\nname='a'\nmembers=['../x']", "cannot be a student's id"),
        ("[people.a]\ncanvas='1'\n[people.b]\ncanvas='1'", "belongs to a and to b"),
        ("[[extension]]\nwho=['a']\ndue=2026-01-01T00:00:00", "no time zone"),
        ("[[extension]]\nwho=['a']", "neither due nor days"),
        ("[[extension]]\nwho=['a']\ndays=nan", "days"),
        ("timezone='Mars/Olympus'", "not known"),
        ("[[extension]]\nwho=['a']\ndays='2'", "Expected"),
        ("\ud800".encode("utf-8", "surrogatepass"), "people.toml"),
    ],
)
def test_a_faulty_list_of_people_is_one_sentence(tmp_path, text, says):
    (tmp_path / "people.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=says) as error:
        read_people(tmp_path)
    assert "people.toml" in error.value.message
    assert "\n" not in error.value.message


def test_marks_given_to_one_of_a_group_count_for_all_who_have_none(tmp_path):
    (tmp_path / "people.toml").write_text(PEOPLE)
    together = teams(["anna", "bob", "cy"], "hippocampus", read_people(tmp_path), {})
    assert together == {"anna": ("anna", "bob"), "bob": ("anna", "bob")}
    marks = {
        "anna": {"1": ManualMark(score=1), "2": ManualMark()},
        "bob": {"1": ManualMark(), "2": ManualMark(score=2)},
    }
    shared = shared_marks(marks, together)
    assert (
        {q: m.score for q, m in shared["anna"].items()}
        == {q: m.score for q, m in shared["bob"].items()}
        == {"1": 1, "2": 2}
    )
    own = shared_marks({"anna": {"1": ManualMark(score=1)}, "bob": {"1": ManualMark(score=0)}}, together)
    assert own["bob"]["1"].score == 0
