"""Storkey's rule: each pattern is stored after subtracting what the weights already say about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import torch
from torch import Tensor

from hippo.arguments import check_count, check_matrix, check_values, shape_text
from hippo.learning_rules import without_self_coupling

__all__ = ["Form", "learn", "storkey", "storkey_prefixes"]

Form = Literal["canonical", "rank-2"]


def storkey(patterns: Tensor, form: Form = "canonical") -> Tensor:
    """Store patterns by Storkey's rule, one after the other.

    J⁰ = 0; J_ij^ν = J_ij^{ν−1} + (1/N) [x_i x_j − x_i h_ji − h_ij x_j],
    h_ij = Σ_{k≠i,j} J_ik^{ν−1} x_k (Storkey 1997, ICANN, LNCS 1327:451).

    Parameters
    ----------
    patterns
        (..., P, N), bipolar.
    form
        "canonical": as above, with J_ii = 0 all along. "rank-2": fields over all k, g = K x, and
        the diagonal kept until the end; the same in the limit N → ∞, and often printed as the rule.

    Returns
    -------
    Tensor
        (..., N, N), symmetric with a zero diagonal, dtype of the patterns.

    Notes
    -----
    The sign of the first term is that of Hebb's rule: one pattern gives + x xᵀ/N. Fields that
    include the pattern's own outer product turn all of it around, to −K; a network of −K alternates
    between a pattern and its negative, and an even number of steps hides it. O(P N²).

    Example
    -------
    >>> storkey(torch.tensor([[1.0, -1.0]]))
    tensor([[ 0.0000, -0.5000],
            [-0.5000,  0.0000]])
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    return next(storkey_prefixes(patterns, [patterns.shape[-2]], form))


def storkey_prefixes(patterns: Tensor, loads: Iterable[int], form: Form = "canonical") -> Iterator[Tensor]:
    """Yield the weights after the first P patterns, for each P of `loads`.

    Parameters
    ----------
    patterns
        (..., P_max, N), bipolar; each is learnt once.
    loads
        Increasing numbers P from 0 to P_max.
    form
        As in `storkey`.

    Yields
    ------
    Tensor
        (..., N, N), what `storkey` gives for the first P patterns.

    Example
    -------
    >>> x = torch.tensor([[1.0, -1.0], [1.0, 1.0]])
    >>> [float(w[0, 1]) for w in storkey_prefixes(x, [1, 2])]
    [-0.5, 0.0]
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    check_values("patterns", patterns, (-1, 1))
    if form not in ("canonical", "rank-2"):
        raise ValueError(f"form: expected 'canonical' or 'rank-2', got {form!r}")
    *batch, n_patterns, n_units = patterns.shape
    rows = patterns.reshape(-1, n_patterns, n_units)  # (B, P, N)
    weights = rows.new_zeros(len(rows), n_units, n_units)
    learnt = 0
    for load in loads:
        check_count("loads", load, least=learnt)
        if load > n_patterns:
            raise ValueError(f"loads: expected at most {n_patterns}, the number of patterns, got {load}")
        for mu in range(learnt, load):
            _learn(weights, rows[:, mu], form)
        learnt = load
        yield without_self_coupling(weights).reshape(*batch, n_units, n_units)


def learn(weights: Tensor, pattern: Tensor, form: Form = "canonical") -> Tensor:
    """Store one more pattern in weights that hold others.

    Parameters
    ----------
    weights
        (N, N), zeros to begin with. The rank-2 form needs its diagonal kept from pattern to
        pattern; take it out with `without_self_coupling` at the end.
    pattern
        x, (N,), bipolar.
    form
        As in `storkey`.

    Returns
    -------
    Tensor
        (N, N), new; O(N²) however many patterns the weights hold.

    Example
    -------
    >>> learn(torch.zeros(2, 2), torch.tensor([1.0, -1.0]), form="rank-2")
    tensor([[ 0.5000, -0.5000],
            [-0.5000,  0.5000]])
    """
    check_matrix("weights", weights, "(N, N)")
    if weights.ndim != 2 or pattern.shape != weights.shape[:1] or weights.shape[0] != weights.shape[1]:
        raise ValueError(
            f"pattern: expected shape ({weights.shape[-1]},) for weights (N, N), got {shape_text(pattern)} "
            f"for weights {shape_text(weights)}"
        )
    check_values("pattern", pattern, (-1, 1))
    learnt = weights.clone()
    _learn(learnt[None], pattern[None], form)
    return learnt


def _learn(weights: Tensor, x: Tensor, form: Form) -> None:
    """Add one pattern per network, x (B, N), to weights (B, N, N), in place.

    K ← K + (x xᵀ − x gᵀ − g xᵀ)/N = K + U Vᵀ/N with U = [x, −g], V = [x − g, x], g = K x.
    With J_ii = 0 the canonical h_ij x_j is g_i x_j − J_ij because x_j² = 1. So the canonical form
    is the same product, with J scaled by 1 + 2/N before and the diagonal cleared after.
    """
    n_units = x.shape[-1]
    g = torch.einsum("bij,bj->bi", weights, x)
    u = torch.stack([x, -g], dim=-1)  # (B, N, 2)
    v = torch.stack([x - g, x], dim=-1)
    scale = 1 + 2 / n_units if form == "canonical" else 1.0
    weights.baddbmm_(u, v.mT, beta=scale, alpha=1 / n_units)
    if form == "canonical":
        weights.diagonal(dim1=-2, dim2=-1).zero_()
