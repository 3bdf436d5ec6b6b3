"""Compare what a student's code returned with what was expected, in float64, and say what differs."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograder.plaintext import without_addresses

#: Values larger than this are described, not stored, in a record.
MAX_SHOWN_ELEMENTS = 10_000


class Mismatch(AssertionError):
    """An answer that does not hold.

    `message` may name values and is for visible properties; `safe` is drawn from a closed list
    and may be shown for hidden ones; `detail` carries expected and got for pictures.
    """

    def __init__(self, message: str, safe: str, detail: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.safe = safe
        self.detail = detail


def require_same(got: Any, expected: Any, atol: float, rtol: float) -> None:
    """Raise `Mismatch` unless |got - expected| ≤ atol + rtol·|expected| for every element.

    Exact shape first (a 0-d tensor, a plain number and a single element all count as a scalar),
    then numbers only, then finite, then the values; everything in float64. Other values
    (text, None, booleans) must be equal.
    """
    want = _array(expected)
    if want is None:
        if type(got) is not type(expected) or got != expected:
            raise Mismatch(
                f"expected {_short(expected)}, got {_short(got)}",
                "the value is not the expected one",
                _detail(expected, got, ""),
            )
        return
    have = _array(got)
    tolerance = f"{atol:g} + {rtol:g}·|expected|" if rtol else f"{atol:g}"
    if have is None:
        raise Mismatch(
            f"expected {_describe(want)}, got {_short(got)}",
            "the result is not of the expected kind",
            _detail(expected, got, tolerance),
        )
    if want.size == 1 and want.ndim == 0 and have.size == 1:
        have = have.reshape(())
    if have.shape != want.shape:
        raise Mismatch(
            f"expected shape {_shape(want)}, got shape {_shape(have)}",
            "the result has another shape",
            _detail(want, have, tolerance),
        )
    if not np.isfinite(have).all() and np.isfinite(want).all():
        raise Mismatch(
            "the result holds NaN or infinite values",
            "the result holds NaN or infinite values",
            _detail(want, have, tolerance),
        )
    with np.errstate(invalid="ignore"):
        gap = np.where(have == want, 0.0, np.abs(have - want))
        wrong = ~(gap <= atol + rtol * np.abs(want))
    if wrong.any():
        raise Mismatch(
            _worst(have, want, gap, wrong, tolerance),
            "the values differ from the reference",
            _detail(want, have, tolerance),
        )


def _worst(have: Any, want: Any, gap: Any, wrong: Any, tolerance: str) -> str:
    if want.ndim == 0:
        return f"expected {want.item():.6g}, got {have.item():.6g} (tolerance {tolerance})"
    place = np.unravel_index(int(np.argmax(np.where(wrong, np.nan_to_num(gap, nan=np.inf), -1.0))), want.shape)
    where = ", ".join(str(int(i)) for i in place)
    return (
        f"{int(wrong.sum())} of {want.size} values differ, most at [{where}]: "
        f"expected {want[place]:.6g}, got {have[place]:.6g} (tolerance {tolerance})"
    )


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")  # before anybody has imported it, nothing can be a tensor
    return torch is not None and isinstance(value, torch.Tensor)


def _array(value: Any) -> Any | None:
    """`value` as a float64 array, or None where it is not made of real numbers."""
    if _is_tensor(value):
        value = value.detach().cpu()
        return value.double().numpy() if not value.is_complex() else None
    if isinstance(value, bool | int | float | np.ndarray | np.generic | list | tuple):
        try:
            array = np.asarray(value)
            return array.astype(np.float64) if array.dtype.kind in "biuf" else _stack(value)
        except (ValueError, TypeError):
            return _stack(value)
    return None


def _stack(value: Any) -> Any | None:
    """A list or tuple of equally shaped tensors or numbers as one array."""
    if not isinstance(value, list | tuple) or not value:
        return None
    rows = [array for array in map(_array, value) if array is not None]
    if len(rows) < len(value) or len({row.shape for row in rows}) > 1:
        return None
    return np.stack(rows)


def as_value(value: Any) -> dict[str, Any]:
    """`value` as a record stores it: {"shape", "data"} for arrays, else {"text"}."""
    array = _array(value)
    if array is None or array.size > MAX_SHOWN_ELEMENTS:
        return {"text": _short(value) if array is None else _describe(array)}
    data = np.vectorize(_json_number, otypes=[object])(array).tolist() if array.size else array.tolist()
    return {"shape": list(array.shape), "data": data}


def _json_number(number: float) -> float | str:
    # JSON has no NaN and no infinity
    return float(f"{number:.6g}") if np.isfinite(number) else str(number)


def _detail(expected: Any, got: Any, tolerance: str) -> dict[str, Any]:
    return {"expected": as_value(expected), "got": as_value(got), "tolerance": tolerance}


def _shape(array: Any) -> str:
    return f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"


def _describe(array: Any) -> str:
    return f"a number such as {array.item():.6g}" if array.ndim == 0 else f"an array of shape {_shape(array)}"


def _short(value: Any) -> str:
    if _is_tensor(value) or isinstance(value, np.ndarray):
        return f"an array of shape ({', '.join(map(str, value.shape))})"
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    text = without_addresses(repr(value) if isinstance(value, str) else f"{type(value).__name__} {value!r}")
    return text if len(text) <= 80 else text[:77] + "..."
