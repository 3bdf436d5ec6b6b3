"""Watch for properties whose verdict on one answer changes: between runs, or between seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.course import Course, read_record
from autograder.errors import UserError
from autograder.jobs import ExamineJob
from autograder.matching import match
from autograder.notebooks import cells_of, submitted_bytes
from autograder.record import Property, Record
from autograder.release import released_cells
from autograder.slots import Slots

#: Statuses that say something of the answer; the others say that it was not examined.
VERDICTS = ("passed", "failed", "error", "timeout")


@dataclass(frozen=True)
class Observation:
    """The verdict on one answer, once."""

    student: str
    #: sha256 of the submission and of what the question's verdicts depend on besides it.
    submission: str
    basis: str
    question: str
    seed: int
    prop: Property


@dataclass(frozen=True)
class Flaky:
    """A property whose verdict changed although the answer and the tests did not."""

    question: str
    name: str
    title: str
    visible: bool
    #: Whether it changed with one and the same seed: then chance or time decides, not the inputs.
    same_seed: bool
    #: Students whose answers it judged differently.
    students: list[str]

    @property
    def words(self) -> str:
        return "changes from run to run with one seed" if self.same_seed else "depends on the seed"


def recorded(records: Iterable[Record]) -> Iterator[Observation]:
    """What the records saw; a worker that was killed leaves no verdict of the property."""
    for record in records:
        submission = record.hashes.get("submission", "")
        for q in record.questions:
            for p in q.properties:
                if p.status in VERDICTS and not q.faults:
                    yield Observation(record.student, submission, q.basis, q.id, record.seed, p)


def earlier_records(course: Course, name: str) -> list[Record]:
    """Records that a regrading has kept; one that cannot be read any more is no evidence."""
    found = []
    for path in sorted((course.record("", name).parent / "earlier").glob("*/*.json")):
        try:
            found.append(read_record(path))
        except UserError:
            continue
    return found


def examined_again(
    assignment: Assignment,
    course: Course,
    records: Sequence[Record],
    n_seeds: int,
    *,
    jobs: int,
    level: str | None,
    trust: bool,
    progress: Callable[[int, int, str], None] = lambda done, total, who: None,
) -> list[Observation]:
    """Examine every different submission again, with the seed of its record and `n_seeds` others; keep nothing."""
    by_hash = {r.hashes.get("submission", ""): r for r in records if not any(q.faults for q in r.questions)}
    work = {r.student: r for r in by_hash.values()}
    auto = [q.id for q in assignment.manifest.question if q.auto > 0]
    plan = []
    for student, record in sorted(work.items()):
        code = _code(assignment, course.notebook(student, assignment.name)[0])
        seeds = [record.seed, *(record.seed + n for n in range(1, n_seeds + 1))]
        plan.append(ExamineJob(key=student, code=code, questions=auto, seeds=seeds))
    seen: list[Observation] = []
    if not plan:
        return seen
    bases = assignment.bases()
    with Slots(assignment, min(jobs, len(plan)), level, trust) as slots:
        slots.warm_up()
        progress(0, len(plan), "")
        for done, (job, answer) in enumerate(slots.run(plan), start=1):
            assert isinstance(job, ExamineJob)
            submission = work[job.key].hashes.get("submission", "")
            rows = msgspec.convert(answer["rows"], dict[str, list[list[Property]]])
            for question, each in rows.items():
                for seed, row in zip(job.seeds, each, strict=True):
                    seen += [
                        Observation(job.key, submission, bases[question], question, seed, p)
                        for p in row
                        if p.status in VERDICTS
                    ]
            progress(done, len(plan), job.key)
    return seen


def flaky(observations: Iterable[Observation]) -> list[Flaky]:
    """Properties whose verdict on one submission differs, those that need no other seed for it first."""
    verdicts: dict[tuple[str, str, str, str], dict[int, set[bool]]] = {}
    titles: dict[tuple[str, str], Property] = {}
    owner: dict[str, str] = {}
    for o in observations:
        key = (o.question, o.prop.name, o.submission, o.basis)
        verdicts.setdefault(key, {}).setdefault(o.seed, set()).add(o.prop.status == "passed")
        titles.setdefault((o.question, o.prop.name), o.prop)
        owner.setdefault(o.submission, o.student)
    found: dict[tuple[str, str, bool], list[str]] = {}
    for (question, name, submission, _), by_seed in verdicts.items():
        if _differ(by_seed):
            same_seed = any(len(each) > 1 for each in by_seed.values())
            found.setdefault((question, name, same_seed), []).append(owner[submission])
    return sorted(
        (
            Flaky(question, name, titles[question, name].title, titles[question, name].visible, same, sorted(set(who)))
            for (question, name, same), who in found.items()
        ),
        key=lambda f: (not f.same_seed, -len(f.students), f.question, f.name),
    )


def _differ(by_seed: Mapping[int, set[bool]]) -> bool:
    return len(set().union(*by_seed.values())) > 1


def _code(assignment: Assignment, notebook: Path) -> list[tuple[str, str]]:
    """What grading executes of a submission, and its functions under their own names."""
    names = [name for q in assignment.manifest.question for name in q.names]
    submission = match(cells_of(submitted_bytes(notebook), notebook.name), released_cells(assignment), names)
    return [*submission.code, *((name, f"{name} = {other}") for name, other in submission.aliases.items())]
