"""What a student may see of a property: everything of a visible one, title and hint of a hidden one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder import pictures
from autograder.differences import SAME, Array, array_of, remarks, shape_text
from autograder.pages import number, render
from autograder.pictures import Picture, has_numbers
from autograder.record import Property, QuestionResult

#: A page with more pictures than this helps nobody; later failures are told in words.
MAX_PICTURES = 12
#: How remarks end that say what the comparison's own message says.
REPEATING = ("visibly.", "(NaN or infinite).")
#: Nothing is wrong yet.
WAITING = ("not gradable", "needs hand grading", "not answered")
#: What a question's message says when its stub is still in place.
NOT_ANSWERED = "not answered"


@dataclass(frozen=True)
class NumberTable:
    """A tiny array as rows of (text, whether it differs)."""

    name: str
    shape: str
    rows: list[list[tuple[str, bool]]]


@dataclass
class Shown:
    """A property, ready for a template."""

    prop: Property
    #: Marks that hang on it.
    worth: float
    message: str = ""
    hint: str = ""
    call: str = ""
    tolerance: str = ""
    remarks: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[NumberTable] = field(default_factory=list)
    picture: Picture | None = None

    @property
    def tone(self) -> str:
        """Colour class of the verdict; its sign and its words say the same."""
        status = self.prop.status
        return "good" if status == "passed" else "wait" if status in WAITING else "bad"


def shown_properties(
    question: QuestionResult, pictures_left: int = MAX_PICTURES, *, with_worth: bool = True
) -> list[Shown]:
    """The properties of a question; at most `pictures_left` of them get a picture."""
    weights = sum(p.weight for p in question.properties) or 1.0
    result = []
    for each in question.properties:
        worth = question.auto_max * each.weight / weights if with_worth else 0.0
        view = _show(each, worth, with_picture=pictures_left > 0)
        if question.message == NOT_ANSWERED:
            # said once for the question; the titles alone tell what will be asked of the answer
            view = Shown(each, view.worth)
        pictures_left -= view.picture is not None
        result.append(view)
    return result


def _show(each: Property, worth: float, *, with_picture: bool) -> Shown:
    view = Shown(each, worth)
    if each.status == "passed":
        return view
    view.message, view.hint = each.message, each.hint
    if not each.visible or not isinstance(each.detail, dict):
        return view
    detail = each.detail
    view.call = str(detail.get("call") or "")
    if view.call and view.message.startswith(view.call):
        view.message = view.message.removeprefix(view.call).lstrip(": ")
    view.tolerance = str(detail.get("tolerance") or "")
    view.texts = [(name, text) for name in ("expected", "got") if (text := _text(detail.get(name))) not in view.message]
    _differences(view, detail, with_picture=with_picture)
    return view


def comparison(detail: dict[str, Any]) -> str:
    """Expected, got and difference as a fragment of HTML: a picture, or numbers where they are few."""
    view = Shown(Property(name="", title="", visible=True, weight=1.0, status="failed"), 0.0)
    _differences(view, detail, with_picture=True)
    return render("comparison.html", view=view)


def _differences(view: Shown, detail: dict[str, Any], *, with_picture: bool) -> None:
    """Add remarks, and tables of numbers or a picture, to `view`."""
    expected, got = array_of(detail.get("expected")), array_of(detail.get("got"))
    if expected is None or got is None or (expected.size < 2 and got.size < 2):
        return
    # a remark that only repeats the message is left out
    view.remarks = [r for r in remarks(expected, got) if not r.endswith(REPEATING) and not r.startswith("Expected ")]
    if has_numbers(detail):
        view.tables = [_table("expected", expected, None), _table("got", got, expected)]
    elif with_picture:
        view.picture = pictures.comparison(detail)


def _text(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def _table(name: str, array: Array, expected: Array | None) -> NumberTable:
    rows = np.atleast_2d(array)
    differs = np.zeros(rows.shape, dtype=bool)
    if expected is not None and expected.shape == array.shape:
        against = np.atleast_2d(expected)
        scale = float(np.nan_to_num(np.abs(against)).max(initial=1e-12))
        differs = ~(np.abs(rows - against) <= SAME * scale)
    cells = [
        [(number(float(x)), bool(off)) for x, off in zip(*pair, strict=True)]
        for pair in zip(rows, differs, strict=True)
    ]
    return NumberTable(name, shape_text(array), cells)
