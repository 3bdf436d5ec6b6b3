"""Checks of arguments at the public boundary."""

from __future__ import annotations

from torch import Tensor

__all__ = ["check_count", "check_floating", "check_fraction", "check_matrix", "check_positive", "check_values"]


def shape_text(tensor: Tensor) -> str:
    """Write a shape as a sentence shows it, "(3, 784)"."""
    return str(tuple(tensor.shape))


def check_floating(name: str, tensor: Tensor) -> None:
    """Refuse a tensor of whole numbers: sums of uint8 wrap around without a word."""
    if not tensor.is_floating_point():
        raise ValueError(f"{name}: expected a floating-point tensor, got {tensor.dtype}")


def check_matrix(name: str, tensor: Tensor, expected: str) -> None:
    """Refuse anything but a non-empty (..., rows, columns) of floating-point numbers."""
    check_floating(name, tensor)
    if tensor.ndim < 2 or tensor.numel() == 0:
        raise ValueError(f"{name}: expected shape {expected}, not empty, got {shape_text(tensor)}")


def check_values(name: str, tensor: Tensor, allowed: tuple[int, ...]) -> None:
    """Refuse a tensor that holds any other value than the allowed ones."""
    wrong = (tensor != allowed[0]).logical_and_(tensor != allowed[1])
    for value in allowed[2:]:
        wrong &= tensor != value
    if bool(wrong.any()):
        values = ", ".join(f"{value:+d}" if value else "0" for value in allowed)
        raise ValueError(f"{name}: expected the values {values} only, got {float(tensor[wrong][0]):g}")


def check_fraction(name: str, value: float) -> None:
    """Refuse a probability or a share outside [0, 1]."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name}: expected a number from 0 to 1, got {value!r}")


def check_count(name: str, value: int, least: int = 1) -> None:
    """Refuse a count below its least value."""
    if isinstance(value, bool) or value != int(value) or value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, got {value!r}")


def check_positive(name: str, value: float) -> None:
    """Refuse zero, negative numbers and nan."""
    if not value > 0:
        raise ValueError(f"{name}: expected a number above 0, got {value!r}")
