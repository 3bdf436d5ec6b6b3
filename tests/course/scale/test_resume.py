"""What is graded again and what is not; grading twice, anywhere, comes to the same bytes."""

import shutil
import subprocess
import sys

import pytest

from autograder import grade as grading
from autograder.assignment import load_assignment
from autograder.course import Course, read_record, read_times
from autograder.errors import UserError
from autograder.grade import Options, grade
from autograder.record import Times
from tests.course.faults.small_course import NAME, RIGHT, final_state, notebook

pytestmark = pytest.mark.course

#: Trouble in several questions, so that what happened in one must not leak into another.
TROUBLED = {
    "total": "def total(values):\n    while True:\n        pass\n",
    "turned": "class Turn:\n    pass\n\ndef turned(values):\n    raise ValueError(Turn(), {'b', 'a', 'c'})\n",
    "spare": "import os\nos._exit(3)\n",
    "other": "undefined\n",
}


@pytest.fixture
def lone(tmp_path):
    """A copy of the assignment's sources that a test may change, and a function that makes a course of one student."""

    def course(name, answers=TROUBLED):
        path = tmp_path / name / "submitted" / "s000" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook(answers))
        return Course(tmp_path / name)

    return course


def no_slots(monkeypatch):
    def refuse(*_):
        raise AssertionError("an executor was started")

    monkeypatch.setattr(grading, "open_executor", refuse)


def test_nothing_to_grade_starts_no_slot(small, graded, monkeypatch):
    no_slots(monkeypatch)
    summary = grade(small.assignment, graded, Options(jobs=2))
    assert (len(summary.graded), len(summary.unchanged), summary.level) == (0, 13, "L3")
    assert small.state.differences(final_state(graded.root)) == []


def test_finding_that_nothing_changed_imports_nothing_heavy(small, graded):
    script = (
        "import sys\nfrom pathlib import Path\nfrom autograder.assignment import load_assignment\n"
        "from autograder.course import Course\nfrom autograder.grade import Options, plan_of\n"
        f"plan = plan_of(load_assignment('{NAME}', Path({str(small.solutions)!r})), Course(Path({str(graded.root)!r})), Options())\n"
        "print(len(plan.jobs), len(plan.unchanged), [m for m in ('torch', 'numpy', 'pytest', 'nbgrader', 'sqlalchemy', 'rfc3987_syntax') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "0 13 []"


def test_only_what_changed_is_graded_again(small, graded):
    path = graded.notebook("s002", NAME)[0]
    path.write_text(notebook(RIGHT | {"total": "def total(values):\n    return 0.0\n"}))
    graded.record("s003", NAME).write_text("{")
    graded.autograded("s005", NAME).unlink()
    summary = grade(small.assignment, graded, Options(jobs=1))
    assert sorted(record.student for record in summary.graded) == ["s002", "s003", "s005"]
    # the changed one earns less, the others what they earned
    path.write_text(notebook(RIGHT))
    grade(small.assignment, graded, Options(jobs=1))
    again = final_state(graded.root)
    assert [line for line in small.state.differences(again) if "s002" not in line] == []


@pytest.mark.slow
def test_another_seed_or_another_version_grades_again(small, graded, monkeypatch):
    students = ["s000", "s001"]
    assert len(grade(small.assignment, graded, Options(jobs=1, students=students, seed=5)).graded) == 2
    assert len(grade(small.assignment, graded, Options(jobs=1, students=students, seed=5)).graded) == 0
    from autograder import resume

    monkeypatch.setattr(resume, "versions", lambda: {"torch": "0.1"})
    assert len(grading.plan_of(small.assignment, graded, Options()).jobs) == 13


@pytest.mark.parametrize(("asked", "graded_at", "best", "stays"), [
    (None, "L3", "L2", True),  # what was graded in the strongest box need not be graded in a weaker one
    (None, "L2", "L2", True),
    (None, "L2", "L3", False),
    ("L2", "L3", "L3", False),
    ("L2", "L2", "L2", True),
])
def test_a_record_stays_unless_a_stronger_box_is_here_now(small, monkeypatch, asked, graded_at, best, stays):
    from autograder import resume
    from autograder.environment import environment_hash, versions

    monkeypatch.setattr(resume, "choose", lambda level, trust: level or best)
    record = read_record(small.root / "records" / NAME / "s000.json")
    record.isolation, record.hashes["environment"] = graded_at, environment_hash(versions(), graded_at)
    assert resume.fits_here(asked, False)(record) is stays
    record.hashes["environment"] = environment_hash(versions() | {"torch": "0.1"}, graded_at)
    assert resume.fits_here(asked, False)(record) is False


@pytest.mark.slow
def test_grading_twice_in_two_places_gives_the_same_bytes(small, lone):
    """Addresses of objects, order of sets, paths, times: none of them is in what remains."""
    courses = [lone("one"), lone("a/place/far/away")]
    for course in courses:
        grade(small.assignment, course, Options(jobs=1))
    one, two = (final_state(course.root) for course in courses)
    assert one.differences(two) == []
    record = courses[0].record("s000", NAME).read_text()
    assert "object at 0x…" in record
    assert str(courses[0].root) not in record


@pytest.mark.slow
@pytest.mark.parametrize("question", ["1", "2"])
def test_one_question_again_is_byte_for_byte_all_again(small, lone, question):
    course = lone("one")
    grade(small.assignment, course, Options(jobs=1))
    before, times = final_state(course.root), read_times(course.times("s000", NAME))
    summary = grade(small.assignment, course, Options(jobs=1, questions=[question]))
    assert len(summary.graded) == 1
    assert before.differences(final_state(course.root)) == []
    after = read_times(course.times("s000", NAME))
    other = "2" if question == "1" else "1"
    assert after.questions[other] == times.questions[other]


@pytest.mark.slow
def test_tests_that_changed_are_run_again_and_no_others(small, lone, tmp_path):
    shutil.copytree(small.solutions, tmp_path / "solutions")
    folder = tmp_path / "solutions" / NAME / "tests" / "hidden"
    text = (folder / f"test_{NAME}.py").read_text()
    # one file per question, so that a change concerns one of them
    first, second = text.split('@pytest.mark.question("2")')
    (folder / f"test_{NAME}.py").unlink()
    (folder / "test_1.py").write_text(first)
    (folder / "test_2.py").write_text('"""Fresh inputs."""\n\nimport pytest\n\n\n@pytest.mark.question("2")' + second)
    partly, fully = lone("partly"), lone("fully")
    grade(load_assignment(NAME, tmp_path / "solutions"), partly, Options(jobs=1))
    (folder / "test_2.py").write_text((folder / "test_2.py").read_text().replace("Many values turn.", "Very many values turn."))
    changed = load_assignment(NAME, tmp_path / "solutions")
    job = grading.plan_of(changed, partly, Options()).jobs[0]
    assert job.questions == ["2"]
    grade(changed, partly, Options(jobs=1))
    grade(changed, fully, Options(jobs=1))
    assert final_state(fully.root).differences(final_state(partly.root)) == []
    assert "Very many values turn." in partly.record("s000", NAME).read_text()
    # what all questions share concerns all of them
    (folder / "conftest.py").write_text("")
    assert grading.plan_of(load_assignment(NAME, tmp_path / "solutions"), partly, Options()).jobs[0].questions is None


@pytest.mark.slow
def test_a_notebook_that_exhausts_its_time_is_graded_again_as_a_whole(small, lone):
    answers = {f"cell{number}": "import os\nos._exit(1)\n" for number in range(12)} | RIGHT
    course = lone("one", answers)
    record = grade(small.assignment, course, Options(jobs=1)).graded[0]
    assert record.status == "crashed"
    before = final_state(course.root)
    grade(small.assignment, course, Options(jobs=1, questions=["2"]))
    assert before.differences(final_state(course.root)) == []


def test_a_question_without_tests_is_not_graded(small, graded):
    with pytest.raises(UserError, match="question 3 has no tests") as error:
        grade(small.assignment, graded, Options(questions=["3"]))
    assert error.value.exit_code == 5


def test_times_lie_beside_the_records_and_add_up(graded):
    for path in sorted((graded.root / "records" / NAME).glob("*.json")):
        times = read_times(graded.times(path.stem, NAME))
        assert times is not None
        assert times.seconds >= sum(times.questions.values()) - 1e-3
        assert read_record(path).seconds in (0.0, 0.3), "the limit that was reached, or nothing"
    merged = Times(seconds=1.5, questions={"2": 1.0}).after(Times(seconds=9.0, questions={"1": 4.0, "2": 3.0}))
    assert (merged.seconds, merged.questions) == (5.5, {"1": 4.0, "2": 1.0})
