"""What programs read is what the published schema says: outputs, events, errors and records."""

import json
import shutil
import sys
from pathlib import Path

import jsonschema
import pytest

from autograder import cli
from autograder.assignment import load_assignment
from autograder.outputs import COMMANDS
from autograder.record import record_text
from autograder.schema import FILE, schema_text
from tests.autograder.marking_course import a_record, make_course
from tests.course.faults import small_course

SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))


def refused(value, name):
    """Why `value` is not what the schema calls `name`."""
    own = SCHEMA | {"$ref": f"#/$defs/{name}"}
    return [error.message for error in jsonschema.Draft202012Validator(own).iter_errors(value)]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command with --json, or with --events: its exit code and the objects on stdout."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, how="--json"):
        monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments), how])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out = capsys.readouterr().out
        return stop.value.code, [json.loads(line) for line in out.split("\n") if line]

    return run


def test_the_published_schema_is_the_one_of_the_types():
    assert FILE.read_text(encoding="utf-8") == schema_text(), "run `python -m autograder.schema`"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_command_with_json_is_in_it():
    offered = {
        info.callback.__name__ for info in cli.app.registered_commands if "as_json" in info.callback.__annotations__
    }
    assert offered == set(COMMANDS)


def test_an_author_s_commands_print_what_it_says(run):
    for command in (["new", "tiny"], ["release", "tiny"], ["release", "tiny", "--student-package"], ["package", "tiny"]):
        code, (value,) = run(*command, *(["--solutions", "solutions"] if command[0] != "new" else []))
        assert code == 0
        assert refused(value, command[0]) == []
    notebook = "assignments/tiny/tiny.ipynb"
    assert refused(run("submit", notebook)[1][0], "submit") == []


def test_the_commands_after_grading_print_what_it_says(run, tmp_path):
    run("new", "tiny")
    tiny = load_assignment("tiny", tmp_path / "solutions")
    make_course(tmp_path / "spring", tiny, ["anna", "bob"])
    where = ["tiny", "--course", "spring"]
    own = [*where, "--solutions", "solutions"]
    table = "spring/marking/tiny.csv"
    for command in (["marks", *own], ["marks", *own, "--read", table], ["feedback", *own], ["report", *where],
                    ["export", *own], ["export", *own, "--format", "junit"], ["grade", *own, "--merge"]):
        code, (value,) = run(*command)
        assert code == (1 if command[-1] == "--merge" else 0), value  # nobody's record is of today's tests
        assert refused(value, command[0]) == []


def test_an_error_is_an_object_too(run):
    code, (value,) = run("grade", "nothing")
    assert code == value["exit_code"] == 2
    assert refused(value, "error") == []
    code, (value,) = run("grade", "nothing", how="--events")
    assert (value["event"], value["exit_code"], refused(value, "event")) == ("error", 2, [])


def test_a_record_is_what_it_says_and_little_else(tmp_path):
    assert not refused(json.loads(record_text(_record(tmp_path))), "record")
    assert refused(json.loads(record_text(_record(tmp_path))) | {"status": "fine"}, "record")
    assert refused({"student": "anna"}, "record")
    assert refused({"folder": "x", "more": 1}, "new")


def _record(tmp_path):
    from autograder.new_assignment import new_assignment

    shutil.rmtree(tmp_path / "solutions", ignore_errors=True)
    new_assignment("tiny", tmp_path / "solutions")
    return a_record(load_assignment("tiny", tmp_path / "solutions"), "anna", {"1": False})


@pytest.mark.slow
def test_the_commands_that_grade_print_what_it_says(run, tmp_path):
    small_course.write_assignment(tmp_path / "solutions")
    small_course.write_class(tmp_path / "course", 8)
    own = ["small", "--course", "course", "--solutions", "solutions"]
    _, lines = run("grade", *own, how="--events")
    assert [refused(line, "event") for line in lines] == [[]] * len(lines)
    assert [line["event"] for line in lines] == ["start", *["progress"] * 9, "result"]
    assert refused(lines[-1]["result"], "grade") == []
    for path in sorted((tmp_path / "course" / "records" / "small").glob("*.json")):
        assert refused(json.loads(path.read_text()), "record") == []
    hidden = tmp_path / "solutions" / "small" / "tests" / "hidden" / "test_small.py"
    hidden.write_text(hidden.read_text().replace("reference.total(values))", "1 + reference.total(values))"))
    record = Path("course/records/small/s000.json")
    for command in (["regrade", *own, "--dry-run"], ["regrade", *own], ["replay", record, "--solutions", "solutions"],
                    ["stats", *own], ["similarity", *own], ["doctor"],
                    ["verify", "small", "--solutions", "solutions", "--quick"]):
        code, (value,) = run(*command)
        assert code in (0, 1), value
        assert refused(value, str(command[0])) == [], command
    shutil.make_archive("handed-in", "zip", tmp_path / "course" / "submitted")
    assert refused(run("collect", "handed-in.zip", *own[:1], "--course", "again")[1][0], "collect") == []
