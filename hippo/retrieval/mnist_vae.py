"""Small convolutional variational autoencoder of digits whose decoder can be run layer by layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hippo.arguments import check_count, shape_text

__all__ = ["DigitVAE"]


class DigitVAE(nn.Module):
    """Encode images 1×28×28 as a Gaussian over codes, and decode codes by four maps in a row.

    28 → 13 → 6 → 2 on the way in; p3 = L z4, p2 = T3 relu(p3), p1 = T2 relu(p2), p_x = T1 relu(p1),
    x̂ = σ(p_x) on the way out. Predictive coding runs on the maps L, T3, T2, T1.

    Parameters
    ----------
    n_features
        f, channels of the first layer; then 2f and 4f.
    n_code
        D, length of a code.

    Notes
    -----
    54,192 parameters in the encoder and 46,129 in the decoder at f = 16, D = 32.

    Example
    -------
    >>> net = DigitVAE(4, 8)
    >>> mean, _ = net.encode(torch.zeros(2, 1, 28, 28))
    >>> net.decode(mean).shape
    torch.Size([2, 1, 28, 28])
    """

    image_shape = (1, 28, 28)

    def __init__(self, n_features: int = 16, n_code: int = 32) -> None:
        super().__init__()
        check_count("n_features", n_features)
        check_count("n_code", n_code)
        f, self.n_code = n_features, n_code
        self.features = nn.Sequential(
            nn.Conv2d(1, f, 4, stride=2),
            nn.ReLU(),
            nn.Conv2d(f, 2 * f, 3, stride=2),
            nn.ReLU(),
            nn.Conv2d(2 * f, 4 * f, 4, stride=2),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.mean = nn.Linear(16 * f, n_code)
        self.log_variance = nn.Linear(16 * f, n_code)
        #: L, T3, T2, T1: from the code to the pixels before the last sigmoid.
        self.maps = nn.ModuleList(
            [
                nn.Sequential(nn.Linear(n_code, 16 * f), nn.Unflatten(1, (4 * f, 2, 2))),
                nn.ConvTranspose2d(4 * f, 2 * f, 4, stride=2),
                nn.ConvTranspose2d(2 * f, f, 3, stride=2),
                nn.ConvTranspose2d(f, 1, 4, stride=2),
            ]
        )

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return means and log variances of codes, (n, D) each."""
        if images.shape[1:] != self.image_shape:
            raise ValueError(f"images: expected shape (n, 1, 28, 28), got {shape_text(images)}")
        features = self.features(images)
        return self.mean(features), self.log_variance(features)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images of codes (n, D)."""
        state = codes
        for i, layer in enumerate(self.maps):
            state = layer(state if i == 0 else torch.relu(state))
        return torch.sigmoid(state)
