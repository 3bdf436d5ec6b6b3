"""Whether the right memory came back, measured in ways that do not flatter."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_positive, shape_text

__all__ = ["Success", "bootstrap_interval", "measure", "neighbour_distances"]


@dataclass(frozen=True)
class Success:
    """Measures of the reads of one block, one number per cue, (B,)."""

    #: ‖z − m_b‖ from the read-out to its own pattern.
    distance: Tensor
    #: distance below the threshold: the published success. A wrong pattern nearby counts as right.
    within: Tensor
    #: The nearest pattern is the cue's own; of equally near ones, the first counts.
    identity: Tensor
    #: distance below half the distance from the own pattern to the nearest other: no other is as near.
    relative: Tensor


def measure(patterns: Tensor, readouts: Tensor, threshold: float, neighbours: Tensor | None = None) -> Success:
    """Measure reads of which cue b belongs to pattern b.

    Parameters
    ----------
    patterns
        M, (N, D).
    readouts
        (B, D), B at most N.
    threshold
        Largest distance of a success, in the unit of the codes. The published values, 2 for pixels and
        5 for codes, are arbitrary by their author's word.
    neighbours
        What `neighbour_distances(patterns)` gave, where several models are measured on one memory.

    Example
    -------
    >>> found = measure(torch.tensor([[0.0], [3.0]]), torch.tensor([[2.0], [3.0]]), threshold=2.5)
    >>> found.within, found.identity
    (tensor([True, True]), tensor([False,  True]))
    """
    check_positive("threshold", threshold)
    if readouts.ndim != 2 or len(readouts) > len(patterns) or readouts.shape[1:] != patterns.shape[1:]:
        raise ValueError(
            f"readouts: expected shape (B, {patterns.shape[-1]}) with B up to {len(patterns)}, one per pattern, "
            f"got {shape_text(readouts)}"
        )
    own = (readouts - patterns[: len(readouts)]).norm(dim=-1)
    nearest = torch.cdist(readouts, patterns).argmin(-1)
    right = nearest == torch.arange(len(readouts), device=nearest.device)
    neighbours = neighbour_distances(patterns) if neighbours is None else neighbours
    return Success(own, own < threshold, right, own < neighbours[: len(readouts)] / 2)


def neighbour_distances(patterns: Tensor) -> Tensor:
    """Return the distance from each pattern to the nearest other, (N,); ∞ for a lone one."""
    distances = torch.cdist(patterns, patterns)
    return distances.fill_diagonal_(torch.inf).amin(-1)


def bootstrap_interval(
    blocks: Tensor, generator: torch.Generator, n_draws: int = 1000, level: float = 0.95
) -> tuple[float, float]:
    """Return an interval for the mean over blocks by drawing blocks anew with replacement.

    Cues of one block share a memory, so blocks are drawn, not cues.

    Parameters
    ----------
    blocks
        One mean per block, (n,).
    generator, n_draws
        Source and number of the draws.
    level
        Share of the draws between the bounds.

    Example
    -------
    >>> bootstrap_interval(torch.full((5,), 0.25), torch.Generator())
    (0.25, 0.25)
    """
    drawn = torch.randint(len(blocks), (n_draws, len(blocks)), generator=generator)
    means = blocks.double()[drawn].mean(-1)
    low, high = torch.quantile(means, torch.tensor([(1 - level) / 2, (1 + level) / 2], dtype=torch.float64)).tolist()
    return low, high
