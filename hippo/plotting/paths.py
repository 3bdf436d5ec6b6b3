"""States on their way between stored patterns: seen from above, and as overlaps in time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import COLOURS, DIVERGING, MARKERS, to_array

__all__ = ["overlap_raster", "state_map"]


def state_map(
    patterns: Tensor, path: Tensor, ax: Axes | None = None, *, names: Sequence[str] | None = None, title: str = ""
) -> Axes:
    """Draw stored patterns as crosses and the path of a state among them, in a plane.

    Parameters
    ----------
    patterns
        (P, 2), the stored patterns after some projection of N units on two axes.
    path
        (T + 1, 2), the states, projected likewise; the last is the large dot.
    ax
        Where to draw; a new figure if none is given.
    names
        One per pattern, drawn beside its cross; numbers if none are given.
    title
        Above the map.
    """
    if ax is None:
        ax = plt.subplots(figsize=(5, 5), layout="constrained")[1]
    crosses, states = to_array(patterns), to_array(path)
    if crosses.ndim != 2 or states.ndim != 2 or crosses.shape[1] != 2 or states.shape[1] != 2 or not len(states):
        raise ValueError(f"path: expected patterns (P, 2) and states (T + 1, 2), got {crosses.shape}, {states.shape}")
    names = [str(i) for i in range(len(crosses))] if names is None else names
    for i, (x, y) in enumerate(crosses):
        ax.plot(x, y, "x", color=COLOURS[i % len(COLOURS)], markersize=11, markeredgewidth=3)
        ax.annotate(names[i], (x, y), xytext=(9, 7), textcoords="offset points", fontsize=11)
    ax.plot(states[:, 0], states[:, 1], "-", color="0.6", linewidth=1, zorder=1)
    ax.plot(states[:-1, 0], states[:-1, 1], ".", color="0.5", zorder=2)
    ax.plot(*states[-1], "o", color="black", markersize=10, markerfacecolor="none", markeredgewidth=2, zorder=4)
    ax.plot(*states[-1], ".", color="black", zorder=4)
    distances = np.linalg.norm(crosses - states[-1], axis=1)
    limit = 1.15 * max(float(np.abs(crosses).max()), float(np.abs(states).max()), 1.0)
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", title=title)
    ax.set(xlabel="first projection (arbitrary unit)", ylabel="second projection (arbitrary unit)")
    describe(
        ax,
        f"{title + ': ' if title else ''}A state moves {len(states) - 1} steps among {len(crosses)} stored patterns, "
        f"drawn as crosses in a plane; it ends {distances.min():.2g} from pattern {names[int(distances.argmin())]}.",
    )
    return ax


def overlap_raster(overlaps: Tensor, ax: Axes | None = None, *, xlabel: str = "time (steps)", title: str = "") -> Axes:
    """Draw the overlap of a state with each stored pattern against time, one row per pattern.

    Parameters
    ----------
    overlaps
        (T + 1, P), as `metrics.overlaps` gives of a trajectory.
    ax
        Where to draw; a new figure if none is given.
    xlabel, title
        With units where they have any.
    """
    if ax is None:
        ax = plt.subplots(figsize=(7, 2.8), layout="constrained")[1]
    values = to_array(overlaps)
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"overlaps: expected shape (T + 1, P), got {values.shape}")
    image = ax.imshow(values.T, cmap=DIVERGING, vmin=-1, vmax=1, aspect="auto", interpolation="nearest", origin="lower")
    nearest = values.argmax(axis=1)
    ax.plot(nearest, MARKERS[0], color="black", markersize=3)
    ax.figure.colorbar(image, ax=ax, label="overlap m")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel=xlabel, ylabel="pattern", title=title)
    hops = int((np.diff(nearest) != 0).sum())
    order = [int(nearest[0]), *(int(b) for a, b in pairwise(nearest) if a != b)]
    shown = ", ".join(map(str, order[:12])) + (", …" if len(order) > 12 else "")
    describe(
        ax,
        f"{title + ': ' if title else ''}Overlap with {values.shape[1]} stored patterns over {len(values) - 1} steps; "
        f"the nearest pattern changes {hops} times, in the order {shown}.",
    )
    return ax
