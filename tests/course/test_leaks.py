"""What is hidden stays hidden: no input, expected value or source of a hidden test in anything that students get.

Answers that try to carry hidden inputs out (in an exception's text, in what they return) are examined with many seeds;
what the hidden tests handed over and expected is recorded on the way and then looked for in every page and file.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from autograder import feedback, grading, report, stats_page
from autograder.assignment import load_assignment
from autograder.autograded import autograded_notebook
from autograder.grading import SAFE_EXCEPTIONS, SAFE_SENTENCES, Runner, Subject, tolerance_of, with_tests
from autograder.leakcheck import _is_telling, leaks, normalise
from autograder.lms.gradescope import results
from autograder.record import Record, record_text
from autograder.reference import reference_namespace, solution_code
from autograder.release import release
from autograder.score import NOT_ANSWERED, question_result
from autograder.student import LocalConnection, Student

pytestmark = pytest.mark.course
#: All that may be said of a hidden property that does not hold.
SAFE = {
    NOT_ANSWERED, "this does not hold", "the values differ from the reference",
    "the value is not the expected one", "the result has another shape", "the result holds NaN or infinite values",
    "the result is not of the expected kind", "not run: the notebook had used up its time before",
    *(text.format(etype=name) for text in SAFE_SENTENCES.values() for name in (*SAFE_EXCEPTIONS, "an exception")),
}  # fmt: skip
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
#: So many digits of one number, or so many four-digit numbers in a row, are no coincidence.
DIGITS, ROW = 7, 4
#: Questions of the quick run; the slow one takes all.
SOME = ("2.b", "2.c")


class Overheard(LocalConnection):
    """Remembers every number that a test hands over."""

    def __init__(self, namespace: dict[str, Any], heard: list[np.ndarray]) -> None:
        super().__init__(namespace)
        self.heard = heard

    def exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        self.heard.extend(arrays_in(request))
        return super().exchange(request)


def arrays_in(value: object) -> Iterator[np.ndarray]:
    """Every array and float in a nest of dicts and lists."""
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray | float):
        yield np.atleast_1d(np.asarray(value, dtype=np.float64)).ravel()
    elif isinstance(value, dict):
        for each in value.values():
            yield from arrays_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from arrays_in(each)


def telling(*args: object, **kwargs: object) -> str:
    """Everything that was handed over, to the last digit."""
    return " ".join(repr(float(x)) for array in arrays_in([args, kwargs]) for x in array)


def raises(right: Any) -> Any:
    @functools.wraps(right)
    def answer(*args: object, **kwargs: object) -> object:
        raise ValueError(telling(*args, **kwargs))

    return answer


def returns_wrong(right: Any) -> Any:
    @functools.wraps(right)
    def answer(*args: object, **kwargs: object) -> object:
        value = right(*args, **kwargs)
        return 1.5 * value + 0.125 if isinstance(value, torch.Tensor | float) else value

    return answer


def returns_text(right: Any) -> Any:
    return functools.wraps(right)(lambda *args, **kwargs: telling(*args, **kwargs))


def raises_named(right: Any) -> Any:
    @functools.wraps(right)
    def answer(*args: object, **kwargs: object) -> object:
        raise type(telling(*args, **kwargs)[:60] or "Empty", (Exception,), {})

    return answer


THIEVES = {"raises": raises, "names": raises_named, "returns": returns_text, "wrong": returns_wrong}


@pytest.fixture(scope="module")
def hippocampus():
    return load_assignment("hippocampus", Path(__file__).resolve().parents[2] / "solutions")


@pytest.fixture(scope="module")
def released(hippocampus, tmp_path_factory):
    return release(hippocampus, tmp_path_factory.mktemp("released"))


def examined(assignment, runner, thief, seed, heard, chosen):
    """A record of one thief, and in `heard` what hidden tests handed over and expected."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for label, source in solution_code(assignment):
        exec(compile(source, label, "exec"), namespace)
    for question in assignment.manifest.question:
        namespace |= {name: THIEVES[thief](namespace[name]) for name in question.names if thief}
    questions = []
    for question in assignment.manifest.question:
        properties = []
        for item in runner.items[question.id] if not chosen or question.id in chosen else ():
            hidden = "hidden" in item.path.parts
            student = Student(Overheard(namespace, heard if hidden else []))
            student.seed(grading.seed_for(seed, item.name) % 2**32)
            properties.append(runner.run(item, Subject(student, seed, tolerance_of(assignment.manifest, question.id))))
        questions.append(question_result(question, properties))
    manifest = assignment.manifest
    return Record(
        student=f"thief-{thief}", assignment=manifest.name, title=manifest.title, status="graded", isolation="L3", seed=seed,
        score=sum(q.score for q in questions), max_score=manifest.points, questions=questions,
    )  # fmt: skip


def pages(assignment, records, *, of_class):
    """Everything that is made of the records, by name; pictures are looked at through the numbers they are made of."""
    texts = {f"feedback of {r.student}": feedback.page(r) for r in records}
    texts |= {f"record of {r.student}": record_text(r) for r in records}
    texts |= {f"notebook of {r.student}": autograded_notebook(assignment, {}, [], r.questions).replace("\\n", " ") for r in records}
    texts |= {f"results of {r.student}": msgspec.json.encode(results(r)).decode() for r in records}
    if of_class:
        texts |= {"class report": report.page(records, []), "stats": stats_page.page(records, [], "records")}
    return {name: re.sub(r"data:image/png;base64,[\w+/=]+", "", text) for name, text in texts.items()}


def digits(text: str) -> str:
    """The significant digits of a number."""
    return text.lstrip("-").partition("e")[0].replace(".", "").lstrip("0")


def found_in(text: str, secrets: tuple[set[str], set[tuple[str, ...]]]) -> list[object]:
    """Which secrets stand in a text: a number with many digits, or a row of numbers with four."""
    singles, rows = secrets
    tokens = [digits(token) for token in NUMBER.findall(text)]
    long = [token[:DIGITS] for token in tokens if len(token) >= DIGITS]
    windows = zip(*(([t[:4] for t in tokens])[n:] for n in range(ROW)), strict=False)
    return [token for token in long if token in singles] + [row for row in windows if row in rows]


def secrets_of(heard: list[np.ndarray], known: list[np.ndarray]) -> tuple[set[str], set[tuple[str, ...]]]:
    """What to look for: numbers that only hidden tests have."""
    def of(arrays: list[np.ndarray]) -> tuple[set[str], set[tuple[str, ...]]]:
        singles, rows = set(), set()
        for array in arrays:
            if np.array_equal(np.round(array, 2), array):
                continue  # patterns, counts and given rates are no secret that a number could tell
            forms = [digits(repr(float(x))) for x in array[:4000] if np.isfinite(x)]
            singles |= {form[:DIGITS] for form in forms if len(form) >= DIGITS}
            four = [form[:4] for form in forms]
            rows |= {row for row in zip(*(four[n:] for n in range(ROW)), strict=False) if all(len(x) == 4 for x in row) and len(set(row)) == ROW}
        return singles, rows

    hidden, visible = of(heard), of(known)
    return hidden[0] - visible[0], hidden[1] - visible[1]


def look(assignment, released, seeds, monkeypatch, thieves=tuple(THIEVES), chosen=()):
    """Examine all thieves with all seeds; (what was found where, how many secrets were looked for)."""
    expected: list[np.ndarray] = []
    right = grading.require_same
    monkeypatch.setattr(grading, "require_same", lambda got, want, *rest: (expected.extend(arrays_in(want)), right(got, want, *rest)))
    reference = reference_namespace(assignment)
    handed = {str(p.relative_to(released)): p.read_text(errors="replace") for p in released.rglob("*") if p.is_file()}
    lines = hidden_lines(assignment)
    bad: list[str] = []
    looked_for = 0

    def work(runner: Runner) -> None:
        nonlocal looked_for
        for seed in seeds:
            heard: list[np.ndarray] = []
            expected.clear()
            records = [examined(assignment, runner, thief, seed, heard, chosen) for thief in ("", *thieves)]
            secrets = secrets_of(heard + expected, visible_numbers(records))
            looked_for += len(secrets[0]) + len(secrets[1])
            for record in records:
                bad.extend(unsafe(record))
            for name, text in {**pages(assignment, records[1:], of_class=seed == seeds[-1]), **handed}.items():
                bad.extend(f"seed {seed}, {name}: {secret}" for secret in found_in(text, secrets))
                bad.extend(f"{name}: {line}" for line in lines if line in squeezed(text))

    folders = [assignment.tests / "visible", assignment.tests / "hidden"]
    with_tests(folders, [q.id for q in assignment.manifest.question], reference, work)
    return bad, looked_for


def unsafe(record: Record) -> list[str]:
    """Hidden properties that say more than they may."""
    hidden = [p for q in record.questions for p in q.properties if not p.visible]
    assert hidden
    return [f"{p.name}: {p.message!r}" for p in hidden if p.detail is not None or (p.message and p.message not in SAFE)]


def visible_numbers(records: list[Record]) -> list[np.ndarray]:
    """Numbers that visible properties show anyway."""
    shown = [(p.message, p.detail) for r in records for q in r.questions for p in q.properties if p.visible]
    own = [np.array([float(x) for x in NUMBER.findall(message)]) for message, _ in shown]
    return own + [a for _, detail in shown for a in arrays_in(detail or {})]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def hidden_lines(assignment) -> list[str]:
    """Telling lines of hidden tests that no visible test has, without spaces."""
    def of(folder: str) -> set[str]:
        files = (assignment.tests / folder).rglob("*.py")
        return {line.strip() for path in files for line in path.read_text().split("\n")}

    told = re.compile(r"pytest\.mark\.(hint|question|weight)")
    return sorted(squeezed(s) for s in of("hidden") - of("visible") if _is_telling(normalise(s)) and not told.search(s))


def test_nothing_hidden_reaches_a_student(hippocampus, released, monkeypatch):
    bad, looked_for = look(hippocampus, released, (1, 20261121), monkeypatch, ("raises", "wrong"), SOME)
    assert bad == []
    assert looked_for > 500


@pytest.mark.slow
def test_nothing_hidden_reaches_a_student_with_thirty_seeds(hippocampus, released, monkeypatch):
    seeds = np.random.default_rng(0).integers(2**40, size=30).tolist()
    bad, looked_for = look(hippocampus, released, seeds, monkeypatch)
    assert bad == []
    assert looked_for > 30_000


def test_this_search_finds_what_leaks(hippocampus, released, monkeypatch):
    """With hidden messages shown as visible ones are, every thief's loot is on a page."""
    verdict = grading._verdict
    monkeypatch.setattr(grading, "_verdict", lambda error: (lambda s, m, _, d: (s, m, m, d))(*verdict(error)))
    bad, _ = look(hippocampus, released, (1,), monkeypatch, ("raises",), SOME[:1])
    assert any("record of thief-raises" in line for line in bad)
    assert any("feedback of" in line for line in bad)
    assert leaks(hippocampus, released) == []
    source = "".join(squeezed(path.read_text()) for path in (hippocampus.tests / "hidden").glob("*.py"))
    assert len([line for line in hidden_lines(hippocampus) if line in source]) > 50
