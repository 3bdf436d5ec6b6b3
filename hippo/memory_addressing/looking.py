"""What the model finds in a memory, as images: the addressed item, the query after it, new samples."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from hippo.memory_addressing.model import MemoryVAE
from hippo.memory_addressing.objective import address

__all__ = ["Found", "look_up"]


class Found(NamedTuple):
    """One row per query."""

    #: q(a|M, x), (B, T + D).
    address: Tensor
    #: The most probable item, a dummy possibly, (B, P).
    item: Tensor
    #: The means of p(x|z, m) at the mean of q(z|m, x), (B, P).
    reconstruction: Tensor
    #: The same at a draw of p(z|m): what that item alone makes expect, (B, P).
    sample: Tensor


@torch.no_grad()
def look_up(model: MemoryVAE, queries: Tensor, items: Tensor, slots: Tensor, *, generator: torch.Generator) -> Found:
    """Look each query up in its memory, at the most probable address.

    Parameters
    ----------
    model, queries, items, slots
        As in `objective.address`.
    generator
        Draws the latents of the samples.
    """
    log_q = address(model, queries, items, slots)
    dummies = len(items) + torch.arange(model.sizes.n_dummies, device=slots.device)
    rows = torch.cat([slots, dummies.expand(len(slots), -1)], 1)
    best = rows.gather(1, log_q.argmax(1, keepdim=True))[:, 0]
    item = model.with_dummies(items)[best]
    content = model.content(item)
    q_z = model.posterior(model.features(queries), content.features)
    noise = torch.randn(q_z.mean.shape, generator=generator, device=generator.device).to(q_z.mean.device)
    sampled = content.prior.mean + content.prior.std * noise
    return Found(log_q.exp(), item, model.decode(q_z.mean, content).sigmoid(), model.decode(sampled, content).sigmoid())
