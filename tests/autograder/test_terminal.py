"""What is said while work goes on."""

from autograder import terminal
from autograder.terminal import Terminal


def test_the_time_left_follows_from_what_was_finished_after_warming_up(capsys):
    moments = iter([100.0, 110.0, 130.0, 200.0])
    tell = terminal._plain("grading tiny", lambda: next(moments))
    for done in (0, 1, 3, 10):
        tell(done, 10, "")
    assert capsys.readouterr().err.splitlines() == [
        "grading tiny: 0 of 10",
        "grading tiny: 1 of 10, about 2 min left",
        "grading tiny: 3 of 10, about 70 s left",
        "grading tiny: 10 of 10",
    ]


def test_nothing_to_do_is_said_without_a_division(capsys):
    terminal._plain("grading tiny")(0, 0, "")
    assert capsys.readouterr().err == "grading tiny: 0 of 0\n"


def test_quiet_says_nothing(capsys):
    with Terminal(quiet=True).progress("grading") as tell:
        tell(1, 2, "ann")
    assert capsys.readouterr() == ("", "")
