"""While a class is graded: how far, how everybody ended, who came last; nothing of it is markup or a command."""

import io
import json

import pytest

from autograder.errors import UserError
from autograder.live import LAST, Finished, grading_view
from autograder.record import Record
from autograder.terminal import Terminal


def record(student, status="graded", score=2.0):
    return Record(student=student, assignment="tiny", title="Tiny", status=status, score=score, max_score=3.0, isolation="L3", seed=1)


def test_the_last_ones_are_listed_and_all_are_counted():
    from rich.console import Console

    finished = Finished()
    assert finished.view("bar") == "bar"
    for number in range(20):
        finished.add(record(f"s{number:02}"))
    finished.add(record("[red]eve[/red]\x1b[31m", "unreadable", 0.0))
    console = Console(file=io.StringIO(), width=100)
    console.print(finished.view("the bar"))
    lines = console.file.getvalue().split("\n")
    assert lines[0].strip() == "the bar"
    assert lines[1].strip() == "20 graded, 1 unreadable"
    shown = [line.split() for line in lines[2:] if line.strip()]
    assert ["s19", "graded", "2", "of", "3"] in shown
    # marks nobody knows are no 0, and a name is only a name
    assert ["[red]eve[/red]", "unreadable", "–"] in shown
    assert sum(row[0].startswith("s") and row[1] == "graded" for row in shown) == LAST - 1


def test_without_a_terminal_there_are_plain_lines(capsys):
    with grading_view(Terminal(), "grading tiny") as tell:
        tell(0, 2, None)
        tell(1, 2, record("anna"))
        tell(2, 2, record("bob"))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.split("\n")[0] == "grading tiny: 0 of 2"
    assert "\x1b" not in err


def test_events_are_one_object_per_line(capsys, monkeypatch):
    monkeypatch.setattr(Terminal, "events", True)
    terminal = Terminal()
    with grading_view(terminal, "grading tiny") as tell:
        tell(1, 1, record("anna"))
    terminal.result({"assignment": "tiny"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["start", "progress", "result"]
    assert (lines[1]["done"], lines[1]["total"], lines[1]["label"]) == (1, 1, "anna: graded")
    assert lines[2]["result"] == {"assignment": "tiny"}
    with pytest.raises(UserError, match="choose one of them"):
        Terminal(as_json=True)


def test_quiet_says_nothing(capsys):
    with grading_view(Terminal(quiet=True), "grading tiny") as tell:
        tell(1, 1, record("anna"))
    assert capsys.readouterr() == ("", "")
