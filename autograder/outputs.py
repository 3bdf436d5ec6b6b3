"""What `--json` prints, command by command: the types that the published schema is made from."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from autograder.outputs_of_a_class import (
    Collect,
    Exact,
    Export,
    Feedback,
    Grade,
    MarksRead,
    MarksWritten,
    Merge,
    Regrade,
    Replay,
    Report,
    Similarity,
    Stats,
)
from autograder.record import Property
from autograder.submit import Receipt


class New(Exact):
    folder: str


class VerifyCheck(Exact):
    name: str
    ok: bool
    result: str
    faults: list[str]


class Verify(Exact):
    assignment: str
    ok: bool
    isolation: str
    #: Mutant → why it survives.
    survivors: dict[str, str]
    checks: list[VerifyCheck]


class Released(Exact):
    assignment: str
    folder: str
    files: list[str]


class Release(Exact):
    released: list[Released]


class Package(Exact):
    assignment: str
    target: str
    file: str
    files: list[str]


class CheckedQuestion(Exact):
    id: str
    title: str
    #: So many of the visible properties hold; so many more are run after handing in.
    passed: int
    visible: int
    hidden: int
    properties: list[Property]


class Check(Exact):
    notebook: str
    notes: list[str]
    questions: list[CheckedQuestion]


class Submit(Receipt):
    """The receipt."""


class Promise(Exact):
    promise: str
    probe: str
    kept: bool
    result: str
    cure: str


class Doctor(Exact):
    versions: dict[str, str]
    level: str
    #: Level → why it cannot be had here; "" where it can.
    levels: dict[str, str]
    ok: bool
    missing: dict[str, str]
    promises: list[Promise]


class Error(Exact):
    """In place of a command's own object, when it ends with a sentence."""

    error: str
    exit_code: Literal[1, 2, 3, 4, 5, 130]


class Event(Exact):
    """One line of `--events`."""

    event: Literal["start", "progress", "result", "error"]
    time: str
    what: str = ""
    done: int = 0
    total: int = 0
    label: str = ""
    result: dict[str, Any] = msgspec.field(default_factory=dict)
    error: str = ""
    exit_code: int = 0


#: Command → what it may print.
COMMANDS: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "new": (New,),
    "verify": (Verify,),
    "release": (Release,),
    "package": (Package,),
    "check": (Check,),
    "submit": (Submit,),
    "collect": (Collect,),
    "grade": (Grade, Merge),
    "regrade": (Regrade,),
    "replay": (Replay,),
    "marks": (MarksWritten, MarksRead),
    "feedback": (Feedback,),
    "report": (Report,),
    "export": (Export,),
    "similarity": (Similarity,),
    "stats": (Stats,),
    "doctor": (Doctor,),
}
