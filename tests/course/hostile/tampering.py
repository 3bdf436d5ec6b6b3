"""Changes to a notebook's metadata, cells and outputs that must not earn anything."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from autograder.notebooks import Cell, to_ipynb

SCRIPT = "<script>fetch('//evil.example')</script><img src=x onerror=alert(1)>"


def _documented(cells: list[Cell], change: Callable[[list[dict[str, Any]]], object]) -> str:
    """The notebook after a change to its JSON, where nothing keeps it valid."""
    document = json.loads(to_ipynb(cells))
    change(document["cells"])
    return json.dumps(document)


def points_raised(cells: list[Cell], attacked: int) -> str:
    for cell in cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] |= {"points": 600, "grade": True}
    return to_ipynb(cells)


def ids_swapped(cells: list[Cell], attacked: int) -> str:
    """The attacked cell takes the id of an honest answer, and that one the attacked cell's."""
    other = next(i for i, cell in enumerate(cells) if cell.role == "answer" and i != attacked)
    for part in ("id", "metadata"):
        mine, theirs = getattr(cells[attacked], part), getattr(cells[other], part)
        setattr(cells[attacked], part, theirs)
        setattr(cells[other], part, mine)
    return to_ipynb(cells)


def locked_cells_edited(cells: list[Cell], attacked: int) -> str:
    for cell in cells:
        if cell.role == "check":
            cell.source = "print('SCORE 2/2')\n600"
            cell.metadata["nbgrader"]["locked"] = False
            cell.outputs = [{"output_type": "stream", "name": "stdout", "text": "2 of 2 marks"}]
    return to_ipynb(cells)


def checksums_forged(cells: list[Cell], attacked: int) -> str:
    for cell in cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["checksum"] = "0" * 32
    return to_ipynb(cells)


def check_cells_deleted(cells: list[Cell], attacked: int) -> str:
    return to_ipynb([cell for cell in cells if cell.role != "check"])


def answer_cell_deleted(cells: list[Cell], attacked: int) -> str:
    return to_ipynb([cell for place, cell in enumerate(cells) if place != attacked])


def answer_cell_three_times(cells: list[Cell], attacked: int) -> str:
    """A right answer stands first; the last copy counts."""
    right = copy.deepcopy(cells[attacked])
    right.source = "def overlap(pattern, state):\n    return (pattern * state).mean()"
    return to_ipynb([*cells[:attacked], right, copy.deepcopy(right), *cells[attacked:]])


def every_cell_the_same_id(cells: list[Cell], attacked: int) -> str:
    def change(raw: list[dict[str, Any]]) -> None:
        for cell in raw:
            cell["id"] = "overlap"
            cell["metadata"] = {"nbgrader": {"grade_id": "overlap", "points": 600, "grade": True}}

    return _documented(cells, change)


def metadata_of_wrong_types(cells: list[Cell], attacked: int) -> str:
    def change(raw: list[dict[str, Any]]) -> None:
        strange = ([], 7, None, "x", {"nbgrader": []}, {"nbgrader": {"grade_id": {"a": 1}, "points": "six"}}, {"a": {}})
        for place, cell in enumerate(raw):
            cell["metadata"] = strange[place % len(strange)]
            cell["outputs"] = [7, None, {"output_type": 3, "data": [], "text": {}}, {"data": {"image/png": [1]}}]
            cell["execution_count"] = {}
        raw[:0] = [7, None, "cell", [], {}, {"cell_type": [], "source": {"a": 1}}, {"cell_type": "code", "source": [1]}]  # type: ignore[list-item]

    return _documented(cells, change)


def document_nested_without_end(cells: list[Cell], attacked: int) -> str:
    return '{"cells": [' + "[" * 200_000 + "]" * 200_000 + '], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def ten_thousand_cells(cells: list[Cell], attacked: int) -> str:
    return _with_more(cells, 10_000)


def three_thousand_cells(cells: list[Cell], attacked: int) -> str:
    return _with_more(cells, 3_000)


def _with_more(cells: list[Cell], count: int) -> str:
    return to_ipynb([*cells, *(Cell("code", f"x{number} = {number}", f"more-{number}") for number in range(count))])


def cell_of_a_megabyte(cells: list[Cell], attacked: int) -> str:
    cells[attacked].source += "\n" + "x = 1\n" * 170_000
    return to_ipynb(cells)


def metadata_stripped(cells: list[Cell], attacked: int) -> str:
    def change(raw: list[dict[str, Any]]) -> None:
        for cell in raw:
            cell["metadata"] = {}
            del cell["id"]

    return _documented(cells, change)


def markup_in_outputs(cells: list[Cell], attacked: int) -> str:
    """Everything a browser or a terminal might obey, where a notebook keeps what was shown."""
    kinds = ("text/html", "application/javascript", "image/svg+xml", "text/markdown", "text/latex", "text/plain")
    outputs: list[dict[str, Any]] = [
        {"output_type": "display_data", "metadata": {}, "data": dict.fromkeys(kinds, SCRIPT)},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": SCRIPT}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": SCRIPT, "text/html": SCRIPT}},
        {"output_type": "stream", "name": "stdout", "text": f"{SCRIPT}\x1b]0;owned\x07\x1b[2J \u202etxt"},
        {"output_type": "error", "ename": SCRIPT, "evalue": "=1+1", "traceback": [SCRIPT]},
    ]
    for cell in cells:
        if cell.is_code:
            cell.outputs = outputs
    text = f"# {SCRIPT}\n[here](javascript:alert(1)) ![](//evil.example/x.png)\n<style>*{{display:none}}</style>"
    return to_ipynb([*cells, Cell("markdown", text, "more")])
