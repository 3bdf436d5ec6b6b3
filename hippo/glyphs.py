"""Glyphs that never were: generated characters in the manner of Omniglot, for where it is not to be had.

A character is a few strokes, each a quadratic Bézier curve between joints on a coarse grid; a drawer
draws it with a hand of their own: slant, size, place, and joints that tremble.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_count
from hippo.draws import normal, uniform
from hippo.omniglot import Characters

__all__ = ["draw", "generate"]

#: Points along a stroke: less than a pixel apart while a stroke is shorter than two images.
N_POINTS = 64
#: Radius of the pen, in images: half a pixel of 28.
PEN = 0.02


def generate(
    n_alphabets: int, n_characters: int, n_drawers: int = 20, *, size: int = 28, generator: torch.Generator
) -> Characters:
    """Invent alphabets and have all their characters drawn.

    Parameters
    ----------
    n_alphabets
        At least 1; the first three fifths are the background set, the others the evaluation set.
    n_characters
        Of each alphabet, at least 1.
    n_drawers
        The same people draw every character.
    size
        Height and width of the images; the same generator draws the same glyphs at every size.
    generator
        Invents and draws.

    Returns
    -------
    Characters
        n_alphabets · n_characters · n_drawers drawings.

    Example
    -------
    >>> generate(2, 3, 4, generator=torch.Generator().manual_seed(0)).images.shape
    torch.Size([24, 28, 28])
    """
    for name, count in {"n_alphabets": n_alphabets, "n_characters": n_characters, "n_drawers": n_drawers}.items():
        check_count(name, count)
    check_count("size", size, least=8)
    shape = (n_alphabets, n_characters, n_drawers)
    strokes = _drawn(_invented(n_alphabets, n_characters, generator), n_drawers, generator)
    images = torch.cat([draw(rows, size) for rows in torch.split(strokes.flatten(0, 2), 2000)])
    alphabet, character, drawer = (axis.flatten() for axis in torch.meshgrid(*map(torch.arange, shape), indexing="ij"))
    return Characters(
        name="generated glyphs",
        source=None,
        images=images,
        character=alphabet * n_characters + character,
        alphabet=alphabet,
        drawer=drawer,
        split=(5 * alphabet >= 3 * n_alphabets).long(),
        alphabet_names=tuple(f"generated {i:0{len(str(n_alphabets))}d}" for i in range(n_alphabets)),
    )


def draw(strokes: Tensor, size: int = 28) -> Tensor:
    """Draw strokes with a round pen.

    Parameters
    ----------
    strokes
        (n, n_strokes, 3, 2), start, control point and end of quadratic Bézier curves as (x, y) from 0
        to 1, y downwards; a stroke of nan is not drawn. What leaves the image is cut off.
    size
        Height and width.

    Returns
    -------
    Tensor
        (n, size, size) uint8, 1 is ink.

    Example
    -------
    >>> draw(torch.tensor([[[[0.1, 0.5], [0.5, 0.5], [0.9, 0.5]]]]), 8)[0].sum(dim=1)
    tensor([0, 0, 0, 8, 8, 0, 0, 0])
    """
    t = torch.linspace(0, 1, N_POINTS)[:, None]
    p0, p1, p2 = strokes[..., None, :].unbind(-3)  # each (n, n_strokes, 1, 2)
    points = (1 - t) ** 2 * p0 + 2 * t * (1 - t) * p1 + t**2 * p2  # (n, n_strokes, N_POINTS, 2)
    angles = torch.arange(4) * (torch.pi / 2)
    pen = PEN * torch.stack([angles.cos(), angles.sin()], dim=-1)  # the rim; its middle is inked by neighbours
    x, y = (points[..., None, :] + pen).flatten(1, 3).mul(size).unbind(-1)  # each (n, n_strokes · N_POINTS · 4)
    inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)  # False for nan too
    pixels = torch.where(inside, y.floor() * size + x.floor(), size * size).long()
    # One pixel more, that takes what falls outside.
    ink = torch.zeros(len(strokes), size * size + 1, dtype=torch.uint8).scatter_(1, pixels, 1)
    return ink[:, :-1].reshape(-1, size, size)


def _invented(n_alphabets: int, n_characters: int, generator: torch.Generator) -> Tensor:
    """Invent characters, (A, C, 4, 3, 2): alphabets differ in number, bend and joining of strokes."""
    cpu = torch.device("cpu")
    style = uniform((3, n_alphabets, 1, 1), generator, cpu)
    each = (n_alphabets, n_characters, 4)
    joints = (uniform((*each, 2, 2), generator, cpu) * 4).floor() / 4 + 0.125  # on a 4×4 grid
    # In an alphabet that joins, a stroke often starts where the one before it ended.
    joined = uniform((*each[:2], 3), generator, cpu) < style[0]
    for i in range(3):
        joints[:, :, i + 1, 0] = torch.where(joined[..., i, None], joints[:, :, i, 1], joints[:, :, i + 1, 0])
    start, end = joints.unbind(-2)
    # A stroke from a joint to itself would be a dot.
    end = torch.where((start - end).abs().sum(-1, keepdim=True) < 0.01, (start + 0.5) % 1, end)
    bend = normal(torch.Size((*each, 2)), generator, cpu) * (0.05 + 0.35 * style[1][..., None])
    strokes = torch.stack([start, (start + end) / 2 + bend, end], dim=-2)
    n_strokes = 2 + (uniform(each[:2], generator, cpu) * (1 + 2 * style[2][..., 0])).floor()  # 2 … 4
    return strokes.where((torch.arange(4) < n_strokes[..., None])[..., None, None], torch.nan)


def _drawn(strokes: Tensor, n_drawers: int, generator: torch.Generator) -> Tensor:
    """Have characters (A, C, 4, 3, 2) drawn by every drawer, (A, C, D, 4, 3, 2)."""
    cpu = torch.device("cpu")
    alphabets, characters = strokes.shape[:2]
    hand = 0.06 * normal(torch.Size((n_drawers, 2, 2)), generator, cpu)  # slant, width, height
    moment = 0.06 * normal(torch.Size((alphabets, characters, n_drawers, 2, 2)), generator, cpu)
    affine = (0.85 * torch.eye(2) + hand + moment)[..., None, :, :]  # (A, C, D, 1, 2, 2)
    shift = 0.04 * normal(torch.Size((alphabets, characters, n_drawers, 1, 1, 2)), generator, cpu)
    tremble = 0.03 * normal(torch.Size((alphabets, characters, n_drawers, 4, 3, 2)), generator, cpu)
    return (strokes[:, :, None] - 0.5 + tremble) @ affine + 0.5 + shift
