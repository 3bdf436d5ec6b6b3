"""When a retrieval has succeeded: five definitions, trial by trial."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_positive, shape_text
from hippo.predictive_coding.retrieval import History, nearest_prototype

__all__ = ["Success", "dwelling", "success"]


@dataclass(frozen=True)
class Success:
    """Which chains have succeeded after each trial, bool (S, B) each."""

    #: The cause is within `radius` of the right prototype.
    within: Tensor
    #: The right prototype is the nearest one.
    nearest: Tensor
    #: `within` now or in any trial before.
    visited: Tensor
    #: The right prototype is nearest to the cause with the lowest free-run error so far.
    best_so_far: Tensor
    #: The free-run error is below `threshold`.
    generated: Tensor


def success(
    history: History, prototypes: Tensor, right: Tensor, *, radius: float = 0.1, threshold: float = 0.2
) -> Success:
    """Judge every trial of every chain.

    Parameters
    ----------
    history
        Of S trials and B chains.
    prototypes
        μ, (K, d_c).
    right
        Which prototype each chain should find, (B,).
    radius
        Of the circle round a prototype; the published figures draw 0.1.
    threshold
        Of the free-run error. Prototypes themselves err by 0.1 on average where τ = 50, so that a
        threshold of 0.1 would call half of all perfect retrievals failures.
    """
    check_positive("radius", radius)
    check_positive("threshold", threshold)
    prototypes = prototypes.detach()
    if right.shape != history.causes.shape[1:2]:
        raise ValueError(f"right: expected one prototype for each of B chains, got {shape_text(right)}")
    within = torch.linalg.vector_norm(history.causes - prototypes[right], dim=-1) < radius  # (S, B)
    nearest = nearest_prototype(history.causes, prototypes) == right
    least = history.errors.cummin(dim=0)
    return Success(
        within, nearest, within.cummax(dim=0).values, nearest.gather(0, least.indices), history.errors < threshold
    )


def dwelling(within: Tensor) -> tuple[float, float]:
    """Estimate from bool (S, B) how likely a chain stays in the right circle, and how likely it enters.

    Returns
    -------
    stay, enter
        Per trial. A two-state process with these has the stationary share enter / (enter + 1 − stay).
        nan where no chain was ever in, or out.

    Example
    -------
    >>> dwelling(torch.tensor([[False], [True], [True], [False], [True]]))
    (0.5, 1.0)
    """
    before, after = within[:-1], within[1:]
    return float(after[before].double().mean()), float(after[~before].double().mean())
