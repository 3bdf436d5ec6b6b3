"""From embeddings to classes: attention to the labelled images, or distance to their means."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional as F

__all__ = ["attend", "attention_loss", "ceiling", "prototype_scores"]


def attend(query: Tensor, support: Tensor, labels: Tensor, n_ways: int) -> Tensor:
    """Let every query look up the labels of the images that it resembles.

    a = softmax(y Sᵀ), p = softmax(a L) with L the one-hot labels: the second softmax is the
    reference's, and keeps p below `ceiling`.

    Parameters
    ----------
    query
        y, (..., m, d).
    support
        S, (..., n, d).
    labels
        (..., n) int64, 0 … N − 1.
    n_ways
        N.

    Returns
    -------
    Tensor
        p, (..., m, N).

    Example
    -------
    >>> import torch
    >>> p = attend(torch.tensor([[100.0, 0.0]]), torch.eye(2), torch.tensor([1, 0]), 2)
    >>> bool(p[0, 1].isclose(torch.tensor(ceiling(2))))
    True
    """
    attention = (query @ support.mT).softmax(dim=-1)
    one_hot = F.one_hot(labels, n_ways).to(attention.dtype)
    return (attention @ one_hot).softmax(dim=-1)


def ceiling(n_ways: int) -> float:
    """Return the largest probability that two softmaxes let through, e/(e + N − 1).

    >>> round(ceiling(5), 3)
    0.405
    """
    return math.e / (math.e + n_ways - 1)


def attention_loss(p: Tensor, labels: Tensor) -> Tensor:
    """Return the mean squared error of probabilities (..., N) against one-hot labels (...).

    >>> import torch
    >>> round(float(attention_loss(torch.full((1, 5), 0.2), torch.tensor([3]))), 3)
    0.16
    """
    return F.mse_loss(p, F.one_hot(labels, p.shape[-1]).to(p.dtype))


def prototype_scores(query: Tensor, support: Tensor, labels: Tensor, n_ways: int) -> Tensor:
    """Score classes by −|y − c|², c the mean of a class's labelled embeddings (Snell et al. 2017, eq. 1, 2).

    Parameters
    ----------
    query, support, labels, n_ways
        As in `attend`; every class has at least one labelled image.

    Returns
    -------
    Tensor
        (..., m, N).

    Example
    -------
    >>> import torch
    >>> prototype_scores(torch.tensor([[0.0, 3.0]]), torch.eye(2), torch.tensor([1, 0]), 2)
    tensor([[ -4., -10.]])
    """
    one_hot = F.one_hot(labels, n_ways).to(support.dtype)
    means = one_hot.mT @ support / one_hot.sum(dim=-2)[..., None]  # (..., N, d)
    return -(query[..., :, None, :] - means[..., None, :, :]).square().sum(dim=-1)
