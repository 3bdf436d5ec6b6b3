"""The notebook that a person marks in formgrader: the student's answers and figures, made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.assignment import Assignment
from autograder.images import Pixels, reencode_image
from autograder.notebooks import HAND_GRADED, Cell, to_ipynb
from autograder.plaintext import clean
from autograder.record import QuestionResult
from autograder.release import released_cells
from autograder.reportlines import report_lines

MAX_TEXT = 20_000
MAX_OUTPUTS = 40
#: What makes HTML, an address or a link in markdown, and as what it is shown instead.
NO_MARKUP = (("&", "&amp;"), ("<", "&lt;"), ("://", ":&#47;/"), ("](", "] ("), ("]:", "] :"), ("][", "] ["))
#: Words by which a formula makes links, loads files or sets styles; a blank turns each into plain letters.
_ACTIVE = "href|url|style|class|cssId|unicode|require|mmlToken|data|csname|html[a-z]*|includegraphics|bbox"
ACTIVE_FORMULA = re.compile(rf"\\({_ACTIVE})(?![a-z])", re.IGNORECASE)


def autograded_notebook(
    assignment: Assignment, found: Mapping[str, Cell], extra: Sequence[Cell], results: Sequence[QuestionResult]
) -> str:
    """The released cells with the student's sources and outputs, rubrics and test reports.

    Test cells are restored from the assignment and show the report as ordinary output, never as an
    error; only visible properties are shown with values. `extra` are cells the student added.
    """
    by_question = {result.id: result for result in results}
    rubric, pixels = assignment.rubric(), Pixels()
    cells = []
    for cell in released_cells(assignment):
        if cell.role in HAND_GRADED:
            text = rubric.get(cell.question, "")
            if text:
                cells.append(
                    Cell("markdown", f"**Rubric, {cell.question}**\n\n{text}", f"rubric-{cell.id}"[:64], metadata={})
                )
        if cell.role == "check":
            outputs = [_stdout(_report(by_question.get(cell.question)))]
            cells.append(Cell("code", cell.source, cell.id, outputs=outputs, metadata=cell.metadata))
            continue
        theirs = found.get(cell.id)
        source = cell.source if theirs is None else safe_source(theirs)
        outputs = [] if theirs is None or cell.kind != "code" else safe_outputs(theirs.outputs, pixels)
        cells.append(Cell(cell.kind, source, cell.id, outputs=outputs, metadata=cell.metadata))
    for number, cell in enumerate(extra):
        outputs = safe_outputs(cell.outputs, pixels) if cell.is_code else []
        cells.append(Cell(cell.kind, safe_source(cell), f"added-{number}", outputs=outputs))
    return to_ipynb(cells)


def _report(result: QuestionResult | None) -> str:
    if result is None:
        return "not graded"
    lines = report_lines(result.properties)
    return "\n".join([f"{result.id}: {result.score:g} of {result.auto_max:g} marks", *lines])


def _stdout(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": clean(text, MAX_TEXT)}


def safe_source(cell: Cell) -> str:
    """A student's cell as formgrader may render it: markdown without HTML, links or remote pictures.

    formgrader shows markdown inside the instructor's session, HTML included, so all of it is shown
    as text, and neither links nor pictures are made: renderers decode a scheme in too many ways.
    """
    text = clean(cell.source, MAX_TEXT)
    if cell.is_code:
        return text
    text = ACTIVE_FORMULA.sub(r"\\ \1", text)
    for mark, harmless in NO_MARKUP:
        text = text.replace(mark, harmless)
    return text


def safe_outputs(outputs: Sequence[dict[str, Any]], pixels_left: Pixels | None = None) -> list[dict[str, Any]]:
    """A student's outputs without anything a browser could run: text and re-encoded pictures only."""
    kept: list[dict[str, Any]] = []
    for output in outputs[:MAX_OUTPUTS]:
        data = output.get("data")
        if isinstance(data, dict):
            image = next((data[kind] for kind in ("image/png", "image/jpeg") if kind in data), None)
            picture = reencode_image(_joined(image), pixels_left) if image is not None else None
            if picture:
                kept.append({"output_type": "display_data", "metadata": {}, "data": {"image/png": picture}})
            elif "text/plain" in data:
                kept.append(_stdout(_joined(data["text/plain"])))
        elif output.get("output_type") == "stream":
            kept.append(_stdout(_joined(output.get("text"))))
        elif output.get("output_type") == "error":
            kept.append(_stdout(f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"))
    return kept


def _joined(text: object) -> str:
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""
