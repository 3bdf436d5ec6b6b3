"""The flaky-test watch examines submissions again and sees an answer that is right only by luck."""

import pytest

from autograder.assignment import load_assignment
from autograder.commands import looking
from autograder.course import Course
from autograder.flaky import examined_again, flaky, recorded
from autograder.grade import Options, grade
from autograder.new_assignment import new_assignment
from autograder.notebooks import to_ipynb
from tests.course.demo_class import ClassMaker, cell_of

pytestmark = [pytest.mark.slow, pytest.mark.course]


@pytest.fixture(scope="module")
def lucky(tmp_path_factory):
    root = tmp_path_factory.mktemp("lucky")
    new_assignment("tiny", root / "solutions")
    assignment = load_assignment("tiny", root / "solutions")
    for who, more in {"anna": "", "bob": LUCK}.items():
        cells = ClassMaker(assignment).solved()
        cell_of(cells, "overlap").source += more
        folder = root / "submitted" / who / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text(to_ipynb(cells))
    course = Course(root)
    grade(assignment, course, Options(jobs=1, trust=True))
    return assignment, course


LUCK = """

_right = overlap
def overlap(*args):
    import random
    return _right(*args) * (1 if random.random() < 0.8 else -1)
"""


def test_luck_is_seen_and_a_right_answer_is_steady(lucky):
    assignment, course = lucky
    records = course.records("tiny")
    before = [course.record(r.student, "tiny").read_bytes() for r in records]
    seen = examined_again(assignment, course, records, 12, jobs=1, level=None, trust=True)
    found = flaky([*recorded(records), *seen])
    assert found
    assert {who for f in found for who in f.students} == {"bob"}
    assert not any(f.same_seed for f in found), "the worker's random numbers come from the recorded seed"
    assert [course.record(r.student, "tiny").read_bytes() for r in records] == before


def test_the_command_examines_again_when_asked(lucky, capsys):
    assignment, course = lucky
    code = looking.stats("tiny", course.root, assignment.folder.parent, 12, 1, None, True, False, True)
    assert code == 1
    page = (course.root / "reports" / "tiny.stats.html").read_text()
    assert "2 submissions examined again with 12 more seeds" in page
    assert "depends on the seed" in page
    assert capsys.readouterr().out == ""
