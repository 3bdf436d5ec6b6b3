"""The modern Hopfield network: continuous states that settle by attention to the patterns."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import torch
from torch import Tensor

from hippo.arguments import check_matrix, check_positive
from hippo.memory import Memory

__all__ = ["ModernHopfield"]


@dataclass(frozen=True, eq=False)
class ModernHopfield(Memory):
    """A memory of real-valued patterns whose update is a softmax over them.

    E = −lse(β, X s) + ½ sᵀs + (1/β) ln P + ½ M², lse(β, z) = (1/β) ln Σ_μ exp(β z_μ),
    M = max_μ ‖ξ^μ‖; s ← softmax(β s Xᵀ) X, one minimisation of its convex part (Ramsauer et al.
    2020, arXiv 2008.02217, eqs. 2 and 3).

    Parameters
    ----------
    patterns
        X, (..., P, N), any real values; those of one norm are stored best.
    beta
        β, above 0: large values pick one pattern, small ones average over many.

    Example
    -------
    >>> memory = ModernHopfield(torch.eye(2), beta=20.0)
    >>> memory.update(torch.tensor([0.9, 0.1]))
    tensor([1.0000e+00, 1.1254e-07])
    """

    patterns: Tensor
    beta: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no set of patterns, and β without a pull."""
        check_matrix("patterns", self.patterns, "(..., P, N)")
        check_positive("beta", self.beta)

    @property
    def parameters(self) -> Tensor:
        """The patterns."""
        return self.patterns

    def energy(self, state: Tensor) -> Tensor:
        """Evaluate E, from 0 to 2 M² within the patterns' convex hull; no update can raise it."""
        lse = torch.logsumexp(self.beta * (state @ self.patterns.mT), dim=-1) / self.beta
        largest = self.patterns.square().sum(-1).amax(-1)
        return -lse + state.square().sum(-1) / 2 + log(self.patterns.shape[-2]) / self.beta + largest / 2

    def update(self, state: Tensor) -> Tensor:
        """Average the patterns by how much the state resembles them."""
        return torch.softmax(self.beta * (state @ self.patterns.mT), dim=-1) @ self.patterns
