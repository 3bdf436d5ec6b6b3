"""Ctrl-C once and twice, SIGTERM, a closed pipe: one sentence, nothing left running, and a rerun goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
import weakref
from contextlib import suppress

import pytest

from autograder.errors import ALL_GOOD, INTERRUPTED
from autograder.interruption import SIGNALS, interruptible
from tests.course.faults.leftovers import processes_of
from tests.course.faults.small_course import NAME, command, final_state, surroundings

pytestmark = [pytest.mark.course, pytest.mark.slow]

#: How long the command, and then everything it started, may take to end.
END_SECONDS = 20.0


@pytest.fixture(autouse=True)
def interruptions_arrive():
    """Tests in the background of a shell script inherit that Ctrl-C is ignored, and would hand that on to what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def interrupted(small, tmp_path):
    """`interrupted(course, *when, number=…)`: exit code and what was said of a run that got signals at these moments."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp").chmod(0o755)

    def interrupted(course, *when, number=signal.SIGINT):
        process = subprocess.Popen(command(course, small.solutions), env=surroundings(tmp_path / "tmp"), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        for moment in when:
            wait_for(moment, process, course)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)  # as a terminal does
        started = time.monotonic()
        out, said = process.communicate(timeout=120)
        assert time.monotonic() - started < END_SECONDS
        while processes_of(tmp_path / "tmp"):
            assert time.monotonic() - started < END_SECONDS, processes_of(tmp_path / "tmp")
            time.sleep(0.05)
        assert "Traceback" not in out + said
        assert "Exception ignored" not in said
        return process.returncode, said

    return interrupted


def wait_for(moment, process, course):
    """Seconds from now, or the moment when so many records are there."""
    if isinstance(moment, float):
        time.sleep(moment)
        return
    while process.poll() is None and len(list((course / "records" / NAME).glob("s*.json"))) < int(moment):
        time.sleep(0.005)


def sentences(said):
    return [line for line in said.splitlines() if line.startswith("autograder:")]


@pytest.mark.parametrize("moment", [1.2, 3.0, 2], ids=["imports", "warm-up", "grading"])
def test_a_run_that_is_interrupted_says_so_and_can_be_gone_on_with(fresh, interrupted, completes, moment):
    code, said = interrupted(fresh, moment)
    assert code == INTERRUPTED
    assert sentences(said) == ["autograder: interrupted; everything finished so far is kept: run the same command again to go on"]
    kept = len(list((fresh / "records" / NAME).glob("s*.json")))
    assert completes(fresh)["unchanged"] == kept


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_a_second_interruption_ends_at_once(fresh, interrupted, completes, pause):
    code, said = interrupted(fresh, 2, pause)
    assert code == INTERRUPTED
    assert len(sentences(said)) == 1
    completes(fresh)


def test_a_scheduler_that_ends_the_run_is_obeyed(fresh, interrupted, completes):
    code, said = interrupted(fresh, 3, number=signal.SIGTERM)
    assert code == INTERRUPTED
    assert len(sentences(said)) == 1
    completes(fresh)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_any_moment_will_do(fresh, interrupted, completes, seed):
    draw = random.Random(seed)
    when = [draw.uniform(0.8, 9.0)] + [draw.uniform(0.0, 0.6)] * draw.randrange(3)
    code, said = interrupted(fresh, *when)
    assert code in (INTERRUPTED, ALL_GOOD)
    assert len(sentences(said)) == (code == INTERRUPTED)
    completes(fresh)


def test_what_python_swallows_interrupts_all_the_same():
    class Thing:
        pass

    def callback(_):
        signal.raise_signal(signal.SIGINT)
        for _ in range(1000):
            pass  # the handler runs in here, where no exception can leave

    def swallow():
        with interruptible():
            thing = Thing()
            kept = weakref.ref(thing, callback)
            del thing
            assert kept() is None
            time.sleep(20)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    with pytest.raises(KeyboardInterrupt):
        swallow()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_signals_are_as_before_once_a_command_is_done():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with interruptible():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_thread_may_run_commands_too():
    failed = []

    def work():
        try:
            with interruptible():
                pass
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failed == []


@pytest.mark.parametrize(
    "redirection", ["| head -n 1", "| true", "2>&1 | true", "--json | true", "<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"], ids=lambda text: text
)
def test_closed_files_change_nothing(small, graded, redirection):
    (graded / "records" / NAME / "s001.json").unlink()
    words = " ".join(f"'{word}'" for word in command(graded, small.solutions))
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {words} {redirection}"], env=surroundings(), capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode == ALL_GOOD, done.stderr
    assert small.state.differences(final_state(graded)) == []


@pytest.mark.parametrize("more", ["", "--json"])
def test_output_that_cannot_be_written_is_said(small, graded, more):
    words = " ".join(f"'{word}'" for word in command(graded, small.solutions))
    done = subprocess.run(["bash", "-c", f"{words} {more} > /dev/full"], env=surroundings(), capture_output=True, text=True)
    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
