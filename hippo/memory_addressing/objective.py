"""Log-weights of drawn addresses and latents, and the losses that they make."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from hippo.arguments import check_count, shape_text
from hippo.memory_addressing.estimators import Estimator, surrogate_loss
from hippo.memory_addressing.model import MemoryVAE, Normal, log_likelihood

__all__ = ["Draws", "Evidence", "address", "draw", "enumerated_elbo", "evidence", "kl_address", "loss"]


class Draws(NamedTuple):
    """Everything random about a batch."""

    #: a_k, slots of the query's memory and then its dummies, (B, K), 0 … T + D − 1.
    addresses: Tensor
    #: ε_k of the latents, (B, K, L).
    noise: Tensor


class Evidence(NamedTuple):
    """What K samples say about each query."""

    #: log p(x, z_k, a_k | M) − log q(z_k, a_k), log q(a_k) detached, (B, K).
    log_w: Tensor
    #: log q(a_k | M, x) with gradient, (B, K).
    log_q: Tensor
    #: log p(x|z_k, m_{a_k}), (B, K).
    log_likelihood: Tensor
    #: KL(q(z|m, x) ‖ p(z|m)) at the drawn addresses, (B, K).
    kl_latent: Tensor


def address(model: MemoryVAE, queries: Tensor, items: Tensor, slots: Tensor) -> Tensor:
    """Evaluate the address distribution.

    log q(a|M, x) = log softmax_a h(x)·h(m_a)

    Parameters
    ----------
    model
        Its addresser is h.
    queries
        x, (B, P).
    items
        The distinct items of all memories, (M, P).
    slots
        Rows of `items` that each query's memory holds, (B, T); T may be 0.

    Returns
    -------
    Tensor
        (B, T + D): the memory, then the dummies.
    """
    keys = model.keys(model.with_dummies(items))  # (M + D, matching_dim)
    each = keys[_with_dummies(model, slots, len(items))]  # (B, T + D, matching_dim)
    return torch.einsum("bh,bnh->bn", model.keys(queries), each).log_softmax(-1)


def draw(log_q: Tensor, n_samples: int, latent_dim: int, generator: torch.Generator) -> Draws:
    """Draw addresses a_k ~ q(a), independently, and the noise of the latents."""
    check_count("n_samples", n_samples)
    n = len(log_q)
    # By the inverse of the distribution function: nothing waits for the device.
    u = torch.rand(n, n_samples, generator=generator, device=generator.device).to(log_q.device)
    cumulative = log_q.detach().exp().cumsum(-1)
    addresses = torch.searchsorted(cumulative, u * cumulative[:, -1:], right=True).clamp(max=log_q.shape[1] - 1)
    noise = torch.randn(n, n_samples, latent_dim, generator=generator, device=generator.device).to(log_q.device)
    return Draws(addresses, noise)


def evidence(
    model: MemoryVAE,
    queries: Tensor,
    items: Tensor,
    slots: Tensor,
    log_q: Tensor,
    draws: Draws,
    *,
    doubly_reparameterised: bool = False,
) -> Evidence:
    """Evaluate the log-weights of drawn addresses and latents.

    log w_k = log p(x|z_k, m_{a_k}) + log p(z_k|m_{a_k}) − log N − log q(z_k|m_{a_k}, x) − log q(a_k|M, x),
    z_k = μ + σ ε_k

    Parameters
    ----------
    model, queries, items, slots
        As in `address`.
    log_q
        log q(a|M, x), (B, T + D), from `address`.
    draws
        Addresses and noise.
    doubly_reparameterised
        Take the gradient for q(z)'s parameters as Σ_k w̃_k² ∂ log w_k / ∂z_k ∂z_k (Tucker et al. 2019):
        the same in expectation, without the noise of the score.

    Notes
    -----
    Each addressed item is encoded once, however many queries and samples address it.
    """
    n_samples = draws.addresses.shape[1]
    rows = _with_dummies(model, slots, len(items)).gather(1, draws.addresses)  # (B, K)
    addressed, where = torch.unique(rows, return_inverse=True)
    content = model.content(model.with_dummies(items)[addressed])
    each = content.rows(where.flatten())  # (B·K, ...)
    x = queries.repeat_interleave(n_samples, 0)
    q_z = model.posterior(model.features(queries).repeat_interleave(n_samples, 0), each.features)
    z = q_z.mean + q_z.std * draws.noise.flatten(0, 1)  # (B·K, L)
    density = Normal(q_z.mean.detach(), q_z.std.detach()) if doubly_reparameterised else q_z
    share = torch.ones_like(z[:, :1])
    if doubly_reparameterised and z.requires_grad:
        # The backward pass brings w̃_k ∂ log w_k / ∂z_k; a second w̃_k is put on it on its way to μ and σ.
        z.register_hook(lambda gradient: gradient * share)  # type: ignore[no-untyped-call]
    likelihood = log_likelihood(model.decode(z, each), x).reshape(-1, n_samples)
    latent = (each.prior.log_prob(z) - density.log_prob(z)).reshape(-1, n_samples)
    log_q_drawn = log_q.gather(1, draws.addresses)
    log_w = likelihood + latent - math.log(log_q.shape[1]) - log_q_drawn.detach()
    share.copy_(log_w.detach().softmax(-1).reshape(-1, 1))
    divergence = _kl(q_z, each.prior).reshape(-1, n_samples)
    return Evidence(log_w, log_q_drawn, likelihood, divergence)


def loss(found: Evidence, estimator: Estimator = "arithmetic", constant: Tensor | float = 0.0) -> Tensor:
    """Return the surrogate loss of a batch, a scalar; see `estimators.surrogate_loss`."""
    return surrogate_loss(found.log_w, found.log_q, estimator, constant)


def enumerated_elbo(
    model: MemoryVAE, queries: Tensor, items: Tensor, slots: Tensor, log_q: Tensor, generator: torch.Generator
) -> Tensor:
    """Evaluate the one-sample bound with every address gone through, for small memories.

    Σ_a q(a) [log p(x, z_a, a | M) − log q(z_a | m_a, x) − log q(a)], one z_a per address

    Returns
    -------
    Tensor
        (B,), whose gradient needs no score: that of q(a) is exact. T + D decoded images per query.
    """
    n = log_q.shape[1]
    addresses = torch.arange(n, device=log_q.device).expand(len(queries), n)
    shape = (len(queries), n, model.sizes.latent_dim)
    noise = torch.randn(shape, generator=generator, device=generator.device).to(log_q.device)
    found = evidence(model, queries, items, slots, log_q, Draws(addresses, noise))
    # log_w has a detached log q(a); here it belongs to the gradient.
    return (log_q.exp() * (found.log_w + log_q.detach() - log_q)).sum(-1)


def kl_address(log_q: Tensor) -> Tensor:
    """Evaluate KL(q(a) ‖ uniform) = log N − H(q), (...), from 0 to log N nats."""
    q = log_q.exp()
    return math.log(log_q.shape[-1]) + torch.xlogy(q, q).sum(-1)


def _with_dummies(model: MemoryVAE, slots: Tensor, n_items: int) -> Tensor:
    if slots.ndim != 2:
        raise ValueError(f"slots: expected shape (B, T), got {shape_text(slots)}")
    dummies = n_items + torch.arange(model.sizes.n_dummies, device=slots.device)
    return torch.cat([slots, dummies.expand(len(slots), -1)], 1)


def _kl(q: Normal, p: Normal) -> Tensor:
    """Evaluate KL(q ‖ p) of Gaussians, summed over components."""
    ratio = q.std / p.std
    return (0.5 * (ratio**2 + ((q.mean - p.mean) / p.std) ** 2 - 1) - ratio.log()).sum(-1)
