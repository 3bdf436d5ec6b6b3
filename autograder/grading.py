"""The trusted side of the trust line: instructor's tests, run against values from a student's code.

pytest collects the tests once; the same items are then run for one submission after another.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from _pytest.runner import runtestprotocol

from autograder.compare import Mismatch, require_same
from autograder.errors import UserError
from autograder.record import Property
from autograder.score import NOT_ANSWERED
from autograder.spec import Manifest, Tolerance
from autograder.student import Student, StudentFault

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

DEFAULT_TOLERANCE = Tolerance(atol=1e-6, rtol=1e-6)

#: Plugins of pytest that do nothing for a grader; unraisableexception would collect garbage five times at the end: half
#: a second with torch in memory.
IDLE_PLUGINS = (
    "cacheprovider", "terminal", "warnings", "unraisableexception", "faulthandler", "logging", "junitxml", "doctest"
)  # fmt: skip

#: What a student may read of a fault inside a hidden property: no values.
SAFE_SENTENCES = {
    "raised": "your code raised {etype}",
    "timeout": "your code ran longer than its time limit",
    "crashed": "your code ended the process it ran in",
    "memory": "your code used more memory than allowed",
    "missing": "no such function was found in the notebook",
    "unsupported": "the result is of a kind that cannot be graded",
    "protocol": "the result could not be read",
}
STATUS_OF_FAULT = {"timeout": "timeout", "raised": "error", "missing": "failed"}


@dataclass
class Subject:
    """Whose code the next test runs against, and with which random numbers."""

    student: Student
    seed: int
    tolerance: Tolerance


class Runner:
    """Collected tests, by question, ready to be run against any number of students."""

    def __init__(self, items: Sequence[pytest.Item], manifest_ids: Sequence[str]) -> None:
        self.items: dict[str, list[pytest.Item]] = {question: [] for question in manifest_ids}
        self.subject: Subject | None = None
        self.failure: pytest.ExceptionInfo[BaseException] | None = None
        for item in items:
            marker = item.get_closest_marker("question")
            question = str(marker.args[0]) if marker and marker.args else ""
            if question not in self.items:
                raise UserError(
                    f"{item.nodeid}: mark it with pytest.mark.question(ID), where ID is one of "
                    f"{', '.join(manifest_ids)}; got {question or 'no mark'!r}."
                )
            self.items[question].append(item)

    def run(self, item: pytest.Item, subject: Subject) -> Property:
        """Run one test against one student and say how it ended."""
        self.subject, self.failure = subject, None
        # no next item: every fixture is torn down, so that nothing of this student's reaches the next one
        reports = runtestprotocol(item, log=False, nextitem=None)
        result = describe(item)
        if all(report.passed for report in reports):
            return result
        error = self.failure.value if self.failure else AssertionError("the test was skipped")
        result.status, message, safe, detail = _verdict(error)
        if result.visible:
            called = subject.student.last_call
            result.message = f"{called}: {message}" if called and called not in message else message
            if detail:
                result.detail = {"call": called} | detail
        else:
            result.message = safe
        return result


def describe(item: pytest.Item) -> Property:
    """The property that a test checks, as if it had passed."""
    name = item.name.removeprefix("test_")
    doc = (getattr(item, "obj", None).__doc__ or "").strip().split("\n")[0]
    weight, hint = item.get_closest_marker("weight"), item.get_closest_marker("hint")
    return Property(
        name=name,
        title=doc or name.replace("_", " "),
        visible="hidden" not in item.path.relative_to(item.config.rootpath).parts,
        weight=float(weight.args[0]) if weight else 1.0,
        hint=str(hint.args[0]) if hint else "",
        status="passed",
    )


def _verdict(error: BaseException) -> tuple[str, str, str, dict[str, Any] | None]:
    """(status, message with values, message without, detail) of what a test raised."""
    if isinstance(error, Mismatch):
        return "failed", error.message, error.safe, error.detail
    if isinstance(error, StudentFault):
        if error.etype == "NotImplementedError":
            return "failed", f"{NOT_ANSWERED} ({error.message})", NOT_ANSWERED, None
        etype = error.etype if error.etype in SAFE_EXCEPTIONS else "an exception"
        safe = SAFE_SENTENCES[error.code].format(etype=etype)
        message = f"{error.etype}: {error.message}" if error.code == "raised" and error.message else error.message
        # an exception may have no words of its own
        return STATUS_OF_FAULT.get(error.code, "error"), message or safe, safe, None
    if isinstance(error, AssertionError):
        return "failed", str(error).split("\n")[0] or "this does not hold", "this does not hold", None
    # our own test stumbled over what came back: the answer is not of the kind the docstring asks for
    return (
        "failed",
        f"the result is not of the expected kind ({type(error).__name__}: {error})",
        "the result is not of the expected kind",
        None,
    )


SAFE_EXCEPTIONS = {
    name
    for name, value in vars(__import__("builtins")).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


class _Plugin:
    """Fixtures that tests may ask for; collection and the run loop for `with_tests`."""

    def __init__(
        self, question_ids: Sequence[str], reference: SimpleNamespace | None, work: Callable[[Runner], object]
    ) -> None:
        self.question_ids, self._reference, self.work = question_ids, reference, work
        self.runner: Runner | None = None
        self.outcome: object = None
        self.error: BaseException | None = None
        self.collect_error = ""

    def pytest_configure(self, config: pytest.Config) -> None:
        for line in (
            "question(id): the question a test belongs to",
            "weight(w): relative share of the marks",
            "hint(text): one sentence the student may read",
            "category(text): what kind of thing a hidden test looks at, which the student may know beforehand",
        ):
            config.addinivalue_line("markers", line)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.collect_error:
            self.collect_error = str(report.longrepr).strip().split("\n")[-1].removeprefix("E").strip()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        try:
            if self.collect_error:
                raise UserError(
                    f"the tests cannot be collected ({self.collect_error}): run pytest on their folder to see "
                    "more."
                )
            self.runner = Runner(session.items, self.question_ids)
            self.outcome = self.work(self.runner)
        except BaseException as error:
            self.error = error
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        if call.excinfo is not None and self.runner and self.runner.failure is None:
            self.runner.failure = call.excinfo
        return (yield)

    @property
    def _subject(self) -> Subject:
        assert self.runner is not None
        assert self.runner.subject is not None
        return self.runner.subject

    @pytest.fixture
    def student(self) -> Student:
        """The student's functions; every call happens in the worker."""
        return self._subject.student

    @pytest.fixture
    def reference(self) -> SimpleNamespace:
        """The solution's own functions; give them float64 inputs."""
        if self._reference is None:
            raise UserError("only hidden tests may ask for `reference`: visible ones go to the student.")
        return self._reference

    @pytest.fixture
    def generator(self, request: pytest.FixtureRequest) -> torch.Generator:
        """Random numbers of this test, from the run's recorded seed."""
        import torch  # takes seconds: meanwhile the box opens

        return torch.Generator().manual_seed(seed_for(self._subject.seed, request.node.name))

    @pytest.fixture
    def same(self) -> Callable[..., None]:
        """`same(got, expected)`: equal shape, finite, values within the question's tolerance."""
        tolerance = self._subject.tolerance

        def same(got: object, expected: object, atol: float | None = None, rtol: float | None = None) -> None:
            exact = atol is not None and rtol is None
            require_same(
                got,
                expected,
                tolerance.atol if atol is None else atol,
                0.0 if exact else tolerance.rtol if rtol is None else rtol,
            )

        return same

    @pytest.fixture
    def holds(self) -> Callable[[object, str], None]:
        """`holds(condition, "what is wrong if not")`: an assertion in plain words."""

        def holds(condition: object, otherwise: str) -> None:
            if not bool(condition):
                raise Mismatch(otherwise, "this does not hold")

        return holds


def seed_for(seed: int, name: str) -> int:
    """A seed of its own for each test: order and selection of tests change nothing."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:7], "big")


def with_tests(
    folders: Sequence[Path], manifest_ids: Sequence[str], reference: SimpleNamespace | None, work: Callable[[Runner], T]
) -> T:
    """Collect the tests under `folders` once and hand them to `work` as a `Runner`.

    pytest sees only the instructor's folders: no configuration file, no plugin that happens to be
    installed, no cache, no conftest.py from elsewhere.
    """
    present = [folder for folder in folders if folder.is_dir()]
    if not present:
        raise UserError(f"there are no tests in {folders[0].parent}: expected a folder called {folders[0].name}.")
    plugin = _Plugin(manifest_ids, reference, work)
    arguments = [
        "--rootdir",
        str(present[0].parent),
        "--confcutdir",
        str(present[0].parent),
        "-c",
        os.devnull,
        "--import-mode=importlib",
        "--strict-markers",
        "-s",
    ]
    for name in IDLE_PLUGINS:
        arguments += ["-p", f"no:{name}"]
    with _no_plugin_autoload():
        pytest.main([*arguments, *map(str, present)], plugins=[plugin])
    if plugin.error is not None:
        raise plugin.error
    if plugin.runner is None:
        raise UserError(
            f"the tests in {present[0].parent} cannot be collected: {plugin.collect_error or 'none found'}."
        )
    return plugin.outcome  # type: ignore[return-value]


@contextmanager
def _no_plugin_autoload() -> Iterator[None]:
    names = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def tolerance_of(manifest: Manifest, question_id: str) -> Tolerance:
    """The question's tolerance from the manifest."""
    return manifest.find(question_id).tolerance or DEFAULT_TOLERANCE
