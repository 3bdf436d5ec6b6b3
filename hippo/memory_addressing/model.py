"""Variational memory addressing: an autoencoder that looks one item up in a memory it is given.

p(x|M) = 1/N Σ_a ∫ p(z|m_a) p(x|z, m_a) dz, over T items of the memory and D learned dummies, N = T + D
(Bornschein, Mnih, Zoran & Rezende 2017). Nothing of the memory is learned: it changes with every query.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from hippo.arguments import check_count, shape_text
from hippo.memory_addressing.networks import Decoder, Encoder, Features, SkipTerms

__all__ = ["Content", "MemoryVAE", "Normal", "Sizes", "log_likelihood"]

#: Rows decoded at once on a CPU, whose cache holds the feature maps of so many; a GPU takes all.
_ROWS_IN_CACHE = 32


@dataclass(frozen=True)
class Sizes:
    """Sizes of the model; the defaults are the published ones."""

    #: Height and width of an image, 26 or 28.
    side: int = 26
    latent_dim: int = 64
    matching_dim: int = 200
    n_dummies: int = 2
    #: Length of the encoder's features.
    n_features: int = 128


class Normal(NamedTuple):
    """A Gaussian with independent components."""

    mean: Tensor
    std: Tensor

    def log_prob(self, z: Tensor) -> Tensor:
        """Evaluate the density, summed over the last axis."""
        return (-0.5 * ((z - self.mean) / self.std) ** 2 - self.std.log() - 0.5 * math.log(2 * math.pi)).sum(-1)


class Content(NamedTuple):
    """What the model reads out of items once they are addressed, one row each."""

    #: f(m), (n, n_features).
    features: Tensor
    #: p(z|m), (n, latent_dim).
    prior: Normal
    #: The decoder's condition, (n, latent_dim).
    condition: Tensor
    skips: SkipTerms

    def rows(self, index: Tensor) -> Content:
        """Gather rows."""
        return Content(
            self.features[index],
            Normal(self.prior.mean[index], self.prior.std[index]),
            self.condition[index],
            SkipTerms(self.skips.coarse[index], self.skips.fine[index]),
        )


class MemoryVAE(nn.Module):
    """The networks of prior, posterior, address and likelihood.

    Images are (n, P) rows of 0 and 1, P = side². What is given as `addressed` belongs to the same
    row of the images, latents or logits beside it.
    """

    def __init__(self, sizes: Sizes | None = None, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.sizes = sizes = sizes or Sizes()
        if sizes.side not in (26, 28):
            raise ValueError(f"side: expected 26 or 28, for which the networks are built, got {sizes.side}")
        check_count("n_dummies", sizes.n_dummies, least=0)
        latent, features = sizes.latent_dim, sizes.n_features
        # Made without values, so that torch's global generator is left alone.
        with torch.device("meta"):
            self.encoder = Encoder(features)
            self.addresser = Encoder(sizes.matching_dim)
            self.decoder = Decoder(sizes.side, 2 * latent)
            self.posterior_mean = nn.Linear(2 * features, latent)
            self.posterior_std = nn.Linear(2 * features, latent)
            self.prior_mean = nn.Linear(features, latent)
            self.prior_std = nn.Linear(features, latent)
            self.condition = nn.Linear(features, latent)
        self.to_empty(device="cpu")
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                _initialise(module, generator)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.dummies = nn.Parameter(torch.zeros(sizes.n_dummies, sizes.side**2))
        #: Dtype of the convolutions, torch.bfloat16 to train faster; all else stays in float32.
        self.autocast: torch.dtype | None = None

    def with_dummies(self, items: Tensor) -> Tensor:
        """Append the dummies to items (M, P), giving (M + D, P): rows M, M + 1, … are the dummies."""
        pixels = self.sizes.side**2
        if items.ndim != 2 or items.shape[1] != pixels:
            raise ValueError(f"items: expected shape (M, {pixels}), got {shape_text(items)}")
        return torch.cat([items, self.dummies])

    def keys(self, images: Tensor) -> Tensor:
        """Return h of images (n, P), queries and items alike: (n, matching_dim)."""
        return self._encode(self.addresser, images).top

    def features(self, images: Tensor) -> Tensor:
        """Return f of queries (n, P): (n, n_features)."""
        return self._encode(self.encoder, images).top

    def content(self, items: Tensor) -> Content:
        """Encode items (n, P), once for everything that will be read out of them."""
        seen = self._encode(self.encoder, items)
        prior = Normal(self.prior_mean(seen.top), softplus(self.prior_std(seen.top)))
        with self._convolving(items):
            skips = self.decoder.skip_terms(seen)
        return Content(seen.top, prior, self.condition(seen.top.relu()), skips)

    def posterior(self, features: Tensor, addressed: Tensor) -> Normal:
        """Return q(z|m_a, x) from f(x) and f(m_a), (..., n_features) each."""
        both = torch.cat([features, addressed], -1)
        return Normal(self.posterior_mean(both), softplus(self.posterior_std(both)))

    def decode(self, z: Tensor, addressed: Content) -> Tensor:
        """Return the logits of p(x|z, m_a), (n, P), for latents (n, latent_dim)."""
        code = torch.cat([z, addressed.condition], -1)
        at_once = _ROWS_IN_CACHE if z.device.type == "cpu" else max(len(z), 1)
        parts = zip(*(torch.split(whole, at_once) for whole in (code, *addressed.skips)), strict=True)
        with self._convolving(z):
            logits = torch.cat([self.decoder(row, SkipTerms(*skips)) for row, *skips in parts])
        return logits.to(z.dtype).flatten(1)

    @torch.no_grad()
    def sample(self, items: Tensor, n_samples: int, *, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Make images after a memory: address an item, never a dummy; draw z ~ p(z|m_a); decode.

        Parameters
        ----------
        items
            The memory, (T, P).
        n_samples
            How many.
        generator
            Draws addresses and latents.

        Returns
        -------
        means, addresses
            Means of the Bernoulli pixels, (n_samples, P), and the addressed rows, (n_samples,).
        """
        check_count("T", len(items))
        device = generator.device
        addresses = torch.randint(len(items), (n_samples,), generator=generator, device=device).to(items.device)
        addressed = self.content(items).rows(addresses)
        noise = torch.randn(addressed.prior.mean.shape, generator=generator, device=device).to(items.device)
        z = addressed.prior.mean + addressed.prior.std * noise
        return self.decode(z, addressed).sigmoid(), addresses

    def _encode(self, network: Encoder, images: Tensor) -> Features:
        side = self.sizes.side
        if images.ndim != 2 or images.shape[1] != side**2:
            raise ValueError(f"images: expected shape (n, {side**2}), got {shape_text(images)}")
        with self._convolving(images):
            seen: Features = network(images.reshape(-1, 1, side, side))
        return seen

    def _convolving(self, tensor: Tensor) -> torch.autocast:
        return torch.autocast(tensor.device.type, self.autocast or torch.bfloat16, enabled=self.autocast is not None)


def log_likelihood(logits: Tensor, images: Tensor) -> Tensor:
    """Evaluate log p(x|z, m_a) = Σ_pixels log Bernoulli(x; logits), (n,), nats."""
    return -binary_cross_entropy_with_logits(logits, images, reduction="none").sum(-1)


def _initialise(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d, generator: torch.Generator | None) -> None:
    """Fill a layer as PyTorch does: weight and bias uniform within ±1/√(inputs of a unit)."""
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
    if layer.bias is not None:
        # Of a transposed convolution PyTorch counts weight.shape[1] channels, and so do we.
        limit = 1 / math.sqrt(layer.weight[0].numel())
        nn.init.uniform_(layer.bias, -limit, limit, generator=generator)
