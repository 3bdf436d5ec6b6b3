"""What a trained model is worth: bounds of log p(x|M) query by query, with the use of addresses."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_count
from hippo.memory_addressing.estimators import bound
from hippo.memory_addressing.memories import Batch
from hippo.memory_addressing.model import MemoryVAE
from hippo.memory_addressing.objective import Draws, address, draw, evidence, kl_address

__all__ = ["Estimate", "Evaluation", "estimate", "evaluate"]


@dataclass(frozen=True)
class Evaluation:
    """One number per query, (B,), in nats; bounds have the sign of the published tables: lower is better."""

    #: −L_K with addresses and latents from q, "ELBO@K".
    bound: Tensor
    #: −log 1/N Σ_a mean_k p(x, z_ak|m_a) / q(z_ak|m_a, x), every address with as many latents; None if not asked for.
    stratified: Tensor | None
    #: KL(q(a) ‖ p(a)), and the mean over the drawn addresses of KL(q(z) ‖ p(z)).
    kl_address: Tensor
    kl_latent: Tensor
    #: q(a|M, x), (B, T + D).
    address: Tensor


@dataclass(frozen=True)
class Estimate:
    """A mean over queries with its standard error."""

    mean: float
    standard_error: float
    n: int


@torch.no_grad()
def evaluate(
    model: MemoryVAE,
    images: Tensor,
    batch: Batch,
    *,
    n_samples: int,
    generator: torch.Generator,
    n_stratified: int = 0,
    chunk: int = 1000,
) -> Evaluation:
    """Evaluate the bound of every query.

    Parameters
    ----------
    model
        In evaluation mode.
    images
        (n, P), on the device of the model.
    batch
        Queries and their memories.
    n_samples
        K.
    generator
        Draws addresses and latents.
    n_stratified
        Latents per address of the stratified bound; 0 leaves it out.
    chunk
        Images that are decoded at once, about.

    Notes
    -----
    Every item of a memory is encoded at most once for all K samples.
    """
    check_count("n_samples", n_samples)
    parts = []
    n_addresses = batch.slots.shape[1] + model.sizes.n_dummies
    at_once = max(1, chunk // max(n_samples, n_stratified * n_addresses))
    for start in range(0, len(batch.queries), at_once):
        part = _part(batch, slice(start, start + at_once))
        parts.append(_evaluate(model, images, part, n_samples, n_stratified, generator))
    stratified = torch.cat([p.stratified for p in parts if p.stratified is not None]) if n_stratified else None
    fields = ("bound", "kl_address", "kl_latent", "address")
    return Evaluation(stratified=stratified, **{name: torch.cat([getattr(p, name) for p in parts]) for name in fields})


def estimate(values: Tensor) -> Estimate:
    """Return the mean over queries and its standard error s/√n."""
    n = len(values)
    spread = float(values.double().std()) if n > 1 else math.nan
    return Estimate(float(values.double().mean()), spread / math.sqrt(n), n)


def _part(batch: Batch, rows: slice) -> Batch:
    """Take some queries, with the items of their memories only."""
    slots = batch.slots[rows]
    used, where = torch.unique(slots, return_inverse=True)
    return Batch(batch.queries[rows], batch.items[used], where.reshape(slots.shape))


def _evaluate(
    model: MemoryVAE, images: Tensor, batch: Batch, n_samples: int, n_stratified: int, generator: torch.Generator
) -> Evaluation:
    queries, items, slots = images[batch.queries], images[batch.items], batch.slots.to(images.device)
    log_q = address(model, queries, items, slots)
    found = evidence(model, queries, items, slots, log_q, draw(log_q, n_samples, model.sizes.latent_dim, generator))
    stratified = None
    if n_stratified:
        n_queries, n = log_q.shape
        every = torch.arange(n, device=slots.device).repeat_interleave(n_stratified).expand(n_queries, -1)
        shape = (n_queries, n * n_stratified, model.sizes.latent_dim)
        noise = torch.randn(shape, generator=generator, device=generator.device).to(log_q.device)
        each = evidence(model, queries, items, slots, log_q, Draws(every, noise))
        # log w without the address: log p(x, z|m_a) − log q(z|m_a, x); the prior 1/N is put back as a mean.
        stratified = -bound(each.log_w + each.log_q + math.log(n))
    return Evaluation(-bound(found.log_w), stratified, kl_address(log_q), found.kl_latent.mean(-1), log_q.exp())
