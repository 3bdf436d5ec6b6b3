"""Layers that start by Glorot's rule from a generator of the caller."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Readout", "glorot", "linear"]


def glorot(n_in: int, n_out: int, generator: torch.Generator) -> Tensor:
    """Draw weights (n_in, n_out) uniformly within ±√(6/(n_in + n_out)) (Glorot & Bengio 2010)."""
    return nn.init.xavier_uniform_(torch.empty(n_in, n_out), generator=generator)


def linear(n_in: int, n_out: int, generator: torch.Generator) -> nn.Linear:
    """Make a layer with Glorot's weights and no bias to start with."""
    # Made without values, so that torch's global generator is left alone.
    layer = nn.Linear(n_in, n_out, device="meta").to_empty(device="cpu")
    with torch.no_grad():
        layer.weight.copy_(glorot(n_in, n_out, generator).T)
        layer.bias.zero_()
    return layer


class Readout(nn.Sequential):
    """What answers after the last token: 100 rectified units, then one logit per token."""

    def __init__(self, n_hidden: int, n_tokens: int, generator: torch.Generator) -> None:
        super().__init__(linear(n_hidden, 100, generator), nn.ReLU(), linear(100, n_tokens, generator))
