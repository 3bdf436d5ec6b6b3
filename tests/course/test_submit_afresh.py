"""Before it is handed in a notebook can be run afresh: what fails is named, and everything is packed all the same."""

import json

import nbformat
import pytest

from autograder.commands.studying import submit
from autograder.release import release
from autograder.stubs import without_markers

pytestmark = pytest.mark.course

STUB = 'def overlap(pattern, state):\n    raise NotImplementedError("1: write overlap")\n'


@pytest.fixture(scope="module")
def released(tiny, tmp_path_factory):
    folder = release(tiny, tmp_path_factory.mktemp("student"))
    public = json.loads((folder / "assignment.json").read_text())
    public["cells"].append({"id": "experiment-1", "role": "experiment", "question": "1"})
    (folder / "assignment.json").write_text(json.dumps(public))
    return folder


@pytest.fixture
def hand_in(tiny, released, tmp_path, capsys):
    """Hand in the released notebook with these sources in place of its cells: exit code and receipt."""

    def hand_in(sources, *, run=True, experiments=False):
        notebook = nbformat.read(released / "tiny.ipynb", as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell("pass", id="experiment-1"))
        for cell in notebook.cells:
            cell.source = sources.get(cell.id, cell.source).replace("*Your answer here.*", "Because it is the mean.")
        nbformat.write(notebook, released / "mine.ipynb")
        code = submit(released / "mine.ipynb", tmp_path, run, experiments, dry_run=False, as_json=True, quiet=True)
        receipt = json.loads(capsys.readouterr().out)
        assert (tmp_path / "tiny-submission.zip").exists() == (receipt["archive"] is not None)
        return code, receipt

    return hand_in


def right(tiny):
    return without_markers(tiny.answer("overlap").source)


def test_cells_that_fail_are_named_and_packed_all_the_same(tiny, hand_in):
    source = right(tiny) + "\nhalf = whole / 2  # defined in a cell that is gone\n"
    code, receipt = hand_in({"overlap": source, "check-1": "import os\nos._exit(1)"})
    line = len(source.split("\n")) - 1
    (problem,) = receipt["problems"]
    assert problem.endswith(f"(overlap), line {line}: NameError: name 'whole' is not defined")
    assert (code, receipt["ran"], receipt["notes"]) == (1, "cells", ["run afresh: 1 statement fails; visible 1/1"])
    assert receipt["archive"]


@pytest.mark.slow
def test_a_whole_notebook_has_no_problem(tiny, hand_in):
    assert hand_in({"overlap": right(tiny)})[1]["problems"] == []
    code, receipt = hand_in({"overlap": right(tiny)}, experiments=True)
    assert (code, receipt["problems"], receipt["ran"]) == (0, [], "experiments")
    assert receipt["notes"] == ["run afresh: every cell runs; visible 1/1"]


@pytest.mark.slow
def test_what_is_not_answered_or_wrong_is_told_by_question(hand_in):
    assert hand_in({"overlap": STUB})[1]["problems"] == ["question 1 is not answered yet: overlap"]
    wrong = "def overlap(pattern, state):\n    return 7.0\n"
    (problem,) = hand_in({"overlap": wrong})[1]["problems"]
    assert problem.startswith("question 1: 1 of 1 visible properties do not hold, `autograder check mine.ipynb --question 1`")


@pytest.mark.slow
def test_experiments_run_only_when_asked_for(tiny, hand_in):
    cells = {"overlap": right(tiny), "experiment-1": "raise ValueError('the experiment ran')"}
    assert hand_in(cells)[1]["problems"] == []
    (problem,) = hand_in(cells, experiments=True)[1]["problems"]
    assert problem.endswith("(experiment-1), line 1: ValueError: the experiment ran")
    cells["experiment-1"] = "import os\nos._exit(1)"
    (problem,) = hand_in(cells, experiments=True)[1]["problems"]
    assert problem.endswith("(experiment-1): your code ended the process it ran in; the cells after it were not run")


@pytest.mark.slow
def test_a_notebook_that_cannot_be_run_is_packed(hand_in, released, monkeypatch):
    from autograder import checking
    from autograder.errors import UserError

    def no_box(*_):
        raise UserError("no worker can be started here.")

    monkeypatch.setattr(checking, "student_box", no_box)
    code, receipt = hand_in({"overlap": STUB})
    assert (code, receipt["ran"]) == (1, "")
    assert receipt["problems"][-1] == "not run afresh: no worker can be started here."
    assert receipt["archive"]
