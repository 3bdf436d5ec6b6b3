"""The command line: exit codes, one sentence per error, one JSON object per command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import cli


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run `autograder ...` in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return run


def test_new_release_and_check_in_three_commands(run, tmp_path):
    assert run("new", "tiny")[0] == 0
    assert run("release", "tiny", "--solutions", "solutions")[0] == 0
    code, out, _ = run("check", tmp_path / "assignments" / "tiny" / "tiny.ipynb", "--json", "--quiet")
    assert code == 1
    found = json.loads(out)["questions"][0]
    assert (found["passed"], found["visible"], found["hidden"]) == (0, 1, 2)
    assert "1: write overlap" in found["properties"][0]["message"]


def test_new_never_overwrites(run):
    run("new", "tiny")
    code, _, err = run("new", "tiny")
    assert code == 2
    assert "is there already" in err


@pytest.mark.parametrize(("arguments", "code", "says"), [
    (["release"], 2, "name one assignment, or say --all"),
    (["frobnicate"], 2, "No such command"),
    (["grade"], 2, "Missing argument"),
    (["grade", "tiny", "--jobs", "0"], 2, "--jobs"),
    (["grade", "nope", "--solutions", "solutions"], 2, "there is no assignment 'nope'"),
    (["verify", "nope", "--solutions", "nowhere"], 2, "--solutions nowhere is no folder"),
    (["check", "nothing.ipynb"], 2, "assignment.json is not there"),
    (["collect", "nowhere", "tiny"], 2, "nowhere"),
    (["grade", "tiny", "--solutions", "solutions"], 2, "collect submissions first"),
    (["grade", "tiny", "--solutions", "solutions", "--shard", "3/2"], 2, "expected i/n with 1 ≤ i ≤ n"),
    (["grade", "tiny", "--solutions", "solutions", "--merge"], 2, "collect submissions first"),
    (["grade", "tiny", "--solutions", "solutions", "--merge", "--shard", "1/2"], 2, "--merge grades nothing"),
    (["grade", "tiny", "--solutions", "solutions", "--merge", "--question", "1"], 2, "--merge grades nothing"),
    (["report", "tiny"], 5, "holds no records of tiny yet"),
    (["release", "--all", "--solutions", "nowhere"], 2, "--solutions nowhere is no folder"),
    (["formgrader", "--port", "99999"], 2, "65535"),
    (["replay", "grades.csv"], 2, "grades.csv is no record"),
    (["check", "."], 2, ". is a folder"),
    (["export", "tiny", "--format", "xls"], 2, "expected one of csv"),
    (["new", "a/b"], 2, "cannot be an assignment's name"),
    (["verify", "tiny", "--solutions", "solutions", "--isolation", "L9"], 2, "no isolation level"),
])
def test_every_error_is_one_sentence_and_an_exit_code(run, arguments, code, says):
    run("new", "tiny")
    found, _, err = run(*arguments)
    assert found == code, err
    assert says in err
    assert err.startswith("autograder: ")
    assert "Traceback" not in err


def test_an_empty_class_is_nothing_to_do(run, tmp_path):
    run("new", "tiny")
    (tmp_path / "submitted").mkdir()
    code, _, err = run("grade", "tiny", "--solutions", "solutions")
    assert code == 5
    assert "nobody has handed in tiny" in err


def test_points_that_do_not_add_up_stop_every_command(run, tmp_path):
    run("new", "tiny")
    manifest = tmp_path / "solutions" / "tiny" / "assignment.toml"
    manifest.write_text(manifest.read_text().replace("points = 3", "points = 4"))
    for command in (["verify", "tiny"], ["release", "tiny"], ["grade", "tiny"]):
        code, _, err = run(*command, "--solutions", "solutions")
        assert code == 2
        assert "add up to 3" in err


def test_help_needs_no_heavy_import():
    script = "import sys; sys.argv = ['autograder', '--help']\nfrom autograder import cli\ntry:\n    cli.main()\nexcept SystemExit:\n    pass\n" \
             "print([m for m in ('torch', 'nbgrader', 'numpy', 'rich', 'jinja2', 'jupytext') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert result.stdout.strip().endswith("[]")
    for command in ("new", "verify", "release", "check", "submit", "collect", "grade", "feedback", "export", "doctor"):
        assert f"  {command} " in result.stdout
