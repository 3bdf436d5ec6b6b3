"""Grade again what has changed, keep the old records, and say what that does to whom; or only try it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.atomic import write_whole
from autograder.course import Course, read_record
from autograder.errors import NOTHING_TO_DO, UserError
from autograder.executor import open_executor
from autograder.grade import Options, chosen, grade, plan_of
from autograder.marks import NO_MARK, UNGRADED, ManualMark, auto_marks, exact, question_marks
from autograder.record import QuestionResult, Record, record_text

#: Beside the records: those that a regrading replaced, by the time at which it began.
EARLIER = "earlier"


@dataclass(frozen=True)
class Change:
    """One question of one student, before and after."""

    student: str
    question: str
    title: str
    #: What the tests gave; None where nothing was graded.
    before: Decimal | None
    after: Decimal | None
    #: What counts, marks given by hand included.
    counted_before: Decimal | None
    counted_after: Decimal | None
    why: str
    #: (property, status before, status after) of those that differ; "" where there was none.
    verdicts: list[tuple[str, str, str]] = field(default_factory=list)
    #: What a person gave in place of the tests' marks.
    by_hand: Decimal | None = None

    @property
    def difference(self) -> Decimal:
        return (self.counted_after or Decimal(0)) - (self.counted_before or Decimal(0))


@dataclass
class Regrading:
    """What a regrading did, or would do."""

    assignment: str
    title: str
    dry_run: bool
    graded: int
    unchanged: int
    changes: list[Change]
    #: Handed in and never graded: not a matter of regrading.
    ungraded: list[str]
    level: str = ""
    #: Where the old records are.
    earlier: Path | None = None
    notes: list[str] = field(default_factory=list)

    def totals(self) -> dict[str, Decimal]:
        """Student → by how much their marks change."""
        found: dict[str, Decimal] = {}
        for change in self.changes:
            found[change.student] = found.get(change.student, Decimal(0)) + change.difference
        return found


def regrade(
    assignment: Assignment,
    course: Course,
    options: Options,
    dry_run: bool = False,
    progress: Callable[[int, int, Record | None], None] = lambda done, total, record: None,
) -> Regrading:
    """Grade again every question whose tests, limits, solution or submission changed since its record was written.

    With `dry_run` nothing in the course folder changes.
    """
    before, ungraded = _records(course, assignment.name, chosen(course, assignment.name, options.students))
    if not before:
        raise UserError(
            f"nobody's {assignment.name} has been graded yet: run `autograder grade {assignment.name} --course "
            f"{course.root}`.",
            NOTHING_TO_DO,
        )
    options = replace(options, students=sorted(before))
    plan = plan_of(assignment, course, options)
    concerned = [job.student for job in plan.jobs]
    result = Regrading(assignment.name, assignment.manifest.title, dry_run, len(concerned), len(plan.unchanged), [],
                       ungraded)  # fmt: skip
    if dry_run:
        after = dict(_tried(assignment, course, options, progress, result))
    else:
        result.earlier = _keep(course, assignment.name, [before[student] for student in concerned])
        summary = grade(assignment, course, options, progress)
        result.level, result.notes = summary.level, summary.notes
        after = {student: read_record(course.record(student, assignment.name)) for student in concerned}
    marks = _manual_marks(assignment, course)
    for student, record in sorted(after.items()):
        result.changes += compare(before[student], record, marks.get(student, {}))
    return result


def compare(before: Record, after: Record, marks: Mapping[str, ManualMark]) -> Iterator[Change]:
    """The questions whose marks or verdicts differ between two records of one student."""
    old = {result.id: result for result in before.questions}
    new = {result.id: result for result in after.questions}
    for id_ in dict.fromkeys([*new, *old]):
        was, now, mark = old.get(id_), new.get(id_), marks.get(id_, NO_MARK)
        sides = ((was, before.status not in UNGRADED), (now, after.status not in UNGRADED))
        tests = [None if result is None else auto_marks(result, graded=graded) for result, graded in sides]
        counted = [None if result is None else question_marks(result, mark, graded=graded) for result, graded in sides]
        verdicts = _verdicts(was, now)
        one = now or was
        if one is not None and (tests[0] != tests[1] or verdicts):
            by_hand = None if mark.override is None else exact(mark.override)
            why = _why(before, after, was, now)
            yield Change(
                after.student, id_, one.title, tests[0], tests[1], counted[0], counted[1], why, verdicts, by_hand
            )


def _verdicts(was: QuestionResult | None, now: QuestionResult | None) -> list[tuple[str, str, str]]:
    """The properties whose status differs; one that was not there before, or is no more, has none."""
    old, new = ({p.name: p for p in side.properties} if side else {} for side in (was, now))
    names = dict.fromkeys([*new, *old])
    status = [[side[name].status if name in side else "" for name in names] for side in (old, new)]
    titles = [(new.get(name) or old[name]).title for name in names]
    return [row for row in zip(titles, *status, strict=True) if row[1] != row[2]]


def _why(before: Record, after: Record, was: QuestionResult | None, now: QuestionResult | None) -> str:
    if before.hashes.get("submission") != after.hashes.get("submission"):
        return "handed in again"
    if was is None or now is None:
        return "question added" if was is None else "question taken out"
    if before.hashes.get("environment") != after.hashes.get("environment"):
        return "other versions or isolation"
    if before.seed != after.seed:
        return "solution changed, other inputs"
    return "tests changed" if was.basis != now.basis else "graded again as asked"


def _records(course: Course, name: str, students: Sequence[str]) -> tuple[dict[str, Record], list[str]]:
    """Whole records by student, and who has none that can be read."""
    records = {}
    for student in students:
        path = course.record(student, name)
        with suppress(UserError):
            if path.exists():
                records[student] = read_record(path)
    return records, [student for student in students if student not in records]


def _keep(course: Course, name: str, records: Sequence[Record]) -> Path | None:
    """Write the records that are about to be replaced to a folder of their own."""
    if not records:
        return None
    folder = course.record("", name).parent / EARLIER / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S.%fZ}"
    for record in records:
        write_whole(folder / f"{record.student}.json", record_text(record))
    return folder


def _tried(
    assignment: Assignment,
    course: Course,
    options: Options,
    progress: Callable[[int, int, Record | None], None],
    result: Regrading,
) -> Iterator[tuple[str, Record]]:
    """What grading would give, with everything it writes in a folder that goes away."""
    jobs = plan_of(assignment, course, options).jobs
    if not jobs:
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        open_executor(assignment, min(options.jobs, len(jobs)), options.level, options.trust, options.scheduler) as box,
    ):
        for job in jobs:
            job.autograded = str(Path(folder) / job.student / "marked.ipynb")
        result.level = box.warm_up()["ready"]
        progress(0, len(jobs), None)
        for done, (_, answer) in enumerate(box.run(jobs), start=1):
            record = msgspec.convert(answer["record"], Record)
            progress(done, len(jobs), record)
            yield record.student, record


def _manual_marks(assignment: Assignment, course: Course) -> Mapping[str, Mapping[str, ManualMark]]:
    from autograder.results import class_results

    return class_results(assignment, course).marks
