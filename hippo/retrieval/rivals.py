"""Trained rivals of the mixture memory: end-to-end memory network and the reading head of a Turing machine."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from hippo.arguments import check_count
from hippo.retrieval.kernel import Retrieval, check_states

__all__ = ["MemoryNetwork", "TuringRead"]


class MemoryNetwork(nn.Module):
    """A memory network: learnt maps of queries, keys, values and answers.

    u = U z; p = softmax_i(b a (A m_i)·u); o = Σ_i p_i C m_i; output W o; with more hops u ← u + o
    (Sukhbaatar et al. 2015, arXiv 1503.08895, as an auto-associator).

    Parameters
    ----------
    n_code
        D.
    n_hops
        Reads; the output uses the last o alone, as published.
    sharpening
        a in evaluation mode; it is 1 in training. The published code evaluates with 100.

    Notes
    -----
    A and U start as 1/√D, C and W as 1, b as 0.1, so that logits are 0.1 z·m/D in training.

    Example
    -------
    >>> net = MemoryNetwork(4).eval()
    >>> net.retrieve(torch.eye(4), torch.eye(4)[:1]).readout.shape
    torch.Size([1, 4])
    """

    def __init__(self, n_code: int, n_hops: int = 1, sharpening: float = 100.0) -> None:
        super().__init__()
        check_count("n_code", n_code)
        check_count("n_hops", n_hops)
        self.n_hops, self.sharpening = n_hops, sharpening
        self.key = nn.Parameter(torch.eye(n_code) / math.sqrt(n_code))
        self.query = nn.Parameter(torch.eye(n_code) / math.sqrt(n_code))
        self.value = nn.Parameter(torch.eye(n_code))
        self.answer = nn.Parameter(torch.eye(n_code))
        self.scale = nn.Parameter(torch.tensor(0.1))

    def forward(self, patterns: Tensor, cues: Tensor) -> Tensor:
        """Return the answers, (..., B, D)."""
        return self.retrieve(patterns, cues).readout

    def retrieve(self, patterns: Tensor, cues: Tensor) -> Retrieval:
        """Read n_hops times."""
        check_states(patterns, cues)
        sharpness = self.scale * (1.0 if self.training else self.sharpening)
        keys, values = patterns @ self.key.T, patterns @ self.value.T
        asked = cues @ self.query.T
        for _ in range(self.n_hops):
            weights = torch.softmax(sharpness * (asked @ keys.mT), dim=-1)
            read = weights @ values
            asked = asked + read
        hops = torch.full(weights.shape[:-1], self.n_hops, device=weights.device)
        return Retrieval(read @ self.answer.T, weights, hops)


class TuringRead(nn.Module):
    """Content addressing with a learnt key and a learnt sharpness, and no other part of the machine.

    k = K z; w = softmax_i(cos(k, m_i)); g = exp(G z + c); w ← softmax_i(g log(10⁻⁵ + w)); read w M, mean
    over heads (Graves et al. 2014, arXiv 1410.5401, without interpolation, shift and write).

    Parameters
    ----------
    n_code
        D.
    n_heads
        Each has a key and a gate of its own.

    Notes
    -----
    G is (heads, D). The published code has it (D, D), which is D sharpened heads whose reads are
    averaged, at B·D² numbers. Untrained both are the same: G = 0, c = 0, g = 1.

    Example
    -------
    >>> head = TuringRead(4)
    >>> head.retrieve(torch.eye(4), torch.eye(4)[:1]).weights.amax() < 0.5
    tensor(True)
    """

    def __init__(self, n_code: int, n_heads: int = 1) -> None:
        super().__init__()
        check_count("n_code", n_code)
        check_count("n_heads", n_heads)
        self.key = nn.Parameter(torch.eye(n_code).repeat(n_heads, 1, 1))  # (heads, D, D)
        self.gate = nn.Linear(n_code, n_heads, device="meta").to_empty(device="cpu")
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)

    def forward(self, patterns: Tensor, cues: Tensor) -> Tensor:
        """Return the reads, (..., B, D)."""
        return self.retrieve(patterns, cues).readout

    def retrieve(self, patterns: Tensor, cues: Tensor) -> Retrieval:
        """Read once."""
        check_states(patterns, cues)
        keys = torch.einsum("hed,...bd->...hbe", self.key, cues)
        alike = _unit(keys) @ _unit(patterns).mT.unsqueeze(-3)  # (..., heads, B, N)
        sharpness = self.gate(cues).exp().mT.unsqueeze(-1)  # (..., heads, B, 1)
        weights = torch.softmax(sharpness * (1e-5 + torch.softmax(alike, dim=-1)).log(), dim=-1).mean(-3)
        once = torch.ones(weights.shape[:-1], dtype=torch.long, device=weights.device)
        return Retrieval(weights @ patterns, weights, once)


def _unit(rows: Tensor) -> Tensor:
    return nn.functional.normalize(rows, dim=-1)
