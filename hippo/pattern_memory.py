"""Memories that keep their patterns instead of weights.

Their energy depends on a state through its overlaps with the patterns alone, m = X s, so a field
costs O(P N) and a sweep too: a unit that flips moves every overlap by ±2.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_matrix, check_values
from hippo.hopfield import HopfieldNetwork
from hippo.learning_rules import check_exact, hebb
from hippo.memory import BipolarMemory, Ties
from hippo.patterns import sign

__all__ = ["LowRankHopfield", "PatternMemory", "hebb_memory"]


class PatternMemory(BipolarMemory):
    """A bipolar memory that is a function of the overlaps m_μ = ξ^μ·s, not divided by N."""

    #: X, (P, N), bipolar.
    patterns: Tensor

    def check_patterns(self) -> None:
        """Refuse what is no set of patterns; subclasses call it when they are made."""
        check_matrix("patterns", self.patterns, "(..., P, N)")
        check_values("patterns", self.patterns, (-1, 1))

    @property
    def parameters(self) -> Tensor:
        """The patterns."""
        return self.patterns

    @abstractmethod
    def field_from(self, overlaps: Tensor, state: Tensor, patterns: Tensor) -> Tensor:
        """Return the fields of some units.

        overlaps (..., P) of the whole state; the units' states (..., n); their part of the
        patterns (P, n); the result (..., n).
        """

    def field(self, state: Tensor) -> Tensor:
        """Return the field of every unit, (..., N)."""
        return self.field_from(state @ self.patterns.mT, state, self.patterns)

    def sweep(self, state: Tensor, order: Tensor) -> Tensor:
        """Update every unit once, one after the other, and the overlaps with it."""
        state = state.clone()
        overlaps = state @ self.patterns.mT
        for unit in order.tolist():
            before, column = state[..., unit : unit + 1].clone(), self.patterns[..., unit : unit + 1]
            field = self.field_from(overlaps, before, column)
            after = sign(field, previous=before if self.ties == "keep" else None)
            state[..., unit : unit + 1] = after
            overlaps = overlaps + (after - before) * column.mT
        return state


@dataclass(frozen=True, eq=False)
class LowRankHopfield(PatternMemory):
    """Hebb's network without its weight matrix: the same fields, N times those of `hebb`.

    E = −½ (Σ_μ m_μ² − P s·s); h = Xᵀ(X s) − P s, whole numbers.

    Parameters
    ----------
    patterns
        (..., P, N), bipolar; P·N at most what the dtype counts exactly, 2²⁴ in float32.
    ties
        As in `hopfield.recall`.

    Notes
    -----
    4 P N operations per update and P N numbers to keep, against 2 N² and N² of the weights: it
    pays for P < N/2.

    Example
    -------
    >>> import torch
    >>> LowRankHopfield(torch.tensor([[1.0, -1.0, 1.0]])).field(torch.tensor([1.0, -1.0, -1.0]))
    tensor([0., 0., 2.])
    """

    patterns: Tensor
    ties: Ties = "keep"

    def __post_init__(self) -> None:
        """Refuse what is no set of patterns, and more than can be counted."""
        self.check_patterns()
        check_exact(self.patterns.shape[-2] * self.patterns.shape[-1], self.patterns.dtype)

    def energy(self, state: Tensor) -> Tensor:
        """Evaluate E, N times that of the weights of `hebb`."""
        overlaps = state @ self.patterns.mT
        return (self.patterns.shape[-2] * state.square().sum(-1) - overlaps.square().sum(-1)) / 2

    def field_from(self, overlaps: Tensor, state: Tensor, patterns: Tensor) -> Tensor:
        """Sum over the patterns; the diagonal, P, is taken out."""
        if overlaps.ndim == patterns.ndim == 2:
            return torch.addmm(state, overlaps, patterns, beta=-patterns.shape[-2])  # the same in one go
        return overlaps @ patterns - patterns.shape[-2] * state


def hebb_memory(patterns: Tensor, ties: Ties = "keep") -> BipolarMemory:
    """Store patterns by Hebb's rule in whichever form is cheaper to recall from.

    Parameters
    ----------
    patterns
        (..., P, N), bipolar.
    ties
        As in `hopfield.recall`.

    Returns
    -------
    BipolarMemory
        Without weights if P < N/2, else with the weights N·J. Both recall the same, bit by bit.

    Example
    -------
    >>> import torch
    >>> x = torch.tensor([[1.0, -1.0, 1.0]])
    >>> type(hebb_memory(x)).__name__, type(hebb_memory(x.repeat(2, 1))).__name__
    ('LowRankHopfield', 'HopfieldNetwork')
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    if 2 * patterns.shape[-2] < patterns.shape[-1]:
        return LowRankHopfield(patterns, ties)
    return HopfieldNetwork(hebb(patterns, integer=True), ties=ties)
