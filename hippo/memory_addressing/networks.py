"""The convolutional encoder and decoder of variational memory addressing.

The decoder's skips are arguments: they come from the addressed item and from nowhere else.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d

__all__ = ["Decoder", "Encoder", "Features", "SkipTerms"]


class Features(NamedTuple):
    """What an encoder sees in images."""

    #: (n, n_out).
    top: Tensor
    #: Coarse skip c2, (n, 64, 7, 7).
    coarse: Tensor
    #: Fine skip c1, (n, 48, 13, 13) or (n, 48, 14, 14).
    fine: Tensor


class SkipTerms(NamedTuple):
    """What the skips of an item add inside the decoder, the same for every sample that addresses it."""

    coarse: Tensor
    fine: Tensor


class Encoder(nn.Module):
    """Image → features: six convolutions and two linear layers."""

    def __init__(self, n_out: int) -> None:
        super().__init__()
        self.block1 = nn.Sequential(
            nn.Conv2d(1, 48, 3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(48, 48, 3, stride=2, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(48, 48, 3, padding=1), nn.ReLU(inplace=True),
        )  # fmt: skip
        self.block2 = nn.Sequential(
            nn.Conv2d(48, 64, 3, stride=2, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(inplace=True),
        )  # fmt: skip
        self.block3 = nn.Sequential(nn.Conv2d(64, 64, 3, stride=2, padding=1), nn.ReLU(inplace=True))
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(1024, 100), nn.ReLU(), nn.Linear(100, n_out))

    def forward(self, images: Tensor) -> Features:
        """Encode images (n, 1, side, side)."""
        # Channels last is faster on CPU and GPU, and copies nothing with one channel.
        fine = self.block1(images.contiguous(memory_format=torch.channels_last))  # (n, 48, 13, 13)
        coarse = self.block2(fine)  # (n, 64, 7, 7)
        deepest = self.block3(coarse)  # (n, 64, 4, 4)
        # Addresses and densities are in the parameters' dtype whatever the convolutions are in.
        with torch.autocast(images.device.type, enabled=False):
            top: Tensor = self.head(deepest.to(self.head[1].weight.dtype))
        return Features(top, coarse, fine)


class Decoder(nn.Module):
    """Latent, condition and skips of the addressed item → logits of an image.

    26 = 4 → 7 → 13 → 25 → 26 closes by itself, with a last kernel of 2; 28 = 4 → 7 → 14 → 28 needs
    output padding and a last kernel of 3.
    """

    def __init__(self, side: int, n_in: int) -> None:
        super().__init__()
        pad = 0 if side == 26 else 1
        self.fc = nn.Sequential(nn.Linear(n_in, 256), nn.ReLU(), nn.Linear(256, 1024))
        self.block1 = nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1)
        self.block2a = nn.ConvTranspose2d(128, 64, 3, padding=1)
        self.block2b = nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1, output_padding=pad)
        self.block3a = nn.ConvTranspose2d(112, 48, 3, padding=1)
        self.block3b = nn.ConvTranspose2d(48, 48, 3, stride=2, padding=1, output_padding=pad)
        self.block3c = nn.ConvTranspose2d(48, 48, 3, padding=1)
        self.last = nn.ConvTranspose2d(48, 1, 2) if side == 26 else nn.Conv2d(48, 1, 3, padding=1)

    def skip_terms(self, features: Features) -> SkipTerms:
        """Run the skips of items through the channels that read them, (n, ...) each."""
        # A convolution of [decoder, skip] is the sum of two; the second needs no latent.
        coarse = conv_transpose2d(features.coarse, self.block2a.weight[64:], padding=1)
        fine = conv_transpose2d(features.fine, self.block3a.weight[64:], padding=1)
        return SkipTerms(coarse, fine)

    def forward(self, code: Tensor, skips: SkipTerms) -> Tensor:
        """Decode [z, condition] (n, n_in) with the skip terms of each row's item, to logits (n, 1, side, side)."""
        x = self.fc(code).reshape(-1, 64, 4, 4).contiguous(memory_format=torch.channels_last)
        x = self.block1(x).relu_()  # (n, 64, 7, 7)
        x = conv_transpose2d(x, self.block2a.weight[:64], self.block2a.bias, padding=1).add_(skips.coarse).relu_()
        x = self.block2b(x).relu_()  # (n, 64, 13, 13)
        x = conv_transpose2d(x, self.block3a.weight[:64], self.block3a.bias, padding=1).add_(skips.fine).relu_()
        x = self.block3b(x).relu_()  # (n, 48, 25, 25)
        logits: Tensor = self.last(self.block3c(x).relu_())
        return logits
