"""What a slot can be asked to do: plain data, cheap to import."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from autograder.plainfile import plain_bytes
from autograder.record import QuestionResult


class GradeJob(msgspec.Struct, kw_only=True, tag="grade"):
    """Grade one submission."""

    student: str
    notebook: str
    #: Where the notebook for hand-grading goes.
    autograded: str
    seed: int
    note: str = ""
    #: Why there is no notebook to read, where whoever sent the job knows; and the hash of what is there instead.
    refused: str = ""
    submission: str = ""
    #: Only these questions; the others keep the results in `previous`.
    questions: list[str] | None = None
    previous: list[QuestionResult] = []


class ExamineJob(msgspec.Struct, kw_only=True, tag="examine"):
    """Run questions of one set of cells for several seeds: what `verify` needs."""

    key: str
    code: list[tuple[str, str]]
    questions: list[str]
    seeds: list[int]
    #: Tests to run with every seed but the first; all of them where none is named.
    only: list[str] = []


Job = GradeJob | ExamineJob


def job_name(job: Job) -> str:
    """Whose submission, or which code, a job is about."""
    return job.student if isinstance(job, GradeJob) else job.key


def file_hash(path: Path) -> str:
    """sha256 of a file, "" where it cannot be read as one."""
    try:
        return hashlib.sha256(plain_bytes(path)).hexdigest()
    except OSError:
        return ""
