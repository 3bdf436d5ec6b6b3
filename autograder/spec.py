"""The manifest of an assignment: `assignment.toml`, read strictly."""

from __future__ import annotations

import math
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from autograder.errors import UserError
from autograder.isolation import Limits
from autograder.plaintext import one_line


class Tolerance(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Allowed gap |got - expected| <= atol + rtol * |expected|, and where the figure comes from."""

    atol: float
    rtol: float = 0.0
    reason: str = ""


class Question(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One question: what it is worth, which names it grades, how exact answers must be."""

    id: str
    title: str
    #: All marks of the question.
    points: float
    #: The part of `points` that a person gives.
    hand: float = 0.0
    bonus: bool = False
    #: Functions and classes that the student writes for this question.
    names: list[str] = []
    tolerance: Tolerance | None = None
    #: CPU seconds per call where this question needs another limit than the assignment's.
    cpu_seconds: float | None = None

    @property
    def auto(self) -> float:
        """Marks that the tests give."""
        return round(self.points - self.hand, 6)

    @property
    def slug(self) -> str:
        """The id as nbgrader and notebook cell ids allow it: letters, digits, - and _ only."""
        return self.id.replace(".", "-")


class Late(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What handing in late costs; extensions are in the course's people.toml."""

    #: With its zone: 2026-11-01T23:59:00+01:00.
    due: datetime
    #: So much later is still in time.
    grace_minutes: float = 0.0
    #: Taken from the marks earned for each day begun.
    percent_per_day: float = 0.0
    #: What comes later than so many days earns nothing; by default there is no such limit.
    maximum_days: int | None = None


class Manifest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What `assignment.toml` says."""

    schema: int
    name: str
    title: str
    #: Marks without the bonus; must equal the sum over the questions.
    points: float
    bonus: float = 0.0
    #: Modules of `hippo` that hold the answers: absent from the worker and the student package.
    withhold: list[str] = []
    #: Packages imported once per slot, before any student code runs. The first optimiser imports
    #: torch._dynamo, which takes seconds: too long to happen again in every worker.
    preload: tuple[str, ...] = ("numpy", "torch", "torch._dynamo", "matplotlib.pyplot")
    #: Data sets the experiments use, for the student's README.
    data: list[str] = []
    #: Trained models of `data/checkpoints` that the notebook loads; no other is there for students.
    checkpoints: list[str] = []
    limits: Limits = Limits()
    late: Late | None = None
    question: list[Question]

    def find(self, question_id: str) -> Question:
        """The question called `question_id`, or one sentence that lists the ids there are."""
        for question in self.question:
            if question_id in (question.id, question.slug):
                return question
        known = ", ".join(q.id for q in self.question)
        raise UserError(f"{self.name} has no question {question_id!r}; its questions are {known}.")


def read_manifest(path: Path) -> Manifest:
    """Read and check `assignment.toml`.

    Raises
    ------
    UserError
        In one sentence with the file's name: not there, not TOML, unknown or missing keys,
        an id used twice, points that do not add up.
    """
    try:
        manifest = msgspec.toml.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise UserError(f"{path} is not there: an assignment needs a manifest called assignment.toml.") from None
    except msgspec.ValidationError as error:
        raise UserError(f"{path}: {one_line(_with_question_id(path, str(error)), 400)}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not sound TOML: {one_line(str(error), 400)}.") from None
    except RecursionError:
        raise UserError(f"{path}: its values are nested too deeply: write it as solutions/README.md shows.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    for fault in _faults(manifest):
        raise UserError(f"{path}: {one_line(fault, 400)}.")
    return manifest


def _with_question_id(path: Path, message: str) -> str:
    """Name the question where the decoder only counts: `$.question[3]` becomes `question 2.a`."""
    found = re.search(r"\$\.question\[(\d+|\.\.\.)\]", message)
    if not found:
        return message.replace("Object", "the file", 1)
    try:
        tables: list[Any] = msgspec.toml.decode(path.read_bytes())["question"]
    except (msgspec.DecodeError, KeyError, UnicodeDecodeError):
        return message
    for position, table in enumerate(tables):
        try:
            msgspec.convert(table, Question)
        except msgspec.ValidationError as error:
            label = (isinstance(table, dict) and table.get("id")) or f"number {position + 1}"
            return f"question {label}: {str(error).replace('Object', 'it', 1)}"
    return message


def _faults(manifest: Manifest) -> list[str]:
    faults = []
    if manifest.schema != 1:
        faults.append(f"schema is {manifest.schema}, expected 1")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", manifest.name):
        faults.append(f"name {manifest.name!r} may hold letters, digits, - and _ only")
    ids, slugs = [q.id for q in manifest.question], [q.slug for q in manifest.question]
    names = [name for q in manifest.question for name in q.names]
    for what, values in (("question id", ids), ("graded name", names), ("question id (with . as -)", slugs)):
        twice = sorted({v for v in values if values.count(v) > 1})
        if twice:
            faults.append(f"{what} {twice[0]!r} is used twice")
    for q in manifest.question:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", q.id):
            faults.append(f"question id {q.id!r} may hold letters, digits, . - and _ only")
        if not 0 <= q.hand <= q.points < math.inf or q.points <= 0:
            faults.append(
                f"question {q.id}: points must be above 0 and hand between 0 and points, "
                f"got points = {q.points:g}, hand = {q.hand:g}"
            )
        if q.auto > 0 and not q.names:
            faults.append(f"question {q.id}: {q.auto:g} marks are autograded, so `names` must list what is graded")
        strange = [name for name in q.names if not name.isidentifier()]
        if strange:
            faults.append(f"question {q.id}: {strange[0]!r} in `names` is no name that Python code can define")
        if q.tolerance and not (0 <= q.tolerance.atol < math.inf and 0 <= q.tolerance.rtol < math.inf):
            faults.append(f"question {q.id}: atol and rtol must be numbers from 0 up")
        if q.cpu_seconds is not None and not 0 < q.cpu_seconds < math.inf:
            faults.append(f"question {q.id}: cpu_seconds must be above 0, got {q.cpu_seconds:g}")
    for limit, value in msgspec.to_builtins(manifest.limits).items():
        if not 0 < value < math.inf:
            faults.append(f"limits: {limit} must be above 0, got {value:g}")
    if (late := manifest.late) is not None:
        if late.due.tzinfo is None:
            faults.append("late: due has no time zone, expected a time such as 2026-11-01T23:59:00+01:00")
        if not (0 <= late.grace_minutes < math.inf and 0 <= late.percent_per_day <= 100):
            faults.append("late: grace_minutes must be 0 or more and percent_per_day between 0 and 100")
        if late.maximum_days is not None and late.maximum_days < 0:
            faults.append(f"late: maximum_days must be 0 or more, got {late.maximum_days}")
    for what, stated, is_bonus in (("points", manifest.points, False), ("bonus", manifest.bonus, True)):
        total = sum(q.points for q in manifest.question if q.bonus is is_bonus)
        if not abs(total - stated) <= 1e-9:
            faults.append(f"{what} = {stated:g}, but the questions add up to {total:g}")
    return faults
