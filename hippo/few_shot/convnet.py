"""The net that embeds: five blocks of convolution, pooling and rectification, without normalisation."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hippo.arguments import check_count, shape_text

__all__ = ["ConvNet"]


class ConvNet(nn.Module):
    """Embed images of 17 to 32 pixels as rows of d features, none below 0.

    x ← ReLU(pool(W * x + b)), five times: 3×3 filters, then the maximum of every 3×3 window in
    steps of 2, both padded so that 28 pixels become 14, 7, 4, 2 and 1.

    Parameters
    ----------
    n_features
        d, filters of every block.
    bfloat16
        Convolve in bfloat16, twice as fast where the machine has instructions for it; parameters and
        embeddings stay as they are.
    generator
        Draws the initial filters, uniform after Glorot & Bengio (2010); biases start at 0.

    Example
    -------
    >>> net = ConvNet(generator=torch.Generator().manual_seed(0))
    >>> net(torch.zeros(2, 5, 28, 28)).shape, sum(p.numel() for p in net.parameters())
    (torch.Size([2, 5, 64]), 148352)
    """

    def __init__(
        self, n_features: int = 64, *, bfloat16: bool = False, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        check_count("n_features", n_features)
        self.n_features = n_features
        self.in_bfloat16 = bfloat16
        self.convolutions = nn.ModuleList(
            _convolution(1 if block == 0 else n_features, n_features, generator) for block in range(5)
        )

    def forward(self, images: Tensor) -> Tensor:
        """Embed images (..., height, width), giving (..., d)."""
        if images.ndim < 2 or not all(16 < size <= 32 for size in images.shape[-2:]):
            raise ValueError(f"images: expected shape (..., height, width) of 17 to 32, got {shape_text(images)}")
        x = images.reshape(-1, *images.shape[-2:], 1).permute(0, 3, 1, 2)
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            for convolution in self.convolutions:
                x = F.relu(_pool(convolution(x)))  # pooling first: the same, with a quarter of the rectifying
        return x.to(images.dtype).reshape(*images.shape[:-2], self.n_features)


def _convolution(n_inputs: int, n_features: int, generator: torch.Generator | None) -> nn.Conv2d:
    # Made without values, so that torch's global generator is left alone.
    convolution = nn.Conv2d(n_inputs, n_features, 3, padding=1, device="meta").to_empty(device="cpu")
    # The features of a pixel side by side: nearly twice as fast on CPUs.
    weight = torch.empty_like(convolution.weight, memory_format=torch.channels_last)
    convolution.weight = nn.Parameter(nn.init.xavier_uniform_(weight.detach(), generator=generator))
    assert convolution.bias is not None
    nn.init.zeros_(convolution.bias)
    return convolution


def _pool(x: Tensor) -> Tensor:
    """Take the maximum of 3×3 windows in steps of 2; ⌈size / 2⌉ of them, centred if the size is odd."""
    height, width = x.shape[-2:]
    # An even size is short of half a window on the right only, which `ceil_mode` leaves out.
    return F.max_pool2d(x, 3, 2, padding=(height % 2, width % 2), ceil_mode=True)
