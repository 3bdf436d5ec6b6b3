"""The K-sample bound of a model with a discrete latent, with gradient estimators for its proposal.

Everything here sees only log-weights log w (..., K) and log q(a_k) of the drawn addresses: the
formulas hold for any model with a discrete latent.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from hippo.arguments import check_count, check_floating, shape_text

__all__ = [
    "ESTIMATORS",
    "Estimator",
    "bound",
    "clamped_leave_one_out",
    "exact_bound",
    "learning_signals",
    "leave_one_out",
    "surrogate_loss",
]

#: "arithmetic" and "geometric" are VIMCO's two leave-one-out baselines, "clamped" a biased one that
#: is in use; "constant" is REINFORCE with one number as baseline, "reinforce" the same with 0.
Estimator = Literal["arithmetic", "geometric", "clamped", "constant", "reinforce"]
ESTIMATORS: tuple[Estimator, ...] = ("arithmetic", "geometric", "clamped", "constant", "reinforce")


def bound(log_w: Tensor) -> Tensor:
    """Evaluate the K-sample lower bound of log p(x).

    L_K = log (1/K Σ_k w_k)  (Mnih & Rezende 2016, eq. 4)

    Parameters
    ----------
    log_w
        Log-weights log p(x, a_k, z_k) − log q(a_k, z_k), (..., K).

    Returns
    -------
    Tensor
        (...), nats; in expectation at most log p(x), and the closer the larger K.

    Example
    -------
    >>> bound(torch.tensor([0.0, math.log(3)]))
    tensor(0.6931)
    """
    _check_weights(log_w)
    return log_w.logsumexp(-1) - math.log(log_w.shape[-1])


def leave_one_out(log_w: Tensor, average: Literal["arithmetic", "geometric"] = "arithmetic") -> Tensor:
    """Evaluate the bound without each sample in turn.

    arithmetic: L_{−k} = log (1/(K−1) Σ_{j≠k} w_j)
    geometric:  L_{−k} = log 1/K (Σ_{j≠k} w_j + exp(1/(K−1) Σ_{j≠k} log w_j))  (the same, eq. 10)

    Parameters
    ----------
    log_w
        (..., K), K at least 2.
    average
        What stands in for the weight that is left out.

    Returns
    -------
    Tensor
        (..., K); entry k does not depend on sample k.

    Notes
    -----
    Σ_{j≠k} is a sum of what is before k and what is after it, never the whole minus w_k: where one
    weight leads by more than float32 can tell, that difference is 0 and its logarithm is lost. O(K).

    Example
    -------
    >>> leave_one_out(torch.tensor([0.0, -50.0, -60.0, -70.0]))
    tensor([-51.0986,  -1.0986,  -1.0986,  -1.0986])
    """
    _check_weights(log_w)
    n_samples = log_w.shape[-1]
    if n_samples < 2:
        raise ValueError("log_w: expected at least 2 samples, since one is left out, got 1")
    others = _log_sum_of_others(log_w)
    if average == "arithmetic":
        return others - math.log(n_samples - 1)
    mean_of_others = (log_w.sum(-1, keepdim=True) - log_w) / (n_samples - 1)
    return torch.logaddexp(others, mean_of_others) - math.log(n_samples)


def clamped_leave_one_out(log_w: Tensor) -> Tensor:
    """Evaluate the arithmetic leave-one-out bound by subtraction, as published programs do.

    log(Σ_j w_j) + log(1 − clamp(w_k / Σ_j w_j)) − log(K − 1), the ratio clamped to [1e-10, 1 − 1e-5].

    Notes
    -----
    Wrong where one sample leads all others by more than log 1e5 = 11.5 nats, and its gradient is
    then biased: the clamp limits the learning signal. Kept to show that.
    """
    _check_weights(log_w)
    total = log_w.logsumexp(-1, keepdim=True)
    ratio = (log_w - total).exp().clamp(1e-10, 1 - 1e-5)
    return total + torch.log1p(-ratio) - math.log(log_w.shape[-1] - 1)


def learning_signals(log_w: Tensor, estimator: Estimator = "arithmetic", constant: Tensor | float = 0.0) -> Tensor:
    """Weigh each drawn address: what ∇ log q(a_k) is multiplied with.

    L_K − baseline_k − w̃_k,  w̃ = softmax(log w)

    The last term is the gradient of −log q(a_k) inside log w_k, which is detached there.

    Parameters
    ----------
    log_w
        (..., K).
    estimator
        Where the baseline comes from. A single sample leaves none over to be a baseline:
        with K = 1 the leave-one-out estimators are plain REINFORCE.
    constant
        The baseline of "constant": a number, or one per query (...).

    Returns
    -------
    Tensor
        (..., K), without gradient.
    """
    if estimator not in ESTIMATORS:
        raise ValueError(f"estimator: expected one of {', '.join(ESTIMATORS)}, got {estimator!r}")
    log_w = log_w.detach()
    value = bound(log_w)[..., None]
    return value - _baseline(log_w, estimator, constant) - log_w.softmax(-1)


def _baseline(log_w: Tensor, estimator: Estimator, constant: Tensor | float) -> Tensor:
    if estimator == "constant":
        return torch.as_tensor(constant, dtype=log_w.dtype, device=log_w.device)[..., None]
    if estimator == "reinforce" or log_w.shape[-1] == 1:
        return log_w.new_zeros(())
    if estimator == "clamped":
        return clamped_leave_one_out(log_w)
    return leave_one_out(log_w, estimator)


def surrogate_loss(
    log_w: Tensor, log_q: Tensor, estimator: Estimator = "arithmetic", constant: Tensor | float = 0.0
) -> Tensor:
    """Return the loss whose gradient is the estimate of −∇E[L_K].

    −mean_B [L_K + Σ_k stop(L_K − baseline_k − w̃_k) log q(a_k)]

    Parameters
    ----------
    log_w
        (..., K), with log q(a_k) **detached** inside.
    log_q
        log q(a_k), (..., K), with gradient.
    estimator, constant
        As in `learning_signals`.

    Returns
    -------
    Tensor
        A scalar. Its value means nothing; watch `bound`.
    """
    if log_q.shape != log_w.shape:
        raise ValueError(f"log_q: expected the shape of log_w, {shape_text(log_w)}, got {shape_text(log_q)}")
    signals = learning_signals(log_w, estimator, constant)
    return -(bound(log_w) + (signals * log_q).sum(-1)).mean()


def exact_bound(log_joint: Tensor, log_q: Tensor, n_samples: int) -> Tensor:
    """Evaluate E[L_K] by going through all N^K tuples of addresses.

    Σ_{a_1…a_K} Π_k q(a_k) · log (1/K Σ_k p(x, a_k) / q(a_k))

    Parameters
    ----------
    log_joint
        log p(x, a) of every address, (N,).
    log_q
        log q(a), (N,).
    n_samples
        K. The cost is O(N^K).

    Returns
    -------
    Tensor
        A scalar with gradient: what every estimator is held against.
    """
    check_count("n_samples", n_samples)
    if log_joint.ndim != 1 or log_joint.shape != log_q.shape:
        raise ValueError(
            f"log_q: expected the shape of log_joint, (N,), got {shape_text(log_q)} beside {shape_text(log_joint)}"
        )
    addresses = torch.arange(len(log_q), device=log_q.device)
    tuples = torch.cartesian_prod(*[addresses] * n_samples).reshape(-1, n_samples)  # (N^K, K)
    log_w = (log_joint - log_q)[tuples]
    return (log_q[tuples].sum(-1).exp() * bound(log_w)).sum()


def _log_sum_of_others(log_w: Tensor) -> Tensor:
    """Return log Σ_{j≠k} w_j for every k, (..., K)."""
    nothing = torch.full_like(log_w[..., :1], -math.inf)
    before = torch.cat([nothing, log_w[..., :-1].logcumsumexp(-1)], -1)
    after = torch.cat([log_w[..., 1:].flip(-1).logcumsumexp(-1).flip(-1), nothing], -1)
    return torch.logaddexp(before, after)


def _check_weights(log_w: Tensor) -> None:
    check_floating("log_w", log_w)
    if log_w.ndim == 0 or log_w.shape[-1] == 0:
        raise ValueError(f"log_w: expected shape (..., K) with K at least 1, got {shape_text(log_w)}")
