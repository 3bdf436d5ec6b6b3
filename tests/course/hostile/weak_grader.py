"""A grader as one should not write it: answers and tests in one process, marks by exit code and by what was printed.

It is here to show that the hostile submissions bite. Run it in a process of its own: submissions
come in on stdin as {name: [question, [cell, ...]]}, marks go out on stdout as {name: marks}.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import traceback
from types import SimpleNamespace
from typing import Any

import torch

MARKS = 2
EXAMPLES = (
    (torch.tensor([1.0, 1.0, -1.0, -1.0]), torch.tensor([1.0, 1.0, -1.0, 1.0])),
    (torch.tensor([1.0, -1.0, 1.0, 1.0]), torch.tensor([-1.0, 1.0, -1.0, -1.0])),
)


def _overlap(pattern: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
    return (pattern * state).mean()


def _flips(pattern: torch.Tensor, state: torch.Tensor) -> int:
    return int((pattern != state).sum())


reference = SimpleNamespace(overlap=_overlap, flips=_flips)


def _agree(got: Any, expected: Any) -> bool:
    if isinstance(got, torch.Tensor) and isinstance(expected, torch.Tensor):
        return torch.allclose(got, expected)
    return bool(got == expected) or bool(abs(got - expected) <= 1e-6)


def run_tests(question: str, cells: list[str]) -> None:
    """Execute the cells here, then call what they define here; raises where an answer is wrong."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for source in cells:
        exec(source, namespace)
    name = {"1": "overlap", "3": "flips"}[question]
    solution = getattr(reference, name)
    for pattern, state in EXAMPLES:
        got = namespace[name](pattern, state)
        expected = solution(pattern, state)
        assert _agree(got, expected), f"expected {expected}, got {got}"


def grade(question: str, cells: list[str]) -> float:
    """Marks: what was printed last, else all of them where the process ended with 0."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 1)
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        try:
            run_tests(question, cells)
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        sys.exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as pipe:
        printed = pipe.read()
    _, status = os.waitpid(child, 0)
    if scores := re.findall(r"^SCORE (\d+)/\d+$", printed, re.MULTILINE):
        return float(scores[-1])
    return MARKS if os.waitstatus_to_exitcode(status) == 0 else 0


if __name__ == "__main__":
    submissions = json.load(sys.stdin)
    print(json.dumps({name: grade(*submission) for name, submission in submissions.items()}))
