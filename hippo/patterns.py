"""Bipolar patterns: +1 for a unit that is on, −1 for a unit that is off."""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_count, check_fraction
from hippo.draws import uniform

__all__ = ["binarize", "random_patterns", "sign"]


def sign(x: Tensor, previous: Tensor | None = None) -> Tensor:
    """Return the sign of every element; the only place where a tie is decided.

    sign(x) = +1 if x > 0, −1 if x < 0; at x = 0 the previous value stays, or +1 without one.

    Parameters
    ----------
    x
        Any shape, floating point.
    previous
        The state before the update, same shape as `x`. A previous 0 ("unknown") also becomes +1.

    Returns
    -------
    Tensor
        ±1, with the shape, dtype and device of `x`.

    Notes
    -----
    `torch.sign(0)` is 0, which is no state of a bipolar unit and spreads through later updates.

    Example
    -------
    >>> sign(torch.tensor([-2.0, 0.0, 3.0]))
    tensor([-1.,  1.,  1.])
    >>> sign(torch.tensor([-2.0, 0.0, 3.0]), previous=torch.tensor([1.0, -1.0, 1.0]))
    tensor([-1., -1.,  1.])
    """
    # x decides, then the previous value, then +1: the sign of 4 sgn x + 2 sgn s + 1. Comparing and
    # selecting instead costs eight times as much, more than the fields of a small network.
    before = 0.0 if previous is None else previous.sign().mul_(2)
    return x.sign().mul_(4).add_(before).add_(1).sign_()


def binarize(images: Tensor, threshold: float = 0.5) -> Tensor:
    """Turn grey images into bipolar ones.

    x = +1 if v > threshold, else −1, where v is the brightness from 0 to 1.

    Parameters
    ----------
    images
        Any shape; uint8 from 0 to 255, or floating point from 0 to 1.
    threshold
        From 0 to 1; a pixel exactly at the threshold becomes −1.

    Returns
    -------
    Tensor
        ±1, same shape; the dtype of floating-point images, else float32.

    Example
    -------
    >>> binarize(torch.tensor([[0, 127, 128, 255]], dtype=torch.uint8))
    tensor([[-1., -1.,  1.,  1.]])
    """
    check_fraction("threshold", threshold)
    if images.dtype == torch.uint8:
        images = images.float() / 255
    elif not images.is_floating_point():
        raise ValueError(f"images: expected uint8 or floating point, got {images.dtype}")
    one = torch.ones((), dtype=images.dtype, device=images.device)
    return torch.where(images > threshold, one, -one)


def random_patterns(
    n_patterns: int,
    n_units: int,
    *,
    p_up: float = 0.5,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Draw independent random bits, +1 with probability `p_up`.

    x_i = +1 if u_i < p_up, else −1, with u_i uniform on [0, 1).

    Parameters
    ----------
    n_patterns, n_units
        P and N, at least 1.
    p_up
        From 0 to 1. Two patterns overlap by (2 p_up − 1)² on average.
    generator
        Source of the randomness.
    dtype, device
        Of the result.

    Returns
    -------
    Tensor
        (P, N), ±1.

    Example
    -------
    >>> random_patterns(2, 3, p_up=1.0, generator=torch.Generator())
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """
    check_count("n_patterns", n_patterns)
    check_count("n_units", n_units)
    check_fraction("p_up", p_up)
    up = uniform((n_patterns, n_units), generator, torch.device(device)) < p_up
    one = torch.ones((), dtype=dtype, device=up.device)
    return torch.where(up, one, -one)
