"""Convolutional variational autoencoder of colour images: the representation in which codes are stored."""

from __future__ import annotations

from torch import Tensor, nn

from hippo.arguments import check_count, shape_text

__all__ = ["ConvVAE"]


class ConvVAE(nn.Module):
    """Encode images 3×32×32 as a Gaussian over codes, and decode codes.

    q(z|x) = N(μ(x), diag exp(log σ²(x))); x̂ = dec(z). Three halvings by stride on the way in, three
    doublings by nearest neighbour on the way out (Annabi, Pitti, Quoy 2022, arXiv 2210.08013, CIFAR-10).

    Parameters
    ----------
    n_features
        f, channels of the first layer; then 2f and 4f.
    n_code
        D, length of a code.

    Attributes
    ----------
    encoder, decoder
        (n, 3, 32, 32) → (n, 2D), mean and log variance; (n, D) → (n, 3, 32, 32) from 0 to 1.

    Notes
    -----
    582,179 parameters at f = 32, D = 64. Batch normalisation: call `eval()` before encoding.

    Example
    -------
    >>> import torch
    >>> net = ConvVAE(4, 8).eval()
    >>> mean, log_variance = net.encode(torch.zeros(2, 3, 32, 32))
    >>> mean.shape, net.decode(mean).shape
    (torch.Size([2, 8]), torch.Size([2, 3, 32, 32]))
    """

    image_shape = (3, 32, 32)

    def __init__(self, n_features: int = 32, n_code: int = 64) -> None:
        super().__init__()
        check_count("n_features", n_features)
        check_count("n_code", n_code)
        f, self.n_code = n_features, n_code
        self.encoder = nn.Sequential(
            *_halve(3, f), *_halve(f, 2 * f), *_halve(2 * f, 4 * f), nn.Flatten(), nn.Linear(16 * 4 * f, 2 * n_code)
        )
        self.decoder = nn.Sequential(
            nn.Linear(n_code, 16 * 4 * f),
            nn.Unflatten(1, (4 * f, 4, 4)),
            *_double(4 * f, 2 * f),
            *_double(2 * f, f),
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.Conv2d(f, 3, 3, padding=1),
            nn.Sigmoid(),
        )

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return means and log variances of codes, (n, D) each."""
        if images.shape[1:] != self.image_shape:
            raise ValueError(f"images: expected shape (n, 3, 32, 32), got {shape_text(images)}")
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        return mean, log_variance

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images of codes (n, D)."""
        images: Tensor = self.decoder(codes)
        return images


def _halve(n_in: int, n_out: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(n_in, n_out, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()


def _double(n_in: int, n_out: int) -> tuple[nn.Module, ...]:
    return (
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Conv2d(n_in, n_out, 3, padding=1),
        nn.BatchNorm2d(n_out),
        nn.ReLU(),
    )
