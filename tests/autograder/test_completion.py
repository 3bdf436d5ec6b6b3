"""The shell completes commands, assignments, students and closed lists, quickly and with nothing imported."""

import os
import subprocess
import sys

import pytest

PROGRAM = "import sys\nsys.argv[0] = 'autograder'\nfrom autograder.cli import main\nmain()\n"


@pytest.fixture
def offered(tmp_path):
    for name in ("memory-span", "memory*", "mazes"):
        (tmp_path / "solutions" / name).mkdir(parents=True)
        (tmp_path / "solutions" / name / "assignment.toml").touch()
    for student in ("anna", "anton", "bob"):
        (tmp_path / "spring" / "submitted" / student).mkdir(parents=True)

    def offered(line):
        words = line.split(" ")
        asked = {"_AUTOGRADER_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        done = subprocess.run([sys.executable, "-P", "-c", PROGRAM], cwd=tmp_path, env=os.environ | asked, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.stdout.split()

    return offered


@pytest.mark.parametrize(("line", "words"), [
    ("autograder re", ["release", "regrade", "replay", "report"]),
    ("autograder grade mem", ["memory*", "memory-span"]),
    ("autograder grade memory*", ["memory*"]),
    ("autograder grade mazes --course spring --student an", ["anna", "anton"]),
    ("autograder collect in.zip mazes --from b", ["brightspace"]),
    ("autograder export mazes --format g", ["gradescope"]),
    ("autograder verify mazes --isolation L2", ["L2d", "L2"]),
    ("autograder new me", []),
])
def test_half_a_word_is_completed(offered, line, words):
    assert offered(line) == words
