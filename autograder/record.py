"""The grade record: what one submission earned, property by property."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import msgspec

SCHEMA = 1

_KEY = '"checksum": '
_CHECKSUM = re.compile(rb'"checksum": "[0-9a-f]{64}"(?=\s*}\s*$)')

#: Outcomes of a property and of a question ("partial" for questions only).
OUTCOMES = ("passed", "partial", "failed", "error", "timeout", "not gradable", "needs hand grading")

#: How a submission can end. Everything but the first is explained by `Record.message`.
STATUSES = ("graded", "missing answers", "timed out", "crashed", "unreadable", "wrong assignment")


class Property(msgspec.Struct, kw_only=True):
    """One thing that must hold of an answer: one test function."""

    #: The test function's name without `test_`.
    name: str
    #: What must hold, in the student's words (first line of the test's docstring).
    title: str
    #: Visible properties may show what was called, expected and got; hidden ones never do.
    visible: bool
    #: Share of the question's autograded points, relative to the other properties.
    weight: float
    status: str
    #: One sentence. For a hidden property it is drawn from a closed list and holds no values.
    message: str = ""
    #: What the author lets the student read when the property fails.
    hint: str = ""
    #: The time limit that the answer ran into; 0 where it ended by itself.
    seconds: float = 0.0
    #: Visible failures only: {"call": str, "expected": value, "got": value, "tolerance": str};
    #: a value is {"shape": [...], "data": nested lists} or {"text": str}.
    detail: dict[str, Any] | None = None


class QuestionResult(msgspec.Struct, kw_only=True):
    """Marks of one question: the autograded part here, the hand-graded part in the gradebook."""

    id: str
    title: str
    #: Autograded marks earned.
    score: float
    #: All marks of the question, hand-graded ones included.
    max_score: float
    #: The part of `max_score` that is autograded; the rest is given by hand.
    auto_max: float
    hand_max: float
    bonus: bool
    status: str
    message: str = ""
    properties: list[Property] = []
    #: Codes of the faults that ended a worker, in order.
    faults: list[str] = []
    #: sha256 of what the result depends on besides the submission: solution, this question's tests and limits.
    basis: str = ""


class Record(msgspec.Struct, kw_only=True):
    """Everything that the gradebook, the feedback page and the exports are derived from."""

    schema: int = SCHEMA
    student: str
    assignment: str
    title: str
    status: str
    #: One sentence a student understands; empty when there is nothing to say.
    message: str = ""
    #: Autograded marks earned, bonus included.
    score: float
    #: All marks without the bonus.
    max_score: float
    questions: list[QuestionResult] = []
    #: Things noted on the way: cells matched by name, duplicates, cells that failed, dropped magics.
    notes: list[str] = []
    #: Isolation level in force: "L3", "L2", "L2d" or "L1".
    isolation: str
    seed: int
    versions: dict[str, str] = {}
    #: sha256 of "submission", "assignment" and "environment".
    hashes: dict[str, str] = {}
    #: Sum over the properties: like everything here the same on every machine and in every run.
    seconds: float = 0.0
    #: sha256 of the file with this one value left empty: a single changed byte is noticed.
    checksum: str = ""


def marks_only(record: Record) -> Record:
    """The same record without its properties, which are most of it: as a whole class is kept in memory."""
    for question in record.questions:
        question.properties = []
    return record


class Times(msgspec.Struct, kw_only=True):
    """What grading took, which differs from run to run and so stays out of the record."""

    #: Wall time of the whole submission.
    seconds: float = 0.0
    #: Question id → wall time.
    questions: dict[str, float] = {}

    def after(self, before: Times) -> Times:
        """These times, completed by those of questions that were not run again."""
        kept = {question: wall for question, wall in before.questions.items() if question not in self.questions}
        total = round(self.seconds + sum(kept.values()), 4)
        return Times(seconds=total, questions=dict(sorted((kept | self.questions).items())))


def record_text(record: Record) -> str:
    """A record as its file holds it."""
    blank = msgspec.structs.replace(record, checksum="")
    text = json.dumps(msgspec.to_builtins(blank), indent=1, ensure_ascii=False) + "\n"
    before, key, after = text.rpartition(f"{_KEY}\"")
    return f"{before}{key}{checksum(text.encode())}{after}"


def checksum(raw: bytes) -> str:
    """sha256 of a record's file as if its checksum were empty."""
    return hashlib.sha256(_CHECKSUM.sub(f'{_KEY}""'.encode(), raw)).hexdigest()
