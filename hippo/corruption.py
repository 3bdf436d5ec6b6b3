"""Ways to spoil a pattern before it is given to a memory as a cue.

Every function returns a new tensor of the same shape, dtype and device; units come last.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_floating, check_fraction
from hippo.draws import normal, uniform

__all__ = ["add_gaussian_noise", "flip", "flip_exactly", "occlude", "occlude_every_second", "salt_and_pepper"]


def flip(patterns: Tensor, flip_probability: float, generator: torch.Generator) -> Tensor:
    """Flip the sign of each unit independently.

    x_i ← −x_i with probability `flip_probability`; the number of flips is binomial.

    Parameters
    ----------
    patterns
        (..., N), bipolar.
    flip_probability
        From 0 to 1. At ½ nothing of the pattern is left; at 1 it is its negative.
    generator
        Source of the randomness.

    Example
    -------
    >>> flip(torch.tensor([1.0, -1.0]), 1.0, torch.Generator())
    tensor([-1.,  1.])
    """
    check_floating("patterns", patterns)
    check_fraction("flip_probability", flip_probability)
    flipped = uniform(patterns.shape, generator, patterns.device) < flip_probability
    return torch.where(flipped, -patterns, patterns)


def flip_exactly(patterns: Tensor, flip_fraction: float, generator: torch.Generator) -> Tensor:
    """Flip the sign of exactly int(N · flip_fraction) units of each pattern.

    The units are drawn uniformly without replacement, anew for every pattern.

    Parameters
    ----------
    patterns
        (..., N), bipolar.
    flip_fraction
        From 0 to 1.
    generator
        Source of the randomness.

    Example
    -------
    >>> x = flip_exactly(torch.ones(3, 10), 0.2, torch.Generator())
    >>> (x < 0).sum(-1)
    tensor([2, 2, 2])
    """
    check_floating("patterns", patterns)
    check_fraction("flip_fraction", flip_fraction)
    count = int(patterns.shape[-1] * flip_fraction)
    drawn = _draw_units(patterns, count, generator)
    return torch.where(torch.zeros_like(patterns, dtype=torch.bool).scatter(-1, drawn, True), -patterns, patterns)


def salt_and_pepper(images: Tensor, fraction: float, generator: torch.Generator) -> Tensor:
    """Set exactly int(N · fraction) pixels of each image to 0 or to 1.

    Half of the pixels become 0 and the other half 1 (of an odd number, one more becomes 1); they
    are drawn uniformly without replacement, anew for every image.

    Parameters
    ----------
    images
        (..., N), from 0 to 1.
    fraction
        From 0 to 1.
    generator
        Source of the randomness.

    Example
    -------
    >>> x = salt_and_pepper(torch.full((2, 10), 0.5), 0.4, torch.Generator())
    >>> (x == 0).sum(-1), (x == 1).sum(-1)
    (tensor([2, 2]), tensor([2, 2]))
    """
    check_floating("images", images)
    check_fraction("fraction", fraction)
    count = int(images.shape[-1] * fraction)
    drawn = _draw_units(images, count, generator)
    return images.scatter(-1, drawn, 1.0).scatter(-1, drawn[..., : count // 2], 0.0)


def occlude(images: Tensor, rows: slice, columns: slice, value: float = 0.0) -> Tensor:
    """Cover a rectangle of each image.

    v_rc ← value for r in `rows` and c in `columns`.

    Parameters
    ----------
    images
        (..., height, width).
    rows, columns
        The rectangle, as slices of height and width.
    value
        What the covered pixels show. 0 means "unknown" to a bipolar memory.

    Example
    -------
    >>> occlude(torch.ones(2, 3), slice(0, 1), slice(1, None))
    tensor([[1., 0., 0.],
            [1., 1., 1.]])
    """
    check_floating("images", images)
    if images.ndim < 2:
        raise ValueError(f"images: expected shape (..., height, width), got {tuple(images.shape)}")
    covered = images.clone()
    covered[..., rows, columns] = value
    return covered


def occlude_every_second(patterns: Tensor, value: float = 0.0, first: int = 0) -> Tensor:
    """Cover every second unit of each pattern, half of all units.

    x_i ← value for i = first, first + 2, first + 4, …

    Parameters
    ----------
    patterns
        (..., N).
    value
        What the covered units show. 0 means "unknown" to a bipolar memory.
    first
        0 or 1, the first unit that is covered.

    Example
    -------
    >>> occlude_every_second(torch.ones(5))
    tensor([0., 1., 0., 1., 0.])
    """
    check_floating("patterns", patterns)
    if first not in (0, 1):
        raise ValueError(f"first: expected 0 or 1, got {first!r}")
    covered = patterns.clone()
    covered[..., first::2] = value
    return covered


def add_gaussian_noise(images: Tensor, noise_std: float, generator: torch.Generator) -> Tensor:
    """Add independent Gaussian noise to every pixel.

    v_i ← v_i + noise_std · ε_i, with ε_i from the standard normal distribution.

    Parameters
    ----------
    images
        Any shape, floating point. The result is not clipped to the range of the images.
    noise_std
        Standard deviation in units of brightness, at least 0.
    generator
        Source of the randomness.

    Example
    -------
    >>> add_gaussian_noise(torch.zeros(2), 0.0, torch.Generator())
    tensor([0., 0.])
    """
    check_floating("images", images)
    if not noise_std >= 0:
        raise ValueError(f"noise_std: expected a number of at least 0, got {noise_std!r}")
    return images + noise_std * normal(images.shape, generator, images.device).to(images.dtype)


def _draw_units(patterns: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Draw `count` units of each pattern without replacement: their indices, (..., count)."""
    return uniform(patterns.shape, generator, patterns.device).argsort(dim=-1)[..., :count]
