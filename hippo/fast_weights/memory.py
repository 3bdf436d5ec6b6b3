"""The fast memory of a recurrent network, as a matrix and as attention to the states that wrote it.

Both read A v without parameters of their own. The matrix costs H² numbers and about 5 H² operations
a step and example; attention keeps the t states seen so far, t·H numbers, and reads them with 4 t·H
operations, which is less as long as sequences are shorter than the state.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import pad

__all__ = ["AttentionMemory", "FastMemory", "MatrixMemory", "Write"]

Write = Literal["hebb", "storkey"]


@dataclass
class FastMemory(ABC):
    """What was written, A, starting from nothing; one memory per example of a batch.

    Hebb:     A ← λ A + η h hᵀ  (Ba et al. 2016, eq. 1)
    Storkey:  B = A + h hᵀ/H,  q = B h,  A ← λ A + η (B − q hᵀ − h qᵀ)/H
    """

    #: λ, what is kept of the memory at every write.
    decay: float
    #: η.
    rate: float
    rule: Write = "hebb"

    @abstractmethod
    def write(self, h: Tensor) -> None:
        """Write states, (B, H), one per example. What was read before is left as it is."""

    @abstractmethod
    def read(self, v: Tensor) -> Tensor:
        """Return A v for v (B, H), (B, H)."""


@dataclass
class MatrixMemory(FastMemory):
    """A itself."""

    #: A, (B, H, H), None before the first write.
    matrix: Tensor | None = None

    def write(self, h: Tensor) -> None:
        """Apply the rule as it is written above."""
        outer = h[:, :, None] * h[:, None, :]  # (B, H, H)
        if self.rule == "hebb":
            written = self.rate * outer
        else:
            n = h.shape[-1]
            b = outer / n if self.matrix is None else self.matrix + outer / n
            q = (b @ h[:, :, None])[:, :, 0]
            qh = q[:, :, None] * h[:, None, :]
            written = self.rate / n * (b - qh - qh.mT)
        self.matrix = written if self.matrix is None else self.decay * self.matrix + written

    def read(self, v: Tensor) -> Tensor:
        """Multiply by the matrix."""
        return torch.zeros_like(v) if self.matrix is None else (self.matrix @ v[:, :, None])[:, :, 0]


@dataclass
class AttentionMemory(FastMemory):
    """The states that were written, and how strongly each pair of them is held: A = Σ_τσ M_τσ h_τ h_σᵀ.

    Hebb's rule holds no pairs of different states: A v = η Σ_τ λ^(t−1−τ) h_τ (h_τ·v) (Ba et al.
    2016, eq. 5), with the same weights for every example.
    """

    #: (t, B, H), oldest first, None before the first write. Time comes first: the products are many
    #: and small, and sums over whole rows are twice as fast as a small matrix product per example.
    states: Tensor | None = None
    #: M: its diagonal (t, 1, 1) with Hebb's rule, (B, t, t) with Storkey's.
    held: Tensor | None = None

    def write(self, h: Tensor) -> None:
        """Keep the state, and let the older ones fade."""
        self.states = h[None] if self.states is None else torch.cat([self.states, h[None]])
        if self.rule == "hebb":
            now = h.new_full((1, 1, 1), self.rate)
            self.held = now if self.held is None else torch.cat([self.decay * self.held, now])
        else:
            self.held = self._storkey(h)

    def read(self, v: Tensor) -> Tensor:
        """Compare v with every state, and sum the states as strongly as they are like it and held."""
        if self.states is None or self.held is None:
            return torch.zeros_like(v)
        alike = (self.states * v).sum(dim=-1, keepdim=True)  # (t, B, 1), h_τ·v
        weights = self.held * alike if self.rule == "hebb" else (self.held @ alike.transpose(0, 1)).transpose(0, 1)
        return (weights * self.states).sum(dim=0)  # (B, H)

    def _storkey(self, h: Tensor) -> Tensor:
        """Write Storkey's rule for M; h is the last state, so e = (0, …, 0, 1)ᵀ are its coefficients."""
        assert self.states is not None
        t, batch, n = self.states.shape
        old = h.new_zeros(batch, t, t) if self.held is None else pad(self.held, (0, 1, 0, 1))
        ee = torch.zeros_like(old)
        ee[:, -1, -1] = 1
        b = old + ee / n  # B as M is A
        q = b @ (self.states * h).sum(dim=-1).T[:, :, None]  # (B, t, 1), coefficients of B h
        qe = pad(q, (t - 1, 0))  # (B, t, t), q eᵀ
        return self.decay * old + self.rate / n * (b - qe - qe.mT)
