"""Dense memories: energies steeper than a square, which hold far more patterns than units.

E = −Σ_μ F(ξ^μ·s) (Krotov & Hopfield 2016, arXiv 1606.01164); Hebb's network is F(m) = m²/2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cosh, sinh

import torch
from torch import Tensor

from hippo.arguments import check_count, check_positive
from hippo.memory import Ties
from hippo.pattern_memory import PatternMemory

__all__ = ["ExponentialMemory", "PolynomialMemory"]


@dataclass(frozen=True, eq=False)
class PolynomialMemory(PatternMemory):
    """A memory whose energy is a power of the overlaps.

    E = −Σ_μ F(m_μ), F(m) = mⁿ, or max(m, 0)ⁿ if rectified (Krotov & Hopfield 2016).

    Parameters
    ----------
    patterns
        (..., P, N), bipolar; computed in float64.
    degree
        n, at least 2. For even degrees the negatives of the patterns are stored too; n = 2 recalls
        exactly what Hebb's rule recalls.
    rectified
        Whether patterns that point away count nothing.
    ties
        As in `hopfield.recall`.

    Notes
    -----
    Whole numbers, exact while P (N + 2)ⁿ stays below 2⁵². O(P N) per update.

    Example
    -------
    >>> x = torch.tensor([[1.0, -1.0, 1.0]])
    >>> PolynomialMemory(x, degree=3).field(torch.tensor([1.0, -1.0, -1.0], dtype=torch.float64))
    tensor([ 1., -1., 13.], dtype=torch.float64)
    """

    patterns: Tensor
    degree: int = 3
    rectified: bool = False
    ties: Ties = "keep"

    def __post_init__(self) -> None:
        """Refuse what is no set of patterns, and degrees without attractors."""
        self.check_patterns()
        check_count("degree", self.degree, least=2)
        object.__setattr__(self, "patterns", self.patterns.double())

    def energy(self, state: Tensor) -> Tensor:
        """Evaluate E."""
        return -self._power(state @ self.patterns.mT).sum(-1)

    def field_from(self, overlaps: Tensor, state: Tensor, patterns: Tensor) -> Tensor:
        """Halve the energy that each unit saves by being up.

        A flip of unit i moves m_μ by −2 ξ_i s_i, to m_μ − 2 where it agreed, to m_μ + 2 where not.
        With A = F(m) − F(m − 2) and B = F(m) − F(m + 2):
        h_i = ¼ [s_i Σ_μ (A_μ + B_μ) + Σ_μ (A_μ − B_μ) ξ_i^μ].
        """
        here, below, above = (self._power(overlaps + shift) for shift in (0, -2, 2))
        curvature = (2 * here - below - above).sum(-1, keepdim=True)
        fields = (state * curvature + (above - below) @ patterns) / 4
        unknown = state == 0
        if bool(unknown.any()):
            slope = (self._power(overlaps + 1) - self._power(overlaps - 1)) @ patterns / 2
            fields = torch.where(unknown, slope, fields)
        return fields

    def _power(self, overlaps: Tensor) -> Tensor:
        return (overlaps.clamp(min=0) if self.rectified else overlaps) ** self.degree


@dataclass(frozen=True, eq=False)
class ExponentialMemory(PatternMemory):
    """A memory whose energy is exponential in the overlaps.

    E = −(1/β) ln Σ_μ exp(β m_μ): the logarithm of Σ_μ F(m_μ), F(m) = exp(β m) (Demircigil et al.
    2017, J. Stat. Phys. 168:288, β = 1), which has the same minima and never overflows.

    Parameters
    ----------
    patterns
        (..., P, N), bipolar.
    beta
        β, above 0.
    ties
        As in `hopfield.recall`.

    Example
    -------
    >>> x = torch.tensor([[1.0, -1.0, 1.0]])
    >>> ExponentialMemory(x).field(torch.tensor([1.0, -1.0, -1.0]))
    tensor([ 1.0000, -1.0000,  1.0000])
    """

    patterns: Tensor
    beta: float = 1.0
    ties: Ties = "keep"

    def __post_init__(self) -> None:
        """Refuse what is no set of patterns, and β without a pull."""
        self.check_patterns()
        check_positive("beta", self.beta)

    def energy(self, state: Tensor) -> Tensor:
        """Evaluate E."""
        return -torch.logsumexp(self.beta * (state @ self.patterns.mT), dim=-1) / self.beta

    def field_from(self, overlaps: Tensor, state: Tensor, patterns: Tensor) -> Tensor:
        """Halve the energy that each unit saves by being up.

        With q_i = Σ_μ softmax(β m)_μ ξ_i^μ a flip multiplies the sum in E by
        cosh 2β − s_i q_i sinh 2β, so h_i = −s_i ln(cosh 2β − s_i q_i sinh 2β) / 2β.
        """
        beta = self.beta
        q = torch.softmax(beta * overlaps, dim=-1) @ patterns
        fields = -state * (cosh(2 * beta) - state * q * sinh(2 * beta)).log() / (2 * beta)
        pull = ((cosh(beta) + q * sinh(beta)) / (cosh(beta) - q * sinh(beta))).log() / (2 * beta)
        return torch.where(state == 0, pull, fields)
