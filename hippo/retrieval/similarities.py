"""How alike a state and each stored pattern are: one number per pattern, the larger the more.

Every function takes patterns M, (..., N, D), and states, (..., B, D), and returns (..., B, N); none
makes anything of size B·N·D. Distances come negative, so that a softmax of any of them is a retrieval
rule (Millidge et al. 2022, arXiv 2202.04557, extended to mean-centred cosine).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

__all__ = [
    "SIMILARITIES",
    "Similarity",
    "correlation",
    "cosine",
    "dot",
    "euclidean",
    "inverse_euclidean",
    "inverse_manhattan",
    "manhattan",
]

Similarity = Callable[[Tensor, Tensor], Tensor]

#: Below this a distance counts as 0, so that its inverse stays finite.
SMALLEST = 1e-12


def dot(patterns: Tensor, states: Tensor) -> Tensor:
    """Return z·m_i, the similarity of modern Hopfield networks.

    >>> dot(torch.eye(2), torch.tensor([[3.0, 4.0]]))
    tensor([[3., 4.]])
    """
    return states @ patterns.mT


def euclidean(patterns: Tensor, states: Tensor) -> Tensor:
    """Return −½ ‖z − m_i‖², the similarity of a Gaussian mixture with unit variance.

    −½ ‖z − m‖² = z·m − ½ ‖m‖² − ½ ‖z‖²: one matrix product instead of a difference per pair.

    >>> euclidean(torch.eye(2), torch.zeros(1, 2))
    tensor([[-0.5000, -0.5000]])
    """
    half = patterns.square().sum(-1) / 2
    return states @ patterns.mT - half[..., None, :] - states.square().sum(-1, keepdim=True) / 2


def manhattan(patterns: Tensor, states: Tensor) -> Tensor:
    """Return −Σ_d |z_d − m_id|, O(B N D) time.

    >>> manhattan(torch.eye(2), torch.zeros(1, 2))
    tensor([[-1., -1.]])
    """
    return -torch.cdist(states, patterns, p=1.0)


def cosine(patterns: Tensor, states: Tensor) -> Tensor:
    """Return z·m_i / (‖z‖ ‖m_i‖), 0 where one of them is 0.

    >>> cosine(torch.tensor([[0.0, 2.0]]), torch.tensor([[3.0, 4.0]]))
    tensor([[0.8000]])
    """
    return _unit(states) @ _unit(patterns).mT


def correlation(patterns: Tensor, states: Tensor) -> Tensor:
    """Return the cosine of z and m_i after the mean of each is taken off it.

    Gain and offset of an image do not count, so clamped noise, which shrinks contrast, hardly hurts.

    >>> correlation(torch.tensor([[0.0, 1.0]]), torch.tensor([[5.0, 7.0], [1.0, -1.0]]))
    tensor([[ 1.0000],
            [-1.0000]])
    """
    return cosine(patterns - patterns.mean(-1, keepdim=True), states - states.mean(-1, keepdim=True))


def inverse_euclidean(patterns: Tensor, states: Tensor) -> Tensor:
    """Return 1 / ‖z − m_i‖², which separations that need positive numbers take.

    >>> inverse_euclidean(torch.eye(2), torch.zeros(1, 2))
    tensor([[1., 1.]])
    """
    return 1 / (-2 * euclidean(patterns, states)).clamp(min=SMALLEST)


def inverse_manhattan(patterns: Tensor, states: Tensor) -> Tensor:
    """Return 1 / Σ_d |z_d − m_id|.

    >>> inverse_manhattan(torch.eye(2), torch.zeros(1, 2))
    tensor([[1., 1.]])
    """
    return 1 / (-manhattan(patterns, states)).clamp(min=SMALLEST)


def _unit(rows: Tensor) -> Tensor:
    return torch.nn.functional.normalize(rows, dim=-1)


#: Name → similarity.
SIMILARITIES: Mapping[str, Similarity] = MappingProxyType(
    {
        "dot": dot,
        "euclidean": euclidean,
        "manhattan": manhattan,
        "cosine": cosine,
        "correlation": correlation,
        "inverse euclidean": inverse_euclidean,
        "inverse manhattan": inverse_manhattan,
    }
)
