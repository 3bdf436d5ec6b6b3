"""Take the answers out of submitted notebooks, one text per question, so that they can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from autograder.arrivals import read_arrivals
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.errors import INFRASTRUCTURE, UserError
from autograder.groups import teams
from autograder.matching import match
from autograder.notebooks import Cell, cells_of, submitted_bytes
from autograder.people import read_people
from autograder.plaintext import clean
from autograder.release import released_cells

#: Nobody writes so much of one answer; what follows is not compared.
MAX_CHARACTERS = 30_000
#: Cells that a student added, by which helpers travel too.
OWN_CELLS = "own cells"
WRITTEN = "written"


@dataclass(frozen=True)
class Answers:
    """What one student, or one group, wrote: label of a part → its text."""

    authors: tuple[str, ...]
    code: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return ", ".join(self.authors)


def collected_answers(
    assignment: Assignment, course: Course, progress: Callable[[int, int, str], None] = lambda done, total, who: None
) -> tuple[list[Answers], list[tuple[str, str]]]:
    """Answers of everybody who handed in, a group once; and (student, reason) of those that cannot be read."""
    students = course.students(assignment.name)
    together = teams(students, assignment.name, read_people(course.root), read_arrivals(course.root, assignment.name))
    master = released_cells(assignment)
    names = [name for q in assignment.manifest.question for name in q.names]
    found: list[Answers] = []
    unread: list[tuple[str, str]] = []
    seen: set[str] = set()
    for done, student in enumerate(students, start=1):
        progress(done, len(students), student)
        if student in seen:
            continue
        authors = together.get(student, (student,))
        try:
            path, _ = course.notebook(student, assignment.name)
            cells = cells_of(submitted_bytes(path), path.name)
        except UserError as error:
            if error.exit_code == INFRASTRUCTURE:
                raise
            unread.append((student, error.message))
            continue
        answers = answers_of(authors, cells, master, names)
        if answers is None:
            unread.append((student, "nothing of this assignment was found in the notebook"))
            continue
        seen.update(authors)
        found.append(answers)
    return found, unread


def answers_of(
    authors: tuple[str, ...], cells: list[Cell], master: list[Cell], names: Sequence[str]
) -> Answers | None:
    """The answers in one notebook, found as they are found for grading; None for another assignment's."""
    matched = match(cells, master, list(names))
    if matched.foreign:
        return None
    code: dict[str, list[str]] = {}
    written: dict[str, list[str]] = {}
    for cell in master:
        answer = matched.found.get(cell.id)
        if answer is not None and cell.role in ("answer", "experiment"):
            code.setdefault(cell.question or "experiments", []).append(answer.source)
        elif answer is not None and cell.role == "written":
            written.setdefault(f"{cell.question}, {WRITTEN}", []).append(answer.source)
    known = {id(cell) for cell in matched.found.values()}
    given = {cell.source for cell in master}
    own = [c.source for c in cells if c.is_code and id(c) not in known and c.source not in given]
    if any(source.strip() for source in own):
        code[OWN_CELLS] = own
    return Answers(authors, _joined(code), _joined(written))


def boilerplate(assignment: Assignment) -> Answers:
    """What everybody was given: the released notebook, question by question."""
    master = released_cells(assignment)
    names = [name for q in assignment.manifest.question for name in q.names]
    stubs = answers_of((assignment.name,), master, master, names)
    assert stubs is not None
    # what is given elsewhere, an import or a helper, is given here too
    given = "\n\n".join(cell.source for cell in master if cell.is_code)
    return Answers(stubs.authors, stubs.code | {OWN_CELLS: given}, stubs.written)


def _joined(parts: dict[str, list[str]]) -> dict[str, str]:
    return {label: clean("\n\n".join(texts)).strip("\n")[:MAX_CHARACTERS] for label, texts in parts.items()}
