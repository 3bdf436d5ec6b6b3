"""The zip for Gradescope, run in a tree like Gradescope's: a valid results file at every moment."""

import json
import math
import os
import random
import signal
import stat
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from autograder.assignment import load_assignment
from autograder.errors import UserError
from autograder.gradescope_run import _late
from autograder.isolation_memory import MemoryGroup
from autograder.late import Lateness
from autograder.lms.gradescope_submission import fetch
from autograder.notebooks import to_ipynb
from autograder.package import package
from autograder.release import released_cells
from autograder.spec import Late
from autograder.stubs import without_markers

NAME = "memory-span"
ROOT = Path(__file__).resolve().parents[3]
GRADESCOPE_MB = 768
TEST_KEYS = {"name", "number", "score", "max_score", "status", "output", "output_format", "visibility", "tags"}
POLICY = "[late]\ndue = 2026-11-01T23:59:00+01:00\npercent_per_day = 10\n\n"


class Tree:
    """Gradescope's folders with the zip unpacked, as `setup.sh` leaves them."""

    def __init__(self, root, assignment):
        self.root, self.assignment = root, assignment
        self.results = root / "results" / "results.json"
        archive, _ = package(assignment, root / "autograder.zip")
        for name in ("submission", "results"):
            (root / name).mkdir()
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(root / "source")
        (root / "run_autograder").write_bytes((root / "source" / "run_autograder").read_bytes())
        (root / "run_autograder").chmod(0o755)
        self.hand_in(f"{assignment.name}.ipynb", solved(assignment))
        self.metadata("2026-11-01T12:00:00.000000-08:00")

    def hand_in(self, name, text):
        for path in (self.root / "submission").iterdir():
            path.unlink()
        (self.root / "submission" / name).write_text(text)

    def metadata(self, created, **assignment):
        value = {"id": 1, "created_at": created, "assignment": assignment, "users": [{"email": "x@y"}]}
        (self.root / "submission_metadata.json").write_text(json.dumps(value))

    def start(self, group=None):
        self.results.unlink(missing_ok=True)
        with (self.root / "log").open("wb") as log:
            return subprocess.Popen(
                [str(self.root / "run_autograder")],
                env=os.environ | {"AUTOGRADER_ROOT": str(self.root), "AUTOGRADER_PYTHON": sys.executable},
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=log,
                preexec_fn=(lambda: group.add(os.getpid())) if group else None,
            )

    def run(self, group=None):
        process = self.start(group)
        assert process.wait(300) == 0, (self.root / "log").read_text()
        return self.valid()

    def valid(self):
        """The results, after the checks that Gradescope makes."""

        def refuse(constant):
            raise AssertionError(f"{constant} is no JSON")

        value = json.loads(self.results.read_text(encoding="utf-8"), parse_constant=refuse)
        assert isinstance(value["score"], int | float)
        assert math.isfinite(value["score"])
        for test in value.get("tests", []):
            assert set(test) <= TEST_KEYS
            assert 0 <= test["score"] <= test["max_score"]
            assert test.get("status", "passed") in ("passed", "failed")
        return value


def solved(assignment):
    cells = released_cells(assignment)
    for cell, source in zip(cells, assignment.cells, strict=True):
        cell.source = without_markers(source.source)
    return to_ipynb(cells)


@pytest.fixture
def assignment(solutions):
    manifest = solutions / NAME / "assignment.toml"
    text = manifest.read_text()
    place = text.index("[[question]]")
    manifest.write_text(text[:place] + POLICY + text[place:])
    return load_assignment(NAME, solutions)


@pytest.fixture
def tree(tmp_path, assignment):
    (tmp_path / "autograder").mkdir()
    return Tree(tmp_path / "autograder", assignment)


@pytest.fixture
def group():
    found = MemoryGroup.open(GRADESCOPE_MB)
    yield found
    if found is not None:
        assert not found.killed_any()
        found.close()


def full(assignment):
    return sum(q.auto for q in assignment.manifest.question)


@pytest.mark.slow
@pytest.mark.course
def test_a_right_submission_earns_every_mark_less_what_being_late_costs(tree, group):
    most = full(tree.assignment)
    tree.metadata("2026-11-03T23:00:00.000000+01:00")
    value = tree.run(group)
    assert sum(t["score"] for t in value["tests"]) == most
    assert all(t["status"] == "passed" for t in value["tests"])
    assert value["score"] == pytest.approx(most * 0.8)
    assert "20 % late (2 days)" in value["output"]


@pytest.mark.slow
def test_what_cannot_be_read_or_is_missing_says_so(tree):
    tree.hand_in(f"{NAME}.ipynb", "{broken")
    assert tree.run()["score"] == 0
    assert "could not be graded, which is not your fault" not in tree.valid()["output"]
    tree.hand_in("essay.txt", "x")
    value = tree.run()
    assert value["score"] == 0
    assert "no notebook was handed in" in value["output"]


def test_the_notebook_that_counts_is_found_in_what_was_uploaded(tmp_path):
    uploads = tmp_path / "submission"
    uploads.mkdir()
    target = tmp_path / "target" / f"{NAME}.ipynb"
    assert fetch(uploads, target, NAME) == (target, "no notebook was handed in")
    (uploads / "link.ipynb").symlink_to("/etc/passwd")
    with zipfile.ZipFile(uploads / f"{NAME}-submission.zip", "w") as archive:
        archive.writestr(f"{NAME} (1).ipynb", "zipped")
    assert (
        fetch(uploads, target, NAME)[1]
        == f"the notebook is called {NAME}-submission.zip/{NAME} (1).ipynb; it was graded"
    )
    assert target.read_text() == "zipped"
    (uploads / f"{NAME}.ipynb").write_text("plain")
    assert fetch(uploads, target, NAME)[1] == ""
    assert target.read_text() == "plain"


def kill_at(tree, group, seconds):
    process = tree.start(group)
    # the first file is the first thing that is done; before that there is nothing to be valid
    while not tree.results.exists():
        time.sleep(0.001)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    value = tree.valid()
    assert value["score"] <= full(tree.assignment)
    return value


@pytest.mark.course
@pytest.mark.slow
def test_results_are_valid_after_a_kill_at_any_moment(tree, group):
    chance = random.Random(3)
    outputs = {kill_at(tree, group, chance.uniform(low, low + 2))["output"][:20] for low in (0, 1, 4)}
    assert outputs
    assert tree.run(group)["score"] == full(tree.assignment)


@pytest.mark.slow
def test_results_are_valid_after_twenty_kills(tree, group):
    process = tree.start(group)
    began = time.monotonic()
    process.wait()
    whole = time.monotonic() - began
    chance = random.Random(20)
    graded = [
        sum("status" in test for test in kill_at(tree, group, chance.uniform(0, whole)).get("tests", []))
        for _ in range(24)
    ]
    # some were killed before the first question and some after one
    assert 0 in graded
    assert max(graded) > 0


@pytest.mark.slow
def test_the_real_assignment_fits_into_gradescope_s_memory(tmp_path, group):
    if group is None:
        pytest.skip("no memory group can be made here")
    (tmp_path / "autograder").mkdir()
    assignment = load_assignment("hippocampus", ROOT / "solutions")
    tree = Tree(tmp_path / "autograder", assignment)
    assert tree.run(group)["score"] == full(assignment)
    # what takes all memory costs its own question only
    cells = released_cells(assignment)
    for cell, source in zip(cells, assignment.cells, strict=True):
        cell.source = without_markers(source.source)
        if cell.id == "mse":
            cell.source += (
                "\n\ndef mse(*args):\n    kept = [bytearray(2**28) for _ in range(40)]\n    return len(kept)\n"
            )
    tree.hand_in("hippocampus.ipynb", to_ipynb(cells))
    by_question = {test["tags"][0]: test for test in tree.run(group)["tests"]}
    assert by_question["2.a"]["score"] < by_question["2.a"]["max_score"]
    assert by_question["2.b"]["score"] == by_question["2.b"]["max_score"]


@pytest.mark.slow
def test_student_code_can_neither_read_the_tests_nor_write_results(tree):
    source = tree.root / "source" / "solutions" / NAME / f"{NAME}.py"
    results = tree.results
    paths = f"({str(source)!r}, {str(results)!r})"
    spy = f"\n\nimport os\nif any(os.access(path, os.R_OK) or os.access(path, os.W_OK) for path in {paths}):\n    "
    cells = released_cells(tree.assignment)
    for cell, its in zip(cells, tree.assignment.cells, strict=True):
        cell.source = without_markers(its.source)
        if cell.role == "answer":
            cell.source += f"{spy}{cell.id} = None\n"
    tree.hand_in(f"{NAME}.ipynb", to_ipynb(cells))
    assert tree.run()["score"] == full(tree.assignment)
    assert stat.S_IMODE((tree.root / "source").stat().st_mode) == 0o700


def test_the_zip_holds_what_is_needed_and_the_same_bytes_each_time(tmp_path, assignment):
    first, names = package(assignment, tmp_path / "a.zip")
    second, _ = package(assignment, tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()
    assert {"setup.sh", "run_autograder", "requirements.txt"} <= set(names)
    assert not [n for n in names if "mutants" in n or "accepted" in n or "rubric" in n or "__pycache__" in n]
    with zipfile.ZipFile(first) as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        requirements = archive.read("requirements.txt").decode()
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert "\ntorch==" in requirements
    assert "keras" not in requirements


def test_its_scripts_are_valid_shell(tmp_path, assignment):
    archive, _ = package(assignment, tmp_path / "a.zip", torch_index="https://wheels.example/cpu")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    assert 'TORCH_INDEX="https://wheels.example/cpu"' in (tmp_path / "setup.sh").read_text()
    for name in ("setup.sh", "run_autograder"):
        assert subprocess.run(["bash", "-n", tmp_path / name], check=False).returncode == 0
    with pytest.raises(UserError, match="--torch-index"):
        package(assignment, tmp_path / "b.zip", torch_index='x"; rm -rf /')


@pytest.mark.parametrize(
    ("metadata", "days"),
    [
        ({"created_at": "2026-11-02T00:00:00+01:00"}, 1),
        ({"created_at": "2026-11-02T00:00:00+01:00", "assignment": {"due_date": "2026-11-05T00:00:00+01:00"}}, 0),
        ({"created_at": "2026-11-02T00:00:00+01:00", "assignment": {"due_date": "2026-10-30T00:00:00+01:00"}}, 3),
        (
            {
                "created_at": "2026-11-02T00:00:00+01:00",
                "assignment": {"due_date": "2026-10-30T00:00:00+01:00"},
                "users": [{"assignment": {"due_date": "2026-11-09T00:00:00+01:00"}}, {}],
            },
            0,
        ),
        ({}, 0),
        ({"created_at": 3}, 0),
        ([], 0),
    ],
)
def test_lateness_is_what_gradescope_says(tmp_path, metadata, days):
    policy = Late(due=datetime.fromisoformat("2026-11-01T23:59:00+01:00"), percent_per_day=10)
    (tmp_path / "submission_metadata.json").write_text(json.dumps(metadata))
    late = _late(policy, tmp_path / "submission_metadata.json")
    assert (late.days if isinstance(late, Lateness) else 0) == days
    assert _late(policy, tmp_path / "nothing.json") is None
