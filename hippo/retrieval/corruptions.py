"""Corruptions of images before they become cues, each with a severity that means something.

Images are (n, channels, height, width) from 0 to 1; every function returns a new tensor. What is drawn
is drawn per image from the generator.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_floating, check_fraction
from hippo.draws import normal, uniform

__all__ = ["CORRUPTIONS", "Corruption", "corrupt", "known_pixels"]

#: Name → what the severity is.
CORRUPTIONS = {
    "clean": "nothing",
    "noise": "standard deviation of Gaussian noise, clamped to [0, 1] afterwards",
    "noise, not clamped": "standard deviation of Gaussian noise",
    "mask": "side of a grey square in pixels, somewhere inside",
    "half mask": "share of the rows, from below, that are grey",
    "pixel drop": "share of the pixels that are 0 in all channels",
    "colour": "how often (R, G, B) becomes (G, B, R); 0 stands for once",
    "shift": "pixels to the left, the edge repeated",
    "contrast": "factor on the difference to the image's mean",
}
GREY = 0.5


@dataclass(frozen=True)
class Corruption:
    """A way to spoil images, as strong as asked."""

    #: Key of `CORRUPTIONS`.
    name: str
    severity: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no corruption."""
        if self.name not in CORRUPTIONS:
            raise ValueError(f"name: expected one of {', '.join(CORRUPTIONS)}, got {self.name!r}")
        if not self.severity >= 0:
            raise ValueError(f"severity: expected a number of at least 0, got {self.severity!r}")
        if self.name in ("colour", "shift", "mask") and self.severity != int(self.severity):
            raise ValueError(f"severity: expected a whole number for {self.name}, got {self.severity!r}")

    def __str__(self) -> str:
        """Write name and severity, "mask 16"."""
        return self.name if self.name in ("clean", "colour") else f"{self.name} {self.severity:g}"


def corrupt(images: Tensor, corruption: Corruption, generator: torch.Generator) -> Tensor:
    """Spoil images.

    Parameters
    ----------
    images
        (n, channels, height, width), from 0 to 1.
    corruption
        What and how much.
    generator
        One per block of images with a fixed seed gives every model the same cues.

    Example
    -------
    >>> x = corrupt(torch.zeros(1, 1, 8, 8), Corruption("mask", 4), torch.Generator())
    >>> (x == 0.5).sum()
    tensor(16)
    """
    check_floating("images", images)
    if images.ndim != 4:
        raise ValueError(f"images: expected shape (n, channels, height, width), got {tuple(images.shape)}")
    s = corruption.severity
    match corruption.name:
        case "noise":
            return (images + s * normal(images.shape, generator, images.device)).clamp(0, 1)
        case "noise, not clamped":
            return images + s * normal(images.shape, generator, images.device)
        case "colour":
            return _rotate(images, int(s) or 1)
        case "shift":
            return _shift(images, int(s))
        case "contrast":
            mean = images.mean((1, 2, 3), keepdim=True)
            return mean + s * (images - mean)
        case "pixel drop":
            check_fraction("severity", s)
            kept = uniform((len(images), 1, *images.shape[2:]), generator, images.device) >= s
            return images * kept
        case "mask" | "half mask":
            return torch.where(_covered(images, corruption, generator), GREY, images)
    return images.clone()


def known_pixels(images: Tensor, corruption: Corruption, generator: torch.Generator) -> Tensor:
    """Say which pixels a mask left, (n, 1, height, width) of bool; from a generator in the same state.

    They may be held at what was seen while the others are filled in (Salvatori et al. 2021, arXiv
    2109.08063).

    Raises
    ------
    ValueError
        If the corruption touches all pixels.
    """
    if corruption.name not in ("mask", "half mask"):
        raise ValueError(f"corruption: expected a mask, as {corruption.name} leaves no pixel alone, got {corruption}")
    return ~_covered(images, corruption, generator)


def _covered(images: Tensor, corruption: Corruption, generator: torch.Generator) -> Tensor:
    n, _, height, width = images.shape
    rows, columns = (torch.arange(size, device=images.device) for size in (height, width))
    if corruption.name == "half mask":
        check_fraction("severity", corruption.severity)
        below = rows >= height - round(height * corruption.severity)
        return below[None, None, :, None].expand(n, 1, height, width)
    half = int(corruption.severity) // 2
    if 2 * half > min(height, width):
        raise ValueError(
            f"severity: expected a square of at most {min(height, width)} pixels for images of "
            f"{height}×{width}, got {corruption.severity:g}"
        )
    # Published: the centre is one of h … W − h − 1, so the square never touches the last row. At
    # the full width only one place is left.
    top, left = (
        half + (uniform((n,), generator, images.device) * max(size - 2 * half, 1)).long() - half
        for size in (height, width)
    )
    inside_rows = (rows >= top[:, None]) & (rows < top[:, None] + 2 * half)
    inside_columns = (columns >= left[:, None]) & (columns < left[:, None] + 2 * half)
    return (inside_rows[:, :, None] & inside_columns[:, None, :])[:, None]


def _rotate(images: Tensor, times: int) -> Tensor:
    if images.shape[1] != 3:
        raise ValueError(f"images: expected 3 channels to rotate colours, got {images.shape[1]}")
    return images.roll(-times, dims=1)


def _shift(images: Tensor, pixels: int) -> Tensor:
    columns = (torch.arange(images.shape[-1], device=images.device) + pixels).clamp(max=images.shape[-1] - 1)
    return images[..., columns]
