"""From properties to marks: the only place where points are computed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograder.errors import UserError
from autograder.matching import Submission
from autograder.record import Property, QuestionResult
from autograder.spec import Question

#: How a message begins where the stub is still in place.
NOT_ANSWERED = "not answered yet"


def question_result(question: Question, properties: Sequence[Property], message: str = "") -> QuestionResult:
    """Marks of one question: autograded marks × passed weight / all weight."""
    weight = sum(p.weight for p in properties)
    passed = sum(p.weight for p in properties if p.status == "passed")
    score = question.auto * passed / weight if weight else 0.0
    if not math.isfinite(score) or not -1e-9 <= score <= question.auto + 1e-9:
        raise UserError(
            f"question {question.id}: the weights of its tests give {score} of {question.auto:g} marks; "
            "weights must be positive numbers."
        )
    status = _status(question, properties)
    return QuestionResult(
        id=question.id,
        title=question.title,
        score=round(score, 6),
        max_score=question.points,
        auto_max=question.auto,
        hand_max=question.hand,
        bonus=question.bonus,
        status=status,
        message=message or _message(status, properties),
        properties=list(properties),
    )


def _status(question: Question, properties: Sequence[Property]) -> str:
    if question.auto == 0:
        return "needs hand grading"
    statuses = [p.status for p in properties]
    if not statuses:
        return "not gradable"
    if all(s == "passed" for s in statuses):
        return "passed"
    if "timeout" in statuses:
        return "timeout"
    if "passed" in statuses:
        return "partial"
    return "error" if "error" in statuses else "failed"


def _message(status: str, properties: Sequence[Property]) -> str:
    failed = [p for p in properties if p.status != "passed"]
    if status in ("passed", "needs hand grading"):
        return ""
    if properties and all(NOT_ANSWERED in p.message for p in properties):
        return "not answered"
    return f"{len(properties) - len(failed)} of {len(properties)} properties hold"


def submission_status(
    questions: Sequence[QuestionResult], submission: Submission, faults: Mapping[str, Sequence[str]]
) -> tuple[str, str]:
    """The submission's status from the closed list, and one sentence a student understands.

    `faults` maps a fault's code (timeout, crashed, memory, protocol) to the cells and questions
    where it happened.
    """
    others = "Everything else was graded as usual."
    for code in ("crashed", "memory", "protocol"):
        if faults.get(code):
            what = "used more memory than allowed" if code == "memory" else "ended the process it ran in"
            return "crashed", f"Code of {_listed(faults[code])} {what}. {others}"
    if faults.get("timeout"):
        return "timed out", f"Code of {_listed(faults['timeout'])} ran longer than its time limit. {others}"
    coded = [q for q in questions if q.auto_max > 0]
    if coded and all(q.message == "not answered" for q in coded):
        return "missing answers", "No question was answered: every stub is still in place."
    if submission.missing:
        return "missing answers", f"Nothing in the notebook defines {_listed(submission.missing)}; the rest was graded."
    return "graded", ""


def _listed(names: Sequence[str]) -> str:
    if len(names) > 4:
        return ", ".join(names[:3]) + f" and {len(names) - 3} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
