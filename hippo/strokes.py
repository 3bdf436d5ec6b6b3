"""Drawings as one pen makes them: strokes thinned to their middle line and drawn again at one width."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import conv2d, max_pool2d, pad

__all__ = ["redraw", "thin"]

#: Bit of each neighbour in a pixel's code: clockwise from the one above, 1, 2, 4, … 128.
NEIGHBOURS = ((128, 1, 2), (64, 0, 4), (32, 16, 8))


def thin(ink: Tensor) -> Tensor:
    """Thin strokes to lines of one pixel that are connected as they were.

    A pixel is taken away if it has two to six neighbours with ink, if the eight around it change from paper to ink
    once, and if it is on the south-east rim (first half of a pass) or the north-west one (second half); passes go
    on until nothing changes (Zhang & Suen 1984, Communications of the ACM 27:236, doi:10.1145/357994.358023).

    Parameters
    ----------
    ink
        (…, H, W), true where there is ink. Outside of the image is paper.

    Returns
    -------
    Tensor
        (…, H, W), true on the lines.
    """
    kernel = torch.tensor(NEIGHBOURS, dtype=torch.float32, device=ink.device)[None, None]
    removable = _removable().to(ink.device)
    line = ink.bool().reshape(-1, 1, *ink.shape[-2:])
    while True:
        before = line
        for rim in removable:
            line = line & ~rim[conv2d(line.float(), kernel, padding=1).long()]
        if torch.equal(line, before):
            return line.reshape(ink.shape)


def _removable() -> Tensor:
    """(2, 256): whether a pixel with this code goes, in each half of a pass."""
    ring = torch.arange(256)[:, None] >> torch.arange(8) & 1
    n_neighbours = ring.sum(1)
    n_starts = (ring < ring.roll(-1, 1)).sum(1)
    up, right, down, left = ring[:, ::2].bool().unbind(1)
    wearing = (n_neighbours >= 2) & (n_neighbours <= 6) & (n_starts == 1)
    south_east = ~(up & right & down) & ~(right & down & left)
    north_west = ~(up & right & left) & ~(up & down & left)
    return torch.stack([wearing & south_east, wearing & north_west])


def redraw(images: Tensor, width: int = 2, threshold: float = 0.5) -> Tensor:
    """Draw the strokes of grey images again with a square pen.

    Parameters
    ----------
    images
        (…, H, W), ink 1 and paper 0.
    width
        Of the pen, in pixels.
    threshold
        More than this is ink.

    Returns
    -------
    Tensor
        (…, H, W) of 0 and 1, in the type of `images`.
    """
    lines = thin(images > threshold).to(images.dtype)
    before = (width - 1) // 2
    after = width - 1 - before
    padded = pad(lines.reshape(-1, 1, *lines.shape[-2:]), (after, before, after, before))
    return max_pool2d(padded, width, stride=1).reshape(images.shape)
