"""The Gaussian-mixture memory: every stored pattern is the mean of a Gaussian of one width.

p(z|M) = (1/N) Σ_i N(z; m_i, σ² 1) (Annabi, Pitti, Quoy 2022, arXiv 2210.08013).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from hippo.arguments import check_positive
from hippo.retrieval.kernel import Retrieval, biased_product, check_states, iterate_weights
from hippo.retrieval.separations import clear_weights
from hippo.retrieval.similarities import euclidean

__all__ = ["mixture_energy", "mixture_pull", "mixture_step", "retrieve_by_gram", "retrieve_from_mixture"]


def mixture_step(patterns: Tensor, states: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
    """Make one fixed-point step: the mean of the patterns by their responsibilities.

    w_i = softmax_i(−‖z − m_i‖² / 2σ²), z ← Σ_i w_i m_i. In w, ½‖z‖² cancels, so the score is
    (z·m_i − ½ ‖m_i‖²)/σ²: modern Hopfield with β = 1/σ² and a bias against large norms.

    Returns
    -------
    readout, weights
        (..., B, D) and (..., B, N). Two matrix products, memory O(B (N + D)).

    Example
    -------
    >>> mixture_step(torch.tensor([[0.0], [1.0]]), torch.tensor([[0.5]]), sigma=1.0)[0]
    tensor([[0.5000]])
    """
    check_positive("sigma", sigma)
    half = patterns.square().sum(-1)[..., None, :] / 2
    weights = clear_weights(biased_product(states, patterns.mT, half, 1 / sigma**2))
    return weights @ patterns, weights


def retrieve_from_mixture(
    patterns: Tensor, cues: Tensor, sigma: float, n_steps: int = 10, tolerance: float | None = 0.0
) -> Retrieval:
    """Iterate the fixed-point step by two matrix products.

    Parameters
    ----------
    patterns
        M, (..., N, D); further dimensions are memories side by side.
    cues
        z⁰, (..., B, D).
    sigma
        σ, above 0. Towards 0 the nearest pattern comes back, towards ∞ the mean of all.
    n_steps
        At least 1.
    tolerance
        Stop when no weight changes by more; None: make all steps.
    """
    check_states(patterns, cues)
    half = patterns.square().sum(-1)[..., None, :] / 2

    def scores(weights: Tensor | None, scale: float) -> Tensor:
        return biased_product(cues if weights is None else weights @ patterns, patterns.mT, half, scale)

    return _iterate(scores, patterns, sigma, n_steps, tolerance)


def retrieve_by_gram(
    patterns: Tensor, cues: Tensor, sigma: float, n_steps: int = 10, tolerance: float | None = 0.0
) -> Retrieval:
    """Iterate the fixed-point step on weights alone, and read out once.

    After the first step z = w M, so z Mᵀ = w G with G = M Mᵀ: w ← softmax((w G − ½ diag G)/σ²).
    Saves time where N is below D; costs memory O(N²).

    Parameters
    ----------
    patterns, cues, sigma, n_steps, tolerance
        As in `retrieve_from_mixture`, with the same result.
    """
    check_states(patterns, cues)
    gram = patterns @ patterns.mT
    half = torch.diagonal(gram, dim1=-2, dim2=-1)[..., None, :] / 2

    def scores(weights: Tensor | None, scale: float) -> Tensor:
        if weights is None:
            return biased_product(cues, patterns.mT, half, scale)
        return biased_product(weights, gram, half, scale)

    return _iterate(scores, patterns, sigma, n_steps, tolerance)


def mixture_energy(patterns: Tensor, states: Tensor, sigma: float) -> Tensor:
    """Return −log Σ_i exp(−‖z − m_i‖² / 2σ²), (..., B): the prior's part of the free energy, in nats."""
    check_positive("sigma", sigma)
    return -torch.logsumexp(euclidean(patterns, states) / sigma**2, dim=-1)


def mixture_pull(patterns: Tensor, states: Tensor, sigma: float) -> Tensor:
    """Return the gradient of `mixture_energy` in closed form, (z − Σ_i w_i m_i)/σ², (..., B, D)."""
    return (states - mixture_step(patterns, states, sigma)[0]) / sigma**2


def _iterate(
    scores: Callable[[Tensor | None, float], Tensor],
    patterns: Tensor,
    sigma: float,
    n_steps: int,
    tolerance: float | None,
) -> Retrieval:
    """Iterate on weights; `scores` gives those of the state that weights read out, of the cue for None."""
    check_positive("sigma", sigma)
    scale = 1 / sigma**2
    return iterate_weights(lambda weights: clear_weights(scores(weights, scale)), patterns, n_steps, tolerance)
