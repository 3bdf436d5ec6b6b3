"""What `check("2.a")` shows in a notebook: a compact panel, or the same as plain text."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.checking import CheckResult, check_namespace
from autograder.errors import UserError
from autograder.examine import report_lines
from autograder.plaintext import clean

STYLE = "font-family: system-ui, sans-serif; font-size: 14px; line-height: 1.5; max-width: 62em"


class Panel:
    """The outcome of one check: HTML in a notebook, plain lines everywhere else."""

    def __init__(self, result: CheckResult) -> None:
        self.result = result

    def __repr__(self) -> str:
        lines = report_lines(self.result.properties, lambda p: p.message)
        return "\n".join([self.result.summary, *(f"  {line}" for line in lines)])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        rows = "".join(self._row(p) for p in self.result.properties)
        return f'<div style="{STYLE}"><strong>{html.escape(self.result.summary)}</strong>{rows}</div>'

    def _row(self, p: Any) -> str:
        passed = p.status == "passed"
        word, colour = ("holds", "#1b7f5c") if passed else (p.status, "#b3400a")
        text = f'<div style="margin: .4em 0"><b style="color: {colour}">{"✓" if passed else "✗"} {word}</b> {_safe(p.title)}'
        if not passed:
            text += f'<div style="margin-left: 1.6em">{_safe(p.message)}'
            if p.hint:
                text += f'<br><i>Hint: {_safe(p.hint)}</i>'
            text += self._picture(p) + "</div>"
        return text + "</div>"

    def _picture(self, p: Any) -> str:
        """Expected, got and difference, where there are arrays to draw."""
        from autograder.showing import comparison

        if not p.detail:
            return ""
        shown = comparison(p.detail)
        return shown or ""


def _safe(text: str) -> str:
    return html.escape(clean(text, 600))


def check_here(question: str, namespace: Mapping[str, Any]) -> Panel | None:
    """Check against a running notebook's own functions; trouble is told in one sentence."""
    try:
        return Panel(check_namespace(question, namespace, Path.cwd()))
    except UserError as error:
        print(error.message)
        return None
