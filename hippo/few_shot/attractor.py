"""A matrix of fast weights that is written with a few embeddings and pulls others towards them."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from hippo.arguments import check_matrix, shape_text

__all__ = ["AttractorMemory", "Rule", "recall", "write"]

#: How an embedding is written.
Rule = Literal["storkey", "hebb"]


def write(embeddings: Tensor, rule: Rule = "storkey") -> Tensor:
    """Write embeddings into an empty matrix, one after the other.

    M₀ = 0, ε = 1/n, and for each embedding s

    - "hebb": M ← M + ε s sᵀ/d
    - "storkey": B = M + s sᵀ/d, q = B s, M ← M + ε (B − q sᵀ − s qᵀ)/d

    Parameters
    ----------
    embeddings
        (..., n, d), one memory for each of (...).
    rule
        How each is written.

    Returns
    -------
    Tensor
        (..., d, d), symmetric. Gradients flow through it to the embeddings.

    Notes
    -----
    Features are not ±1 and not normalised. For |s|² > ½ the first Storkey write is anti-Hebbian:
    s is an eigenvector with the eigenvalue ε |s|² (1 − 2 |s|²)/d² < 0.

    Example
    -------
    >>> import torch
    >>> write(torch.tensor([[1.0, 0.0]])).diag()
    tensor([-0.2500,  0.0000])
    """
    check_matrix("embeddings", embeddings, "(..., n, d)")
    if rule not in ("storkey", "hebb"):
        raise ValueError(f"rule: expected 'storkey' or 'hebb', got {rule!r}")
    n, d = embeddings.shape[-2:]
    if rule == "hebb":
        return embeddings.mT @ embeddings / (n * d)
    memory = embeddings.new_zeros(*embeddings.shape[:-2], d, d)
    for s in embeddings.unbind(dim=-2):
        column, row = s[..., :, None], s[..., None, :]
        b = memory + column * row / d
        q = b @ column
        cross = q * row
        memory = memory + (b - (cross + cross.mT)) / (n * d)  # in this order it is symmetric to the last bit
    return memory


def recall(memory: Tensor, embeddings: Tensor) -> Tensor:
    """Pull embeddings once: e + M e.

    Parameters
    ----------
    memory
        (..., d, d).
    embeddings
        (..., m, d).

    Returns
    -------
    Tensor
        (..., m, d).

    Example
    -------
    >>> import torch
    >>> recall(torch.eye(2), torch.tensor([[1.0, 2.0]]))
    tensor([[2., 4.]])
    """
    d = embeddings.shape[-1]
    if embeddings.ndim < 2 or memory.shape[-2:] != (d, d):
        raise ValueError(
            f"memory: expected shape (..., {d}, {d}) for embeddings {shape_text(embeddings)}, got {shape_text(memory)}"
        )
    return embeddings + embeddings @ memory.mT


class AttractorMemory(nn.Module):
    """Write the labelled embeddings, recall the others.

    y = ReLU(LN(e + M e)), with a learned gain and bias of each feature.

    Parameters
    ----------
    n_features
        d.
    rule
        How M is written; None keeps M = 0, so that only the normalisation is left.
    """

    def __init__(self, n_features: int, rule: Rule | None = "storkey") -> None:
        super().__init__()
        self.rule = rule
        self.norm = nn.LayerNorm(n_features)

    def forward(self, written: Tensor, asked: Tensor) -> Tensor:
        """Write (..., n, d), then recall (..., m, d)."""
        pulled = asked if self.rule is None else recall(write(written, self.rule), asked)
        return F.relu(self.norm(pulled))
