"""Pictures of a memory with addresses: which slots are looked at, with what is found there."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import to_array

__all__ = ["address_map", "image_grid"]


def address_map(address: Tensor, own: Tensor, ax: Axes | None = None, *, n_dummies: int = 0, title: str = "") -> Axes:
    """Draw the probability of every slot for every query; slots of the query's own kind are framed.

    Parameters
    ----------
    address
        q(a|M, x), (B, N), from 0 to 1.
    own
        Whether a slot holds an item of the query's kind, (B, N).
    ax
        Where to draw; a new figure if none is given.
    n_dummies
        How many of the last slots are no memory.
    title
        Above the map.
    """
    values, right = to_array(address), to_array(own.float()) > 0
    if values.ndim != 2 or values.shape != right.shape or values.size == 0:
        raise ValueError(f"own: expected the shape of address, (B, N), got {right.shape} beside {values.shape}")
    n_queries, n_slots = values.shape
    if ax is None:
        size = (max(0.28 * n_slots + 2.2, 5), max(0.28 * n_queries + 1.4, 3))
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    image = ax.imshow(values, cmap="cividis", vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    ax.figure.colorbar(image, ax=ax, label="probability q(a)")
    for row, column in np.argwhere(right):
        ax.add_patch(plt.Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, edgecolor="white", linewidth=1))
    if n_dummies:
        ax.axvline(n_slots - n_dummies - 0.5, color="white", linestyle="--", linewidth=2)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    slots = f"slot of the memory (last {n_dummies}: dummies)" if n_dummies else "slot of the memory"
    ax.set(xlabel=slots, ylabel="query", title=title)
    mass = (values * right).sum(axis=1)
    lost = values[:, n_slots - n_dummies :].sum(axis=1).mean() if n_dummies else 0.0
    describe(
        ax,
        f"{title + ': ' if title else ''}Address probabilities of {n_queries} queries over {n_slots} slots; on slots "
        f"of their own kind (framed) {mass.mean():.2f} on average, {mass.min():.2f} at least; on {n_dummies} dummies "
        f"{lost:.2f}.",
    )
    return ax


def image_grid(rows: Mapping[str, Tensor], ax: Axes | None = None, *, title: str = "") -> Axes:
    """Draw images in named rows, one column each.

    Parameters
    ----------
    rows
        Name → (n, height, width), from 0 (paper) to 1 (ink); rows may differ in length.
    ax
        Where to draw; a new figure if none is given.
    title
        Above the grid.
    """
    lines = {name: to_array(images) for name, images in rows.items()}
    for name, images in lines.items():
        if images.ndim != 3 or len(images) == 0:
            raise ValueError(f"rows: expected shape (n, height, width) for {name!r}, got {images.shape}")
    n_columns = max(map(len, lines.values()))
    height, width = next(iter(lines.values())).shape[1:]
    # One picture with frames a pixel wide: a hundred axes would take seconds to lay out.
    sheet = np.full((len(lines) * (height + 2), n_columns * (width + 2)), np.nan)
    for i, images in enumerate(lines.values()):
        for j, picture in enumerate(images):
            top, left = i * (height + 2) + 1, j * (width + 2) + 1
            sheet[top - 1 : top + height + 1, left - 1 : left + width + 1] = 0.5
            sheet[top : top + height, left : left + width] = picture
    if ax is None:
        size = (0.8 * n_columns + 0.1 * max(map(len, lines)) + 0.6, 0.8 * len(lines) + (0.5 if title else 0.1))
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    ax.set_yticks([(i + 0.5) * (height + 2) for i in range(len(lines))], list(lines))
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(title)
    ink = ", ".join(f"{name} ({len(images)} images, {images.mean():.0%} ink)" for name, images in lines.items())
    describe(ax, f"{title + ': ' if title else ''}rows of images: {ink}.")
    return ax
