"""Trajectories in the plane beside what a generator makes of them, and causes on their way among prototypes."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Circle
from numpy.typing import NDArray
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import COLOURS, to_array

__all__ = ["cause_paths", "draw_causes", "draw_trajectory", "trajectory_grid"]

_Array = NDArray[np.float64]


def trajectory_grid(targets: Tensor, generated: Tensor, names: Sequence[str], *, title: str = "") -> Figure:
    """Draw each target trajectory dashed under the generated one, five in a row, with the error under each.

    Parameters
    ----------
    targets, generated
        (T, n, 2).
    names
        One per trajectory.
    title
        Above the grid.
    """
    x, y = to_array(targets), to_array(generated)
    if x.ndim != 3 or x.shape != y.shape or x.shape[1] != len(names) or x.shape[2] != 2:
        raise ValueError(
            f"generated: expected (T, n, 2) like the targets and n names, got {x.shape}, {y.shape}, {len(names)}"
        )
    # One pair of axes with the trajectories side by side: a panel for each takes ten times as long to draw.
    centre = (x.max(axis=0) + x.min(axis=0)) / 2  # (n, 2)
    width, height = 1.15 * np.abs(np.concatenate([x, y]) - centre).max(axis=(0, 1)) * 2
    n_columns = min(5, len(names))
    n_rows = -(-len(names) // n_columns)
    errors = np.linalg.norm(y - x, axis=-1).mean(axis=0)
    size = (max(2.0 * n_columns, 4.0), 0.5 + n_rows * (2.0 * height / width + 0.3))
    figure, (ax,) = _panels(1, 1, size)
    for i, name in enumerate(names):
        offset = np.array([i % n_columns * width, -(i // n_columns) * (height + 0.16 * width)]) - centre[i]
        draw_trajectory(x[:, i] + offset, y[:, i] + offset, ax)
        below = (i % n_columns * width, -(i // n_columns) * (height + 0.16 * width) - 0.54 * height)
        ax.annotate(f"{name}: error {errors[i]:.3f}", below, fontsize=9, ha="center", va="center")
    ax.set_axis_off()
    ax.set_title(title)
    worst = int(errors.argmax())
    describe(
        figure,
        f"{title + ': ' if title else ''}{len(names)} trajectories, dashed, under what is generated for them. "
        f"Mean distance {errors.min():.3f} to {errors.max():.3f}, the largest for {names[worst]}.",
    )
    return figure


def draw_trajectory(target: _Array, generated: _Array, ax: Axes, *, limit: float | None = None) -> None:
    """Draw one target (T, 2), dashed, under one generated trajectory (T, 2), to a limit if films need one."""
    ax.plot(*target.T, linestyle="--", color="0.55", linewidth=1.5, label="target")
    ax.plot(*generated.T, color=COLOURS[0], linewidth=1.8, label="generated")
    ax.plot(*generated[0], "o", color=COLOURS[0], markersize=4)
    ax.set_aspect("equal", adjustable="datalim" if limit is None else "box")
    if limit is not None:
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit))


def draw_causes(
    prototypes: _Array, path: _Array, right: int | None, ax: Axes, *, names: Sequence[str], radius: float, limit: float
) -> None:
    """Draw prototypes (K, 2) as named crosses, a circle round the right one, and a path (S, 2) of causes."""
    ax.plot(*prototypes.T, "x", color="0.35", markersize=6, linestyle="none")
    for name, point in zip(names, prototypes, strict=True):
        ax.annotate(name, tuple(point), xytext=(4, 3), textcoords="offset points", fontsize=9)
    if right is not None:
        ax.add_patch(Circle(tuple(prototypes[right]), radius, fill=False, edgecolor=COLOURS[3], linewidth=2, zorder=5))
    if len(path):
        ax.plot(*path.T, "-", color=COLOURS[5], linewidth=0.8, alpha=0.8)
        ax.plot(*path.T, ".", color=COLOURS[0], markersize=4)
        ax.plot(*path[0], "s", color=COLOURS[1], markersize=7, label="start")
        ax.plot(*path[-1], "D", color="black", markersize=5, zorder=4, label="end")
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")


def cause_paths(
    prototypes: Tensor,
    paths: Tensor,
    right: int | None,
    *,
    names: Sequence[str],
    radius: float = 0.1,
    title: str = "",
) -> Figure:
    """Draw the way of causes over trials among prototypes, one panel per chain, two in a row.

    Parameters
    ----------
    prototypes
        (K, 2).
    paths
        (R, S, 2), one path per chain; with S = 0 the prototypes alone.
    right
        The prototype that is looked for; it gets a circle of `radius`.
    names
        One per prototype.
    radius
        Inside it a retrieval counts as right.
    title
        Above the panels.
    """
    crosses, ways = to_array(prototypes), to_array(paths)
    if crosses.ndim != 2 or ways.ndim != 3 or crosses.shape[1] != 2 or ways.shape[2] != 2:
        raise ValueError(f"paths: expected prototypes (K, 2) and paths (R, S, 2), got {crosses.shape}, {ways.shape}")
    n_columns = min(2, len(ways))
    n_rows = -(-len(ways) // n_columns)
    size = (4.2 * n_columns + 0.6, 4.2 * n_rows + 0.5) if len(ways) > 1 else (6, 6)
    figure, axes = _panels(n_rows, n_columns, size)
    limit = 1.1 * max(float(np.abs(crosses).max()), float(np.abs(ways).max(initial=0.0)))
    inside = 0
    for ax, way in zip(axes, ways, strict=False):
        draw_causes(crosses, way, right, ax, names=names, radius=radius, limit=limit)
        ax.set(xlabel="cause 1 (arbitrary unit)", ylabel="cause 2 (arbitrary unit)")
        if right is not None and len(way):
            inside += int(np.linalg.norm(way[-1] - crosses[right]) < radius)
            ax.legend(fontsize=9, loc="lower right")
    if title:
        figure.suptitle(title)
    told = f"{title + ': ' if title else ''}{len(crosses)} prototypes as crosses in the plane of causes"
    if right is not None and ways.shape[1]:
        told += (
            f"; {len(ways)} chains over {ways.shape[1]} trials, of which {inside} end within {radius:g} of "
            f"prototype {names[right]}"
        )
    else:
        distances = np.linalg.norm(crosses[:, None] - crosses[None], axis=-1) + np.diag(np.full(len(crosses), np.inf))
        i, j = np.unravel_index(distances.argmin(), distances.shape)
        told += f"; nearest to each other are {names[i]} and {names[j]}, {distances.min():.2f} apart"
    describe(figure, f"{told}.")
    return figure


def _panels(n_rows: int, n_columns: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(n_rows, n_columns, figsize=size, squeeze=False, layout="constrained")
    assert not isinstance(figure, SubFigure)
    return figure, list(axes.flat)
