"""Every hostile submission gets what the table says, costs nobody else anything, and leaves nothing behind."""

from __future__ import annotations

import html
import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from autograder.isolation_levels import why_not
from autograder.plaintext import clean, one_line
from tests.autograder.test_isolation_ordinary import as_nobody
from tests.course.hostile.corpus import SUBMISSIONS, VERDICTS, Case, victim

pytestmark = [pytest.mark.course, pytest.mark.skipif(sys.platform != "linux", reason="boxes need Linux")]

ROOT = Path(__file__).resolve().parents[3]
LIMITS = victim().manifest.limits
MARKS = victim().manifest.points
#: A watchdog looks every 40 ms, and two cores write about 2 GiB in a second.
WATCHDOG_MARGIN = 160 << 20
#: The kernel is exact about memory, we look every 20 ms; in workers the one on standby has some too.
COUNTING_MARGIN = 32 << 20
#: What the trusted side may keep of one submission.
GRADER_MARGIN = 64 << 20
#: A verdict comes within the time limit and this much more.
PATIENCE = 5.0
#: For whom namespaces are switched off: the strongest level left is L2.
WITHOUT_NAMESPACES = ["bwrap", "--unshare-user", "--disable-userns", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--"]


def readable_to_all() -> list[str]:
    """Start of a command line that stays root, in a view of the machine where others may read the interpreter too."""
    command = as_nobody()
    return command[:command.index("--") + 1] if command else []


#: Way of grading → the level asked for, the one that is got, and how the command line starts; the first is not slow.
WAYS: dict[str, tuple[str, str, Callable[[], list[str]]]] = {
    "L3": ("L3", "L3", list),
    "L3-as-ordinary-user": ("L3", "L3", as_nobody),
    "L2-as-root": ("L2", "L2", readable_to_all),
    "L2-without-namespaces": ("strongest", "L2", lambda: [*as_nobody(), *WITHOUT_NAMESPACES]),
}


class Arenas:
    """Arenas side by side that work off the cases of one way ahead of the tests that ask for them."""

    def __init__(self, way: str, cases: Sequence[Case], count: int) -> None:
        level, _, start = WAYS[way]
        home = Path.home() if way in ("L3", "L2-as-root") else "/tmp"
        self._command = [*start(), "env", f"HOME={home}", f"PYTHONPATH={ROOT}", sys.executable, "-B", "-m",
                         "tests.course.hostile.arena", level]
        self._results: dict[str, Future[dict[str, Any]]] = {case.name: Future() for case in cases}
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for case in cases:
            self._waiting.put(case.name)
        self._processes: list[subprocess.Popen[str]] = []
        self._threads = [threading.Thread(target=self._serve) for _ in range(min(count, len(cases)))]
        for thread in self._threads:
            thread.start()

    def __getitem__(self, case: Case) -> dict[str, Any]:
        return self._results[case.name].result(timeout=300)

    def _serve(self) -> None:
        """One arena works off what is waiting; runs in a thread of its own."""
        process = subprocess.Popen(self._command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._processes.append(process)
        assert process.stdin is not None
        assert process.stdout is not None
        with process:
            ready = process.stdout.readline()
            if not ready:
                return self._give_up("no box could be opened; the lines above say why")
            while True:
                try:
                    name = self._waiting.get_nowait()
                except queue.Empty:
                    break
                process.stdin.write(name + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                if not line:
                    self._results[name].set_exception(RuntimeError(f"the grader ended while it graded {name}"))
                    return self._give_up(f"the grader ended while it graded {name}")
                self._results[name].set_result(json.loads(line))
            process.stdin.close()

    def _give_up(self, why: str) -> None:
        while not self._waiting.empty():
            self._results[self._waiting.get_nowait()].set_exception(RuntimeError(why))

    def close(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="module")
def arenas(request: pytest.FixtureRequest) -> Iterator[dict[str, Arenas]]:
    """Arenas of one way after another, for the cases that are going to be asked for."""
    started: dict[str, Arenas] = {}
    yield started
    for arena in started.values():
        arena.close()


@pytest.fixture
def evidence(arenas: dict[str, Arenas], request: pytest.FixtureRequest, way: str, case: Case) -> dict[str, Any]:
    """What was seen when the case was graded."""
    if way not in arenas:
        for arena in arenas.values():
            arena.close()
        if way in ("L3-as-ordinary-user", "L2-as-root") and os.geteuid() != 0:
            pytest.skip("started by an ordinary user: the others are tried as such")
        if why_not("L3"):
            pytest.skip(f"this machine keeps no L3: {why_not('L3')}")
        asked = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]  # type: ignore[attr-defined]
        cases = list(dict.fromkeys(p["case"].name for p in asked if p.get("way") == way and "case" in p))
        arenas[way] = Arenas(way, [SUBMISSIONS[name] for name in cases], min(os.cpu_count() or 1, 2))
    return arenas[way][case]


def _cases() -> list[Any]:
    """Every way and case; all are slow but the controls and the first case of each class, the first way."""
    found, seen = [], set()
    for place, (way, (_, level, _)) in enumerate(WAYS.items()):
        for name, case in SUBMISSIONS.items():
            if level in case.only:
                quick = place == 0 and (case.kind == "control" or case.kind not in seen)
                seen.add(case.kind)
                found.append(pytest.param(way, case, id=f"{way}-{name}", marks=[] if quick else [pytest.mark.slow]))
    return found


@pytest.mark.parametrize(("way", "case"), _cases())
def test_a_hostile_submission_earns_its_verdict_and_harms_nobody(evidence: dict[str, Any], way: str, case: Case):
    record = evidence["record"]
    assert record["isolation"] == WAYS[way][1]
    _check_verdict(record, case)
    _check_that_it_is_understood(record, case)
    _check_that_nothing_happened_outside(evidence)
    _check_cost(evidence)
    _check_pages(evidence)
    score, most, status, notes = evidence["honest"]
    assert (score, most, status, notes) == (MARKS, MARKS, "graded", []), "the honest submission after it lost marks"


def _attacked(record: dict[str, Any], case: Case) -> dict[str, Any]:
    return next(question for question in record["questions"] if question["id"] == case.question)


def _check_verdict(record: dict[str, Any], case: Case) -> None:
    attacked = _attacked(record, case)
    assert attacked["score"] == (attacked["auto_max"] if case.full else 0)
    if "unreadable" in case.verdicts:
        assert record["status"] == "unreadable"
    else:
        assert len(attacked["properties"]) == 2
        for prop in attacked["properties"]:
            assert any(_ends_as(prop, verdict) for verdict in case.verdicts), prop
    for question in record["questions"]:
        if question["id"] != case.question and case.others == "kept":
            assert question["score"] == question["auto_max"], f"question {question['id']} lost marks"
    assert sum(question["score"] for question in record["questions"]) == record["score"]
    assert record["max_score"] == MARKS


def _ends_as(prop: dict[str, Any], verdict: str) -> bool:
    status, sentences = VERDICTS[verdict]
    return prop["status"] == status and (prop["visible"] or prop["message"].startswith(sentences))


def _check_that_it_is_understood(record: dict[str, Any], case: Case) -> None:
    attacked = _attacked(record, case)
    failing = [prop for prop in attacked["properties"] if prop["status"] != "passed"]
    messages = [prop["message"] for prop in failing]
    if failing:
        messages.append(attacked["message"])
    if record["status"] != "graded":
        messages.append(record["message"])
    assert messages or case.full
    for message in [*messages, *record["notes"]]:
        assert one_line(message).strip(), "somebody is told nothing"
        assert not re.search(r'Traceback|File "/|object at 0x|\bNone\b', message), message
    for prop in failing:
        assert prop["visible"] or not any(sign.isdigit() for sign in prop["message"])
    assert any(case.note in note for note in record["notes"]) or not case.note, record["notes"]
    assert any(case.says in prop["message"] for prop in failing) or not case.says, messages


def _check_that_nothing_happened_outside(evidence: dict[str, Any]) -> None:
    assert evidence["changes"] == [], "something was written outside"
    assert evidence["connections"] == []
    assert evidence["left"] == [], "processes were left"
    assert evidence["scratch"] == [], "files were left"
    assert not evidence["told_secret"]


def _check_cost(evidence: dict[str, Any]) -> None:
    limit = LIMITS.memory_mb << 20
    assert evidence["group_peak"] <= limit
    # where the kernel keeps the account, nothing has to be noticed in time
    assert evidence["peak"] <= limit + (COUNTING_MARGIN if evidence["group_peak"] else WATCHDOG_MARGIN)
    assert evidence["grader_growth"] <= GRADER_MARGIN
    # others on this machine make a verdict late, not the submission
    assert evidence["seconds"] <= (LIMITS.wall_seconds + PATIENCE) * max(1.0, evidence["load"])


def _check_pages(evidence: dict[str, Any]) -> None:
    page, notebook = evidence["feedback"], json.loads(evidence["autograded"])
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"<(script|img|iframe|object|embed|link|base|form)\b(?![^>]*\bdata:image/)", page, re.IGNORECASE)
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        assert clean(text) == text
        if cell["cell_type"] == "markdown":
            assert "<" not in text
            assert "](" not in text
        for output in cell.get("outputs", []):
            assert set(output) <= {"output_type", "name", "text", "metadata", "data"}
            assert clean(output.get("text", "")) == output.get("text", "")
            assert set(output.get("data", {})) <= {"image/png"}
    assert clean(page) == page
