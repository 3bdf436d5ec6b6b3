"""An assignment as its author wrote it: `solutions/<name>/`, read and checked once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.errors import UserError
from autograder.notebooks import HAND_GRADED, Cell, read_source
from autograder.pysource import defined_names
from autograder.spec import Manifest, Question, read_manifest
from autograder.testfiles import declared_tests


@dataclass(frozen=True)
class Assignment:
    """Manifest and source cells of one assignment; everything here is the instructor's."""

    folder: Path
    manifest: Manifest
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def tests(self) -> Path:
        return self.folder / "tests"

    def answer(self, name: str) -> Cell:
        """The answer cell of the graded `name`."""
        return next(cell for cell in self.cells if cell.role == "answer" and cell.id == name)

    def hand_cell(self, question_id: str) -> Cell:
        """The cell of a question that a person marks: its figures or its written answer."""
        return next(cell for cell in self.cells if cell.role in HAND_GRADED and cell.question == question_id)

    def rubric(self) -> dict[str, str]:
        """Question id → its section of rubric.md (headings `## <id>`)."""
        path = self.folder / "rubric.md"
        if not path.is_file():
            return {}
        sections = re.split(r"(?m)^## +(\S+).*$", path.read_text(encoding="utf-8"))
        return {name: text.strip() for name, text in zip(sections[1::2], sections[2::2], strict=True)}

    def hash(self) -> str:
        """sha256 over everything that can change a mark: manifest, source, tests and what lies beside them."""
        return self._digest([self.folder / "assignment.toml", self.source, *self._test_files()])

    @property
    def source(self) -> Path:
        return self.folder / f"{self.name}.py"

    @property
    def seed(self) -> int:
        """The seed of a run unless another is asked for: unknown to students, and no test changes it."""
        return int(self._digest([self.source])[:12], 16)

    def bases(self) -> dict[str, str]:
        """Question id → sha256 of all that its result depends on besides the submission.

        A file of tests counts for the questions that it has tests of; one without tests counts for all.
        """
        owners: dict[Path, set[str]] = {}
        for test in declared_tests(self.tests):
            owners.setdefault(test.path, set()).add(test.question)
        shared = msgspec.json.encode([self.manifest.limits, self.manifest.preload, self.manifest.withhold])
        return {
            question.id: self._digest(
                [self.source, *(p for p in self._test_files() if owners.get(p, {question.id}) & {question.id, ""})],
                shared + msgspec.json.encode(question),
            )
            for question in self.manifest.question
        }

    def _test_files(self) -> list[Path]:
        return [p for p in self.tests.rglob("*") if p.is_file() and "__pycache__" not in p.parts]

    def _digest(self, files: Sequence[Path], more: bytes = b"") -> str:
        digest = hashlib.sha256(more)
        for path in sorted(files):
            digest.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()


def solutions_folder(start: Path | None = None) -> Path:
    """Where the sources live: `start` where it is given, else ./solutions, else beside the installed toolkit."""
    if start is not None and not start.is_dir():
        raise UserError(f"--solutions {start} is no folder: name the one that holds a folder for each assignment.")
    beside = Path(__file__).resolve().parent.parent / "solutions"
    for folder in (start, Path("solutions"), beside):
        if folder is not None and folder.is_dir():
            return folder.resolve()
    raise UserError("there is no folder of solutions here: run from the course's checkout or pass --solutions DIR.")


def assignment_names(solutions: Path) -> list[str]:
    """The names of all assignments in `solutions`."""
    return sorted(path.parent.name for path in solutions.glob("*/assignment.toml"))


def load_assignment(name: str, solutions: Path) -> Assignment:
    """Read `solutions/<name>/` and refuse it in one sentence if manifest and cells disagree."""
    folder = solutions / name
    if not folder.is_dir():
        known = ", ".join(assignment_names(solutions)) or "none yet: make one with `autograder new NAME`"
        raise UserError(f"there is no assignment {name!r} in {solutions}; there are: {known}.")
    manifest = read_manifest(folder / "assignment.toml")
    if manifest.name != name:
        raise UserError(f"{folder / 'assignment.toml'}: name is {manifest.name!r}, but its folder is called {name!r}.")
    assignment = Assignment(folder, manifest, tuple(read_source(folder / f"{name}.py")))
    for fault in _faults(assignment):
        raise UserError(f"{folder / name}.py: {fault}.")
    return assignment


def _faults(assignment: Assignment) -> list[str]:
    manifest = assignment.manifest
    cells = [cell for cell in assignment.cells if cell.role]
    ids = [cell.id for cell in cells]
    questions = {q.id for q in manifest.question}
    faults = []
    for cell in cells:
        label = cell.id or repr(cell.source.split("\n")[0][:40])
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell.id):
            faults.append(f"cell {label} needs an id of 1 to 64 letters, digits, - or _")
        elif ids.count(cell.id) > 1:
            faults.append(f"cell id {cell.id!r} is used twice")
        if cell.role != "experiment" and cell.question not in questions:
            faults.append(f"cell {label} belongs to question {cell.question!r}, which assignment.toml does not list")
        if cell.role == "answer" and cell.id not in defined_names(cell.source):
            faults.append(f"answer cell {label} does not define {cell.id}")
    for question in manifest.question:
        faults += _question_faults(question, cells)
    return faults


def _question_faults(question: Question, cells: list[Cell]) -> list[str]:
    faults = []
    own = [cell for cell in cells if cell.question == question.id]
    answers = {cell.id for cell in own if cell.role == "answer"}
    for name in question.names:
        if name not in answers:
            faults.append(f"question {question.id} grades {name}, but no answer cell has that id")
    checks = [cell.id for cell in own if cell.role == "check"]
    if question.auto > 0 and checks != [f"check-{question.slug}"]:
        faults.append(
            f"question {question.id} needs one check cell with id check-{question.slug}, has {checks or 'none'}"
        )
    by_hand = [cell.id for cell in own if cell.role in HAND_GRADED]
    if len(by_hand) != (question.hand > 0):
        expected = "one written or figures cell" if question.hand > 0 else "no written or figures cell"
        faults.append(
            f"question {question.id} has hand = {question.hand:g} and so needs {expected}, has {by_hand or 'none'}"
        )
    return faults
