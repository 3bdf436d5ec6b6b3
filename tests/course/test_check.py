"""A check says the same in a notebook, in plain Python and on the command line, and never more than it knows."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from autograder import check
from autograder.checking import check_namespace, check_notebook
from autograder.release import release
from autograder.stubs import without_markers

pytestmark = pytest.mark.course

WRONG = "def overlap(pattern, state):\n    return (pattern * state).sum()\n"
STUB = 'def overlap(pattern, state):\n    raise NotImplementedError("1: write overlap")\n'


@pytest.fixture(scope="module")
def released(tiny, tmp_path_factory):
    return release(tiny, tmp_path_factory.mktemp("student"))


def answers(tiny):
    return {"right": without_markers(tiny.answer("overlap").source), "wrong": WRONG, "stub": STUB}


def namespace(source):
    import torch

    values = {"torch": torch}
    exec(compile(source, "cell", "exec"), values)
    return values


def written_into(released, source, name):
    """The released notebook with this answer, beside the released one."""
    notebook = nbformat.read(released / "tiny.ipynb", as_version=4)
    next(cell for cell in notebook.cells if cell.id == "overlap").source = source
    path = released / name
    nbformat.write(notebook, path)
    return path


@pytest.mark.slow
def test_notebook_and_command_line_give_the_same_verdicts(tiny, released):
    for name, source in answers(tiny).items():
        here = check_namespace("1", namespace(source), released)
        (there,) = check_notebook(written_into(released, source, f"{name}.ipynb"), ["1"], lambda *_: None).results
        assert [(p.name, p.status, p.message) for p in here.properties] == [(p.name, p.status, p.message) for p in there.properties]
        assert here.lines == there.lines
        command = [sys.executable, "-P", "-c", "from autograder.cli import main; main()", "check", f"{name}.ipynb", "--question", "1"]
        done = subprocess.run(command, cwd=released, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"})
        assert done.returncode == (0 if name == "right" else 1)
        assert done.stdout.split("\n")[:-1] == here.lines


def test_it_never_says_that_all_is_well(tiny, released):
    found = check_namespace("1", namespace(answers(tiny)["right"]), released)
    assert found.summary == (
        "1 Overlap of two patterns: visible 1/1; 2 more run after you hand in: patterns of any length, arguments left as they are"
    )


def test_what_is_not_written_is_neither_wrong_nor_hinted_at(released):
    found = check_namespace("1", namespace(STUB), released)
    assert found.lines[1:] == [
        "  ○ If three of four units agree, the overlap is one half.",
        "  → not answered yet: 1: write overlap",
    ]


def test_in_a_notebook_it_is_a_panel_and_elsewhere_text(released, monkeypatch):
    monkeypatch.chdir(released)
    values = namespace(WRONG)
    panel = eval("check('1')", values | {"check": check})
    bundle = panel._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert repr(panel) == bundle["text/plain"]
    assert "expected 0.5, got 2" in bundle["text/plain"]
    assert "hint: Multiply unit by unit, then take the mean." in bundle["text/plain"]
    page = bundle["text/html"]
    assert "does not hold" in page
    assert "patterns of any length" in page
    # no script, no file and no style that reaches outside the panel
    assert "<script" not in page
    assert "http" not in page
    rules = page.split("<style>")[1].split("</style>")[0]
    assert all(".autograder" in rule.split("{")[0] for rule in rules.replace("\n", " ").split("}") if rule.strip() and "@" not in rule)


def test_trouble_is_one_sentence(released, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(released)
    assert eval("check('7.z')", namespace(WRONG) | {"check": check}) is None
    assert "tiny has no question '7.z'; its questions are 1, 2." in capsys.readouterr().out
    monkeypatch.chdir(tmp_path)
    assert eval("check('1')", namespace(WRONG) | {"check": check}) is None
    assert "work in the folder that the assignment came in" in capsys.readouterr().out


@pytest.mark.slow
def test_a_plain_python_session_shows_the_text(released):
    script = f"import torch\nfrom autograder import check\n{WRONG}\nprint(check('1'))\n"
    done = subprocess.run([sys.executable, "-P", "-c", script], cwd=released, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 Overlap of two patterns: visible 0/1; 2 more run after you hand in")


def test_the_public_manifest_tells_kinds_and_no_test(released):
    question = json.loads((released / "assignment.json").read_text())["questions"][0]
    assert (question["hidden"], question["later"]) == (2, ["patterns of any length", "arguments left as they are"])
    assert "any_number_of_units" not in (released / "assignment.json").read_text()
