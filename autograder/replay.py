"""Grade one submission again from its record: the same seed must give the same verdicts."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from autograder.assignment import Assignment, load_assignment, solutions_folder
from autograder.course import Course, read_record
from autograder.environment import versions
from autograder.errors import UserError
from autograder.executor import open_executor
from autograder.jobs import GradeJob, file_hash
from autograder.record import Property, Record


@dataclass(frozen=True)
class Verdict:
    """One property: what the record says and what came out now; "" where one of them has no such property."""

    question: str
    name: str
    title: str
    recorded: str
    replayed: str
    message: str

    @property
    def same(self) -> bool:
        return self.recorded == self.replayed


@dataclass
class Replay:
    """A record, and what came out when it was graded again."""

    student: str
    assignment: str
    seed: int
    verdicts: list[Verdict]
    #: What is not as it was: each may be why a verdict differs.
    differences: list[str] = field(default_factory=list)


def replay(
    path: Path, question: str, submission: Path | None, solutions: Path | None, level: str | None, trust: bool
) -> Replay:
    """Run the tests of one question, or of all, on the submission of the record at `path`; nothing is written."""
    if not path.is_file() or path.suffix != ".json":
        raise UserError(f"{path} is no record: expected a record such as records/ASSIGNMENT/STUDENT.json of a course.")
    if submission is not None and not submission.is_file():
        raise UserError(f"--submission {submission} is no file: name the notebook that the record is about.")
    before = read_record(path)
    assignment = load_assignment(before.assignment, solutions_folder(solutions))
    asked = assignment.manifest.find(question).id if question else ""
    notebook = submission or _submission(path, before)
    with tempfile.TemporaryDirectory() as folder:
        marked = str(Path(folder) / "marked.ipynb")
        job = GradeJob(student=before.student, notebook=str(notebook), autograded=marked, seed=before.seed)
        if asked:
            job.questions, job.previous = [asked], [q for q in before.questions if q.id != asked]
        with open_executor(assignment, 1, level, trust) as executor:
            executor.warm_up()
            (_, answer), = executor.run([job])
    after = msgspec.convert(answer["record"], Record)
    verdicts = _verdicts(before, after, asked)
    return Replay(
        before.student, before.assignment, before.seed, verdicts, _differences(before, after, assignment, notebook)
    )


def _submission(path: Path, record: Record) -> Path:
    """The notebook in the course folder that the record lies in, be it an earlier record."""
    for root in path.resolve().parents:
        if (root / "submitted").is_dir():
            return Course(root).notebook(record.student, record.assignment)[0]
    raise UserError(f"{path} lies in no course folder: name the notebook with --submission FILE.")


def _verdicts(before: Record, after: Record, asked: str) -> list[Verdict]:
    old, new = _properties(before), _properties(after)
    found = []
    for key in dict.fromkeys([*old, *new]):
        if asked in ("", key[0]):
            was, now = old.get(key), new.get(key)
            one = now or was
            assert one is not None
            found.append(
                Verdict(key[0], key[1], one.title, was.status if was else "", now.status if now else "", one.message)
            )
    return found


def _properties(record: Record) -> dict[tuple[str, str], Property]:
    return {(q.id, p.name): p for q in record.questions for p in q.properties}


def _differences(before: Record, after: Record, assignment: Assignment, notebook: Path) -> list[str]:
    found = []
    if before.hashes.get("submission") != file_hash(notebook):
        found.append(f"{notebook} is not the file that was graded: it has changed since")
    if before.hashes.get("assignment") != assignment.hash():
        found.append("the assignment has changed since: tests, solution or limits")
    here = versions()
    found += [
        f"{name} is {here.get(name, 'not there')}, it was {was}"
        for name, was in before.versions.items()
        if here.get(name) != was
    ]
    if before.isolation != after.isolation:
        found.append(f"isolation is {after.isolation}, it was {before.isolation}")
    return found
