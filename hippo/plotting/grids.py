"""Grids of images: what was stored, what was shown and what came back."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import DIVERGING, to_array

__all__ = ["recall_grid", "reconstruction_grid"]

_Array = NDArray[np.float64]


def recall_grid(
    originals: Tensor,
    cues: Tensor,
    recalled: Tensor,
    *,
    image_shape: tuple[int, int] = (28, 28),
    title: str = "",
) -> Figure:
    """Draw original, cue, recalled state and difference, one column per pattern.

    Under each cue and recalled state stand its overlap m = ξ·s/N with the original and the number
    of wrong bits.

    Parameters
    ----------
    originals, cues, recalled
        (n, N), bipolar; a cue's 0 ("unknown") is grey.
    image_shape
        Height and width, N = height · width.
    title
        Above the grid.
    """
    x, cue, s = _images(originals, image_shape), _images(cues, image_shape), _images(recalled, image_shape)
    figure, axes = _grid(4, len(x), title)
    lines = {"original": x, "cue": cue, "recalled": s}
    for row, (name, images) in enumerate(lines.items()):
        axes[row, 0].set_ylabel(name)
        for column, image in enumerate(images):
            axes[row, column].imshow(image, cmap="gray_r", vmin=-1, vmax=1)
            if row > 0:
                axes[row, column].set_xlabel(_agreement(image, x[column]), fontsize=9)
    axes[3, 0].set_ylabel("difference")
    for column, image in enumerate(s - x):
        axes[3, column].imshow(image, cmap=DIVERGING, vmin=-2, vmax=2)
    m = (s * x).mean(axis=(1, 2))
    wrong = (s != x).sum(axis=(1, 2))
    describe(
        figure,
        f"{title + ': ' if title else ''}{len(x)} patterns as original, cue, recalled state and difference. Overlap of "
        f"the recalled state with the original {m.min():.2f} to {m.max():.2f}, mean {m.mean():.2f}; "
        f"wrong bits {wrong.min()} to {wrong.max()} of {x[0].size}.",
    )
    return figure


def reconstruction_grid(
    originals: Tensor,
    reconstructed: Tensor,
    *,
    image_shape: tuple[int, int] = (28, 28),
    title: str = "",
) -> Figure:
    """Draw original, reconstruction and error, one column per image, with the MSE under each.

    Parameters
    ----------
    originals, reconstructed
        (n, N), from 0 to 1.
    image_shape
        Height and width, N = height · width.
    title
        Above the grid.
    """
    x, y = _images(originals, image_shape), _images(reconstructed, image_shape)
    error = y - x
    errors = (error**2).mean(axis=(1, 2))
    figure, axes = _grid(3, len(x), title)
    for row, (name, images) in enumerate({"original": x, "reconstruction": y}.items()):
        axes[row, 0].set_ylabel(name)
        for column, image in enumerate(images):
            axes[row, column].imshow(image, cmap="gray_r", vmin=0, vmax=1)
    axes[2, 0].set_ylabel("error")
    for column, image in enumerate(error):
        axes[2, column].imshow(image, cmap=DIVERGING, vmin=-1, vmax=1)
        axes[2, column].set_xlabel(f"MSE {errors[column]:.4f}", fontsize=9)
    describe(
        figure,
        f"{title + ': ' if title else ''}{len(x)} images as original, reconstruction and error. "
        f"MSE {errors.min():.4f} to {errors.max():.4f}, mean {errors.mean():.4f}.",
    )
    return figure


def _images(rows: Tensor, image_shape: tuple[int, int]) -> _Array:
    array = to_array(rows)
    height, width = image_shape
    if array.ndim != 2 or array.shape[1] != height * width or len(array) == 0:
        raise ValueError(f"images: expected shape (n, {height * width}) for {height}×{width}, got {array.shape}")
    return array.reshape(-1, height, width)


def _grid(n_rows: int, n_columns: int, title: str) -> tuple[Figure, NDArray[np.object_]]:
    size = (max(1.1 * n_columns + 0.7, 5.0), 1.35 * n_rows + (0.4 if title else 0.1))
    figure, axes = plt.subplots(n_rows, n_columns, figsize=size, squeeze=False, layout="constrained")
    assert not isinstance(figure, SubFigure)
    for ax in axes.flat:
        ax.set_xticks([])
        ax.set_yticks([])
    if title:
        figure.suptitle(title)
    return figure, axes


def _agreement(state: _Array, pattern: _Array) -> str:
    wrong = int((state != pattern).sum())
    return f"m = {(state * pattern).mean():.2f}\n{wrong} wrong"
