"""`check`: the visible properties of a question, on the student's own machine, by the same engine."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs

from autograder.errors import NOT_GRADABLE, UserError
from autograder.examine import Examination, only
from autograder.grading import Runner, Subject, seed_for, with_tests
from autograder.isolation import Limits
from autograder.matching import Submission, match
from autograder.notebooks import Cell, read_ipynb
from autograder.pages import STATUS_SIGNS
from autograder.record import Property
from autograder.release import PUBLIC_MANIFEST
from autograder.score import NOT_ANSWERED
from autograder.spec import Manifest, Question, Tolerance
from autograder.staging import stage_hippo
from autograder.student import LocalConnection, Student
from autograder.tempfolder import temp_folder

if TYPE_CHECKING:
    from autograder.sandbox import Box


@dataclass
class CheckResult:
    """Visible properties of one question, and how many more are run after handing in."""

    question: Question
    properties: list[Property]
    hidden: int
    #: What those look at.
    later: list[str] = field(default_factory=list)

    @property
    def passed(self) -> int:
        return sum(p.status == "passed" for p in self.properties)

    @property
    def counts(self) -> str:
        """Never "all tests passed": it says what has not been run yet."""
        kinds = f": {', '.join(self.later)}" if self.later else ""
        later = f"; {self.hidden} more run after you hand in{kinds}" if self.hidden else ""
        return f"visible {self.passed}/{len(self.properties)}{later}"

    @property
    def summary(self) -> str:
        return f"{self.question.id} {self.question.title}: {self.counts}"

    @property
    def unwritten(self) -> str:
        """What is still to be written, in the words of the stubs: "2.a: write corrupt, mse"; empty if nothing is."""
        found: dict[str, list[str]] = {}
        for p in self.properties:
            for where, name in re.findall(r"\((\S+): write (\w+)\)$", p.message if NOT_ANSWERED in p.message else ""):
                found.setdefault(where, []).append(name)
        return "; ".join(f"{where}: write {', '.join(dict.fromkeys(names))}" for where, names in found.items())

    @property
    def shown(self) -> list[Property]:
        """The properties as a student reads them: what is not answered yet is neither wrong nor in need of a hint."""
        blank = {"status": "not answered", "message": "", "hint": "", "detail": None}
        return [structs.replace(p, **blank) if NOT_ANSWERED in p.message else p for p in self.properties]

    @property
    def lines(self) -> list[str]:
        """The outcome as plain text: the same in a terminal and in a notebook that shows no HTML."""
        lines = [self.summary]
        for p in self.shown:
            why = f" — {p.message}" if p.status != "passed" and p.message else ""
            lines.append(f"  {STATUS_SIGNS[p.status]} {p.title}{why}")
            if p.status != "passed" and p.hint:
                lines.append(f"      hint: {p.hint}")
        return [*lines, f"  → not answered yet: {self.unwritten}"] if self.unwritten else lines


@dataclass
class Released:
    """A released assignment folder: public manifest and visible tests."""

    folder: Path
    manifest: Manifest
    hidden: dict[str, int]
    later: dict[str, list[str]]
    cells: list[dict[str, str]]

    def result(self, question: Question, properties: list[Property]) -> CheckResult:
        """What a check found, and what is still to come."""
        return CheckResult(question, properties, self.hidden.get(question.id, 0), self.later.get(question.id, []))


def read_released(folder: Path) -> Released:
    """The released assignment in `folder` (where the student's notebook lies)."""
    path = folder / PUBLIC_MANIFEST
    try:
        public: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        questions = [
            Question(
                id=q["id"],
                title=q["title"],
                points=q["points"],
                hand=q["hand"],
                bonus=q["bonus"],
                names=q["names"],
                tolerance=Tolerance(**q["tolerance"]) if q["tolerance"] else None,
            )
            for q in public["questions"]
        ]
        manifest = Manifest(
            schema=1,
            name=public["name"],
            title=public["title"],
            points=public["points"],
            bonus=public["bonus"],
            question=questions,
            withhold=public["withhold"],
            limits=Limits(),
        )
        hidden = {q["id"]: q["hidden"] for q in public["questions"]}
        later = {q["id"]: [str(kind) for kind in q.get("later", [])] for q in public["questions"]}
        return Released(folder, manifest, hidden, later, public["cells"])
    except FileNotFoundError:
        raise UserError(
            f"{path} is not there: work in the folder that the assignment came in, beside its tests."
        ) from None
    except (ValueError, KeyError, TypeError, OSError):
        raise UserError(
            f"{path} is damaged: take a fresh copy of the assignment's folder; your notebook is not affected.",
            NOT_GRADABLE,
        ) from None


def check_namespace(question_id: str, namespace: Mapping[str, Any], folder: Path, seed: int = 0) -> CheckResult:
    """Check one question against functions that live in this process: a notebook's own kernel."""
    released = read_released(folder)
    question = released.manifest.find(question_id)
    student = Student(LocalConnection(dict(namespace)))
    return with_tests(
        [folder / "tests"],
        [q.id for q in released.manifest.question],
        None,
        lambda runner: _run(runner, student, question, released, seed),
    )


def _run(runner: Runner, student: Student, question: Question, released: Released, seed: int) -> CheckResult:
    tolerance = question.tolerance or Tolerance(atol=1e-6, rtol=1e-6)
    properties = []
    for item in runner.items[question.id]:
        student.seed(seed_for(seed, item.name) % 2**32)
        properties.append(runner.run(item, Subject(student, seed, tolerance)))
    return released.result(question, properties)


@dataclass
class NotebookCheck:
    """What checking a notebook file found."""

    results: list[CheckResult] = field(default_factory=list)
    #: How its cells were found, and what was left out of them.
    notes: list[str] = field(default_factory=list)
    #: One sentence per statement that failed when the cells ran.
    failures: list[str] = field(default_factory=list)


def check_notebook(
    notebook: Path, question_ids: Sequence[str], progress: Callable[[int, int, str], None]
) -> NotebookCheck:
    """Check a notebook file: its cells run in a worker, as they will when it is graded."""
    released = read_released(notebook.resolve().parent)
    manifest = released.manifest
    submission = matched(notebook, released)
    chosen = [manifest.find(q) for q in question_ids] or [q for q in manifest.question if q.auto > 0]
    found = NotebookCheck(notes=submission.notes, failures=submission.unreadable)

    def work(runner: Runner) -> None:
        examination = Examination(box, runner, manifest, submission.code, submission.aliases)
        if not chosen:
            examination.replay(0)  # only a person marks it, but its cells can fail
        for done, question in enumerate(chosen):
            progress(done, len(chosen), question.id)
            properties = only(examination.question(question.id, [0])) if runner.items[question.id] else []
            found.results.append(released.result(question, properties))
        progress(len(chosen), len(chosen), "")
        found.failures.extend(examination.notes)

    # tests need torch, which takes seconds: imported here while the box imports it
    threading.Thread(target=import_module, args=("torch",), daemon=True).start()
    with student_box(released) as box:
        with_tests([released.folder / "tests"], [q.id for q in manifest.question], None, work)
    return found


@contextmanager
def student_box(released: Released, limits: Limits | None = None) -> Iterator[Box]:
    """The strongest box there is on the student's own machine, where L1 will do: it is their own code."""
    # a notebook's own kernel needs no box, and may run where there is none
    from autograder.sandbox import Box

    manifest = released.manifest
    with temp_folder("check") as folder:
        staged = stage_hippo(folder, manifest.name, manifest.withhold)
        folder.chmod(0o755)
        with Box(None, preload=manifest.preload, python_path=(staged,), limits=limits, trust=True) as box:
            yield box


def matched(notebook: Path, released: Released, whole: Collection[str] = ()) -> Submission:
    """The student's notebook against the released one as the public manifest lists its cells."""
    master = [
        Cell("markdown" if c["role"] == "written" else "code", "", c["id"], c["role"], c["question"])
        for c in released.cells
    ]
    names = [name for q in released.manifest.question for name in q.names]
    submission = match(read_ipynb(notebook), master, names, whole)
    if submission.foreign:
        raise UserError(
            f"{notebook.name} is not a notebook of {released.manifest.name}: none of its cells and functions "
            "was found. Name the one that came with the assignment.",
            NOT_GRADABLE,
        )
    return submission
