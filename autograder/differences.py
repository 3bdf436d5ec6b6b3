"""Say in words how two arrays differ: what a person would notice on looking at them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: Relative error under which two patterns of numbers count as the same for a remark. A remark only
#: helps to find the mistake, it decides nothing, so six digits of a record's numbers are enough.
SAME = 1e-4


def array_of(value: Any) -> Array | None:
    """The numbers of a record's {"shape", "data"}; None for text or anything malformed."""
    if not isinstance(value, dict) or "data" not in value:
        return None
    try:
        array = np.asarray(value["data"], dtype=object)
        flat = [float("nan") if x is None else float(x) for x in array.ravel()]
        # numpy would guess a negative length
        return np.array(flat, dtype=np.float64).reshape([max(int(n), 0) for n in value.get("shape", array.shape)])
    except (TypeError, ValueError, OverflowError):
        return None


def shape_text(array: Array) -> str:
    """A shape as people write it: "3 × 4", "5 numbers", "a single number"."""
    if array.ndim == 0:
        return "a single number"
    if array.ndim == 1:
        return f"{array.size} number{'' if array.size == 1 else 's'}"
    return " × ".join(str(n) for n in array.shape)


def remarks(expected: Array, got: Array) -> list[str]:
    """What stands out, the most telling first; empty when nothing simple does.

    Example
    -------
    >>> remarks(np.array([1.0, -2.0, 4.0]), np.array([2.0, -4.0, 8.0]))
    ['Everything is 2 times what is expected.']
    """
    if expected.shape != got.shape:
        return _shape_remarks(expected, got)
    if not expected.size or not np.isfinite(expected).all():
        return []
    bad = ~np.isfinite(got)
    if bad.any():
        return [f"{_count(int(bad.sum()), got.size)} not finite (NaN or infinite)."]
    for remark in (_simple, _factor, _offset, _places):
        if said := remark(expected, got):
            return [said]
    return []


def largest_difference(expected: Array, got: Array) -> str:
    """Where two arrays of one shape differ most, and by how much."""
    gap = np.nan_to_num(np.abs(got - expected), nan=np.inf, posinf=np.inf)
    place = np.unravel_index(int(np.argmax(gap)), gap.shape)
    where = f" at [{', '.join(str(int(i)) for i in place)}]" if expected.ndim else ""
    return f"Largest difference{where}: expected {expected[place]:.5g}, got {got[place]:.5g}."


def _shape_remarks(expected: Array, got: Array) -> list[str]:
    said = [f"Expected {shape_text(expected)}, got {shape_text(got)}."]
    if expected.ndim == got.ndim == 2 and expected.shape == got.shape[::-1]:
        same = _close(expected.T, got)
        said.append("It is the transpose of what is expected." if same else "The two dimensions are exchanged.")
    elif expected.size == got.size and _close(expected.ravel(), got.ravel()):
        said.append("The numbers are right, only their shape is not.")
    return said


def _simple(expected: Array, got: Array) -> str:
    if got.size > 1 and np.ptp(got) == 0 and np.ptp(expected) > 0:
        return f"Every number is {got.flat[0]:.5g}."
    if expected.ndim == 2 and expected.shape[0] == expected.shape[1] and _close(expected.T, got):
        return "It is the transpose of what is expected."
    return ""


def _factor(expected: Array, got: Array) -> str:
    norm = float((expected * expected).sum())
    if expected.size < 2 or norm == 0:
        return ""
    factor = float((expected * got).sum()) / norm
    if abs(factor) < SAME or not _close(expected * factor, got):
        return ""
    if _near(factor, -1.0):
        return "Every sign is reversed."
    if _near(factor, 1.0):
        return ""
    inverse = 1 / factor
    if abs(factor) < 1 and _near(inverse, float(round(inverse))):
        return f"Everything is 1/{round(inverse)} of what is expected."
    return f"Everything is {factor:.4g} times what is expected."


def _offset(expected: Array, got: Array) -> str:
    gap = got - expected
    offset = float(gap.mean())
    small = SAME * _scale(expected)
    if expected.size < 2 or abs(offset) <= small or np.abs(gap - offset).max() > small:
        return ""
    return f"Everything is {abs(offset):.4g} too {'large' if offset > 0 else 'small'}."


def _places(expected: Array, got: Array) -> str:
    wrong = np.abs(got - expected) > SAME * _scale(expected)
    if expected.size < 4 or not wrong.any() or wrong.all():
        return ""
    if expected.ndim == 2 and expected.shape[0] == expected.shape[1]:
        diagonal = np.eye(len(wrong), dtype=bool)
        if not wrong[~diagonal].any():
            return "Only the diagonal differs."
        if not wrong[diagonal].any() and wrong.mean() > 0.5:
            return "The diagonal is right; the numbers off the diagonal differ."
    if expected.ndim == 2 and len(expected) > 2:
        rows = np.flatnonzero(wrong.any(axis=1))
        if len(rows) == 1:
            return f"Only row {rows[0]} differs (counting from 0)."
        if 0 not in rows and len(rows) == len(expected) - 1:
            return "Row 0 is right; every later row differs."
        columns = np.flatnonzero(wrong.any(axis=0))
        if len(columns) == 1:
            return f"Only column {columns[0]} differs (counting from 0)."
    verb = "differs" if wrong.sum() == 1 else "differ"
    return f"{int(wrong.sum())} of {wrong.size} numbers {verb} visibly."


def _count(number: int, size: int) -> str:
    if number == size:
        return "Every number is"
    return f"{number} of {size} numbers {'is' if number == 1 else 'are'}"


def _scale(expected: Array) -> float:
    return max(float(np.abs(expected).max()), 1e-12) if expected.size else 1.0


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= SAME * max(abs(b), 1e-12)


def _close(expected: Array, got: Array) -> bool:
    return bool(np.isfinite(got).all() and (np.abs(expected - got) <= SAME * _scale(expected)).all())
