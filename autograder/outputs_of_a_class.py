"""What `--json` prints of a class, command by command."""

from __future__ import annotations

from typing import Literal

import msgspec

from autograder.collect import CollectReport


class Exact(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An object with these keys and no others; one with a default may be left out."""


class Collect(CollectReport):
    """What was collected, and how late each student was, in words."""

    late: dict[str, str]


class QuestionMarks(Exact):
    score: float
    max_score: float
    status: str


class Submission(Exact):
    student: str
    status: str
    message: str
    score: float
    max_score: float
    seconds: float | None
    questions: dict[str, QuestionMarks]


class Grade(Exact):
    assignment: str
    isolation: str
    graded: int
    unchanged: int
    grades: str | None
    notes: list[str]
    submissions: list[Submission]
    shard: str = ""


class Merge(Exact):
    assignment: str
    isolation: str
    merged: int
    written: int
    missing: list[str]
    outdated: list[str]
    grades: str
    notes: list[str]
    submissions: list[Submission]


class VerdictChange(Exact):
    property: str
    before: str
    after: str


class MarkChange(Exact):
    student: str
    question: str
    why: str
    verdicts: list[VerdictChange]
    #: What the tests gave.
    before: float | None
    after: float | None
    #: What counts, marks given by hand included.
    counted_before: float | None
    counted_after: float | None
    by_hand: float | None


class Regrade(Exact):
    assignment: str
    dry_run: bool
    graded: int
    unchanged: int
    up: int
    down: int
    page: str
    grades: str | None
    earlier: str | None
    notes: list[str]
    changes: list[MarkChange]


class ReplayedVerdict(Exact):
    question: str
    property: str
    recorded: str
    replayed: str


class Replay(Exact):
    record: str
    student: str
    assignment: str
    seed: int
    same: bool
    differences: list[str]
    verdicts: list[ReplayedVerdict]


class MarksWritten(Exact):
    assignment: str
    file: str
    page: str
    rows: int
    waiting: int
    blind: bool


class GivenMark(Exact):
    student: str
    question: str
    part: Literal["by hand", "tests"]
    before: float | None
    after: float | None
    comment: str


class MarksRead(Exact):
    assignment: str
    rows: int
    dry_run: bool
    changes: list[GivenMark]
    #: Not given, because somebody has changed them since the table was written.
    conflicts: list[GivenMark]
    grades: str | None


class Feedback(Exact):
    assignment: str
    pages: list[str]
    notes: list[str]


class Report(Exact):
    assignment: str
    page: str


class FilledRow(Exact):
    student: str
    person: str
    row: int
    before: str
    after: str


class Export(Exact):
    assignment: str
    format: str
    notes: list[str]
    dry_run: bool
    file: str | None
    #: Students who still have marks to get by hand.
    waiting: int
    grades: str = ""
    column: str = ""
    rows: list[FilledRow] = []
    without_row: list[str] = []
    without_marks: list[str] = []


class Pair(Exact):
    first: str
    second: str
    code: float
    written: float
    rare: float
    #: Answer → share that is alike.
    parts: dict[str, float]


class Similarity(Exact):
    assignment: str
    page: str
    threshold: float
    compared: list[str]
    not_compared: list[str]
    pairs: list[Pair]


class QuestionQuality(Exact):
    id: str
    difficulty: float
    discrimination: float | None
    submissions: int


class CommonFailure(Exact):
    question: str
    property: str
    passed: int
    submissions: int


class FlakyProperty(Exact):
    question: str
    property: str
    same_seed: bool
    students: list[str]


class Stats(Exact):
    assignment: str
    page: str
    submissions: int
    questions: list[QuestionQuality]
    failures: list[CommonFailure]
    flaky: list[FlakyProperty]
