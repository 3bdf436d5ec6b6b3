"""How similarities become the weights of a read: the larger ones are raised above the smaller ones.

Every separation takes scores (..., N) and returns weights (..., N) that add up to 1.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from hippo.arguments import check_positive

__all__ = ["Separation", "clear_weights", "largest", "polynomial", "softmax"]

Separation = Callable[[Tensor], Tensor]


def softmax(beta: float = 1.0) -> Separation:
    """Return w = softmax(β s).

    >>> softmax(100.0)(torch.tensor([0.0, 1.0])).round()
    tensor([0., 1.])
    """
    check_positive("beta", beta)

    def separate(scores: Tensor) -> Tensor:
        return clear_weights(beta * scores)

    return separate


def clear_weights(scores: Tensor) -> Tensor:
    """Return softmax(s) without its weights below 10⁻³⁰, (..., N).

    They add nothing to a sum in float32 or float64, but below 10⁻³⁸ they are denormal, and products
    with them take processors ten times as long.

    >>> clear_weights(torch.tensor([0.0, 95.0]))
    tensor([0., 1.])
    """
    return torch.threshold(torch.softmax(scores, dim=-1), 1e-30, 0.0)


def polynomial(degree: float) -> Separation:
    """Return w_i ∝ max(s_i, 0)ⁿ; weights are equal where no score is above 0.

    >>> polynomial(2.0)(torch.tensor([1.0, 3.0, -5.0]))
    tensor([0.1000, 0.9000, 0.0000])
    """
    check_positive("degree", degree)

    def separate(scores: Tensor) -> Tensor:
        top = scores.amax(-1, keepdim=True)
        # Relative to the largest, so that no power overflows.
        powers = torch.where(top > 0, scores.clamp(min=0) / top, torch.ones_like(scores)) ** degree
        return powers / powers.sum(-1, keepdim=True)

    return separate


def largest(scores: Tensor) -> Tensor:
    """Return 1 for the largest score, the first of several, and 0 for the others.

    >>> largest(torch.tensor([2.0, 5.0, 5.0]))
    tensor([0., 1., 0.])
    """
    return torch.nn.functional.one_hot(scores.argmax(-1), scores.shape[-1]).to(scores.dtype)
