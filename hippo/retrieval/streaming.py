"""One read of a mixture from a memory too large for all weights at once.

A running maximum and a running sum make the softmax exact (Milakov & Gimelshein 2018, arXiv
1805.02867), so that memory stays O(B D + B · chunk) whatever N is.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_count, check_positive
from hippo.retrieval.kernel import check_states

__all__ = ["stream_mixture_step"]


def stream_mixture_step(patterns: Tensor, states: Tensor, sigma: float, chunk: int = 65536) -> tuple[Tensor, Tensor]:
    """Make one fixed-point step over patterns in chunks.

    z ← Σ_i w_i m_i, w = softmax(−‖z − m_i‖² / 2σ²), as `mixture_step`.

    Parameters
    ----------
    patterns
        M, (N, D).
    states
        (B, D).
    sigma
        σ, above 0.
    chunk
        Patterns looked at together.

    Returns
    -------
    readout, nearest
        (B, D), and the index of the pattern with the largest weight, (B,).

    Example
    -------
    >>> stream_mixture_step(torch.eye(3), torch.eye(3)[:1], sigma=0.1, chunk=2)[0].round()
    tensor([[1., 0., 0.]])
    """
    check_states(patterns, states)
    check_positive("sigma", sigma)
    check_count("chunk", chunk)
    top = states.new_full((len(states),), -torch.inf)
    total = torch.zeros_like(top)
    summed = torch.zeros_like(states)
    nearest = torch.zeros(len(states), dtype=torch.long, device=states.device)
    for start in range(0, len(patterns), chunk):
        part = patterns[start : start + chunk]
        scores = torch.addmm(part.square().sum(-1) / -2, states, part.mT) / sigma**2  # (B, chunk)
        best, where = scores.max(-1)
        nearest = torch.where(best > top, where + start, nearest)
        new_top = torch.maximum(top, best)
        shrink = (top - new_top).exp()
        weights = (scores - new_top[:, None]).exp_()
        total = total * shrink + weights.sum(-1)
        summed = torch.addmm(summed * shrink[:, None], weights, part)
        top = new_top
    return summed / total[:, None], nearest
