"""What `check("2.a")` shows in a notebook: a compact panel, or the same as plain text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.checking import CheckResult, check_namespace
from autograder.errors import UserError
from autograder.score import question_result


class Panel:
    """The outcome of one check: HTML in a notebook, plain lines everywhere else."""

    def __init__(self, result: CheckResult) -> None:
        self.result = result

    def __repr__(self) -> str:
        return "\n".join(self.result.lines)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        from autograder.feedback import panel

        result = self.result
        after = [f"→ Not answered yet: {result.unwritten}"] if result.unwritten else []
        return panel([question_result(result.question, result.shown, message=result.counts)], after)


def check_here(question: str, namespace: Mapping[str, Any]) -> Panel | None:
    """Check against a running notebook's own functions; trouble is told in one sentence."""
    try:
        return Panel(check_namespace(question, namespace, Path.cwd()))
    except UserError as error:
        print(error.message)
        return None
