"""The sigmoid autoencoder: a memory that learns to squeeze images through few hidden units."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from hippo.arguments import check_count, shape_text

__all__ = ["Autoencoder"]


class Autoencoder(nn.Module):
    """One hidden layer between images and their reconstructions.

    hidden = σ(W_e x + b_e), x̂ = σ(W_d hidden + b_d).

    Parameters
    ----------
    num_inputs
        N, at least 1.
    num_hidden
        Hidden units, at least 1; fewer than N make a bottleneck.
    generator
        Draws the initial parameters; torch's own default generator if none is given.

    Attributes
    ----------
    encoder, decoder
        (..., N) → (..., hidden) and back, each a linear layer and a sigmoid.

    Notes
    -----
    Parameters start as in `nn.Linear`, uniform within ±1/√(inputs of the layer).

    Example
    -------
    >>> net = Autoencoder(784, 50, generator=torch.Generator().manual_seed(0))
    >>> net(torch.zeros(3, 784)).shape
    torch.Size([3, 784])
    """

    def __init__(self, num_inputs: int, num_hidden: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        check_count("num_inputs", num_inputs)
        check_count("num_hidden", num_hidden)
        self.num_inputs = num_inputs
        self.encoder = nn.Sequential(_linear(num_inputs, num_hidden, generator), nn.Sigmoid())
        self.decoder = nn.Sequential(_linear(num_hidden, num_inputs, generator), nn.Sigmoid())

    def forward(self, images: Tensor) -> Tensor:
        """Reconstruct images (..., N), values from 0 to 1."""
        if images.ndim == 0 or images.shape[-1] != self.num_inputs:
            raise ValueError(f"images: expected shape (..., {self.num_inputs}), got {shape_text(images)}")
        reconstructed: Tensor = self.decoder(self.encoder(images))
        return reconstructed


def _linear(n_in: int, n_out: int, generator: torch.Generator | None) -> nn.Linear:
    # Made without values, so that torch's global generator is left alone; then weight before bias, as
    # nn.Linear draws them.
    layer = nn.Linear(n_in, n_out, device="meta").to_empty(device="cpu")
    bound = 1 / math.sqrt(n_in)
    with torch.no_grad():
        nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    return layer
