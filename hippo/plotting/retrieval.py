"""Pictures of retrieval: images in columns, and how precisely each place of a slot is trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import COLOURS, to_array

__all__ = ["image_columns", "slot_bars"]


def image_columns(columns: Mapping[str, Tensor], captions: Sequence[str], *, title: str = "") -> Figure:
    """Draw images in columns, one row per cue.

    Parameters
    ----------
    columns
        Heading → images (n, channels, height, width) from 0 to 1, one or three channels.
    captions
        What came of each row, (n,).
    title
        Above the columns.
    """
    n = len(captions)
    figure, axes = plt.subplots(n, len(columns), figsize=(1.9 * len(columns) + 0.9, 1.55 * n + 0.7), squeeze=False)
    assert isinstance(figure, Figure)
    figure.set_layout_engine("constrained")
    for j, (heading, images) in enumerate(columns.items()):
        pixels = np.moveaxis(to_array(images), 1, -1).clip(0, 1)
        if len(pixels) != n:
            raise ValueError(f"columns: expected {n} images per column, as there are captions, got {len(pixels)}")
        for i, ax in enumerate(axes[:, j]):
            ax.imshow(pixels[i].squeeze(), cmap="gray", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
            if i == 0:
                ax.set_title(heading, fontsize=10)
            if j == len(columns) - 1:
                ax.yaxis.set_label_position("right")
                ax.set_ylabel(captions[i], rotation=0, ha="left", va="center", fontsize=9)
    if title:
        figure.suptitle(title)
    rows = "; ".join(f"row {i + 1}: {caption}" for i, caption in enumerate(captions)).replace("\n", ", ")
    describe(figure, f"{title + ': ' if title else ''}{n} rows of images, {', '.join(columns)}. {rows}.")
    return figure


def slot_bars(
    names: Sequence[str], precisions: Mapping[str, Tensor], ax: Axes | None = None, *, title: str = ""
) -> Axes:
    """Draw the precision of each place of a slot on a logarithmic axis, one group of bars per place.

    Parameters
    ----------
    names
        The places, (n,).
    precisions
        What was trained on → (n,), above 0.
    ax
        Where to draw; a new figure if none is given.
    title
        Above the bars.
    """
    ax = plt.subplots(figsize=(8, 4), layout="constrained")[1] if ax is None else ax
    width = 0.8 / len(precisions)
    sentences = []
    for i, (label, values) in enumerate(precisions.items()):
        heights = to_array(values)
        at = np.arange(len(names)) + (i - (len(precisions) - 1) / 2) * width
        hatch = ("", "//", "..")[i % 3]
        colour = COLOURS[i % len(COLOURS)]
        ax.bar(at, heights - 1, width, bottom=1, color=colour, label=label, hatch=hatch, edgecolor="white")
        listed = ", ".join(f"{name} {value:.3g}" for name, value in zip(names, heights, strict=True))
        sentences.append(f"{label}: {listed}")
    ax.axhline(1, color="0.4", linewidth=1)
    ax.set_yscale("log")
    ax.set_xticks(range(len(names)), names)
    ax.set(ylabel="learnt precision (start: 1)", xlabel="place in a slot", title=title)
    ax.legend(fontsize=9)
    describe(ax, f"{title + ': ' if title else ''}Learnt precision by place in a slot. {'. '.join(sentences)}.")
    return ax
