"""The corpus bites: cheats that earn nothing here win against a grader that runs tests and answers in one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course.hostile.corpus import SUBMISSIONS, Case, answer_name, code_of, honest_cells

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the weak grader forks")

#: Cheats that win there, and honest answers, right and wrong, that it tells apart all the same.
HARMLESS = [case for case in SUBMISSIONS.values() if case.weak]
CONTROLS = {"control-plain": 2, "control-debug-prints": 2, "control-wrong": 0, "control-raising": 0}


def cells(case: Case) -> list[str]:
    """The cells that define something; the weak grader has no package to import."""
    sources = {cell.id: cell.source for cell in honest_cells() if cell.role == "answer"}
    return ["import numpy as np\nimport torch", *(sources | {answer_name(case): code_of(case, {})}).values()]


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    cases = [*HARMLESS, *(SUBMISSIONS[name] for name in CONTROLS)]
    submissions = {case.name: [case.question, cells(case)] for case in cases}
    script = Path(__file__).with_name("weak_grader.py")
    done = subprocess.run([sys.executable, "-I", str(script)], input=json.dumps(submissions), capture_output=True, text=True,
                          check=False, timeout=300, cwd=tmp_path_factory.mktemp("weak"),
                          env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_weak_grader_is_not_broken(marks):
    assert {name: marks[name] for name in CONTROLS} == CONTROLS


@pytest.mark.parametrize("case", HARMLESS, ids=lambda case: case.name)
def test_a_cheat_earns_full_marks_from_the_weak_grader(marks, case):
    assert not case.full
    assert marks[case.name] == 2


def test_cheats_of_many_kinds_win_there(marks):
    winners = [case for case in HARMLESS if marks[case.name] == 2]
    assert len(winners) >= 6
    assert len({case.kind for case in winners}) >= 6
