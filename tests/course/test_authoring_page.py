"""The page for authors keeps its word: its commands, as they stand there, lead from nothing to marks."""

import csv
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import load_assignment
from autograder.errors import UserError
from autograder.new_assignment import new_assignment
from autograder.stubs import without_markers

pytestmark = pytest.mark.course

PAGE = (Path(__file__).resolve().parents[2] / "solutions" / "README.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## From nothing to marks\n")[1].split("\n## ")[0]
COMMANDS, LATER = ([shlex.split(line, comments=True) for line in block.strip().split("\n")]
                   for block in re.findall(r"```\n(.*?)```", SECTION, re.DOTALL))
NAME = "memory-span"


def run(command, folder):
    """Run a command of the page as it stands there, in `folder`."""
    assert command[0] == "autograder"
    program = [sys.executable, "-P", "-c", "from autograder.cli import main; main()", *command[1:]]
    return subprocess.run(program, cwd=folder, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False)


def hand_in(folder):
    """Anna's answers are right, Bob has written nothing."""
    released = folder / "assignments" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(released.read_text())
    answer = without_markers(load_assignment(NAME, folder / "solutions").answer("overlap").source)
    for cell in notebook["cells"]:
        cell["source"] = {"overlap": answer, "answer-2": "One is the negative of the other."}.get(cell["id"], cell["source"])
    for student, text in (("anna", json.dumps(notebook)), ("bob", released.read_text())):
        place = folder / "handed-in" / student / f"{NAME}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(text)


def mark_by_hand(table):
    """One mark for whoever says that a pattern is negated, none for the other."""
    rows = list(csv.DictReader(io.StringIO(table.read_bytes().decode("utf-8-sig"), newline="")))
    for row in rows:
        row["mark"] = "1" if "negative" in row["answer"] else "0"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_ten_commands_are_enough():
    assert len(COMMANDS) <= 10
    assert [command[1] for command in COMMANDS][:5] == ["new", "verify", "release", "collect", "grade"]
    # a page: what comes before the sections for later
    assert len(PAGE.split("## Late submissions")[0].split("\n")) <= 110


@pytest.mark.slow
def test_the_commands_of_the_page_lead_from_nothing_to_marks(tmp_path):
    for command in COMMANDS:
        if command[1] == "collect":
            hand_in(tmp_path)
        if "--read" in command:
            mark_by_hand(tmp_path / command[-1])
        done = run(command, tmp_path)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
    rows = {row["student_id"]: row for row in csv.DictReader(io.StringIO((tmp_path / "spring" / "grades.csv").read_text()))}
    assert (rows["anna"]["score"], rows["bob"]["score"]) == ("3", "0")
    assert (tmp_path / "spring" / "feedback" / "anna" / NAME / f"{NAME}.html").is_file()
    assert list((tmp_path / "assignments" / NAME).glob("*.whl"))
    for command in LATER:
        done = run(command, tmp_path)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"


QUESTION = """
[[question]]
id = "3"
title = "Twice"
points = 2
names = ["twice"]
"""


def test_a_third_question_is_asked_for_part_by_part(tmp_path):
    """Whoever follows the comment in assignment.toml is told what is still missing, in the order of the comment."""
    folder = new_assignment("mine", tmp_path / "solutions")
    manifest, source = folder / "assignment.toml", folder / "mine.py"
    manifest.write_text(manifest.read_text() + QUESTION)

    def missing():
        with pytest.raises(UserError) as caught:
            load_assignment("mine", folder.parent)
        return caught.value.message

    assert "points = 3, but the questions add up to 5" in missing()
    manifest.write_text(manifest.read_text().replace("points = 3", "points = 5"))
    assert "question 3 grades twice, but no answer cell has that id" in missing()
    source.write_text(source.read_text() + '\n# %% id="twice" role="answer" question="3"\ndef twice(x):\n    return 2 * x\n')
    assert "question 3 needs one check cell with id check-3" in missing()
    source.write_text(source.read_text() + '\n# %% id="check-3" role="check" question="3"\ncheck("3")\n')
    assert load_assignment("mine", folder.parent).manifest.find("3").points == 2
    shutil.rmtree(folder)
