"""Curves: errors, losses and energies against what was varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import COLOURS, LINES, MARKERS, to_array

__all__ = ["energy_traces", "error_curves", "loss_curves", "overlap_traces"]


def error_curves(
    x: Sequence[float],
    errors: Mapping[str, Tensor],
    ax: Axes | None = None,
    *,
    xlabel: str,
    ylabel: str = "mean squared error",
    title: str = "",
) -> Axes:
    """Draw a mean with an interval of ± one standard deviation over runs, one line per name.

    Parameters
    ----------
    x
        What was varied, (n,).
    errors
        Name → (n_runs, n).
    ax
        Where to draw; a new figure if none is given.
    xlabel, ylabel, title
        With units where they have any.
    """
    ax = _axes(ax)
    sentences = []
    for i, (name, runs) in enumerate(errors.items()):
        values = to_array(runs)
        if values.ndim != 2 or values.shape[1] != len(x):
            raise ValueError(f"errors: expected shape (n_runs, {len(x)}) for {name!r}, got {values.shape}")
        mean, spread = values.mean(axis=0), values.std(axis=0)
        colour = COLOURS[i % len(COLOURS)]
        ax.plot(x, mean, color=colour, marker=MARKERS[i % 6], linestyle=LINES[i % 6], label=name)
        ax.fill_between(x, mean - spread, mean + spread, color=colour, alpha=0.2, linewidth=0)
        sentences.append(f"{name} from {mean[0]:.3g} at {x[0]:g} to {mean[-1]:.3g} at {x[-1]:g}")
    _label(ax, xlabel, f"{ylabel} (mean ± s.d.)" if _several(errors) else ylabel, title)
    describe(ax, f"{_heading(title)}{ylabel} against {xlabel}: {'; '.join(sentences)}.")
    return ax


def loss_curves(
    losses: Mapping[str, Sequence[float]],
    ax: Axes | None = None,
    *,
    ylabel: str = "loss",
    title: str = "",
    xlabel: str = "epoch",
) -> Axes:
    """Draw losses against epochs on a logarithmic axis, one line per name.

    Parameters
    ----------
    losses
        Name → one loss per epoch, above 0.
    ax
        Where to draw; a new figure if none is given.
    ylabel, title
        With the loss's unit where it has one.
    xlabel
        What there is one loss of, in the singular.
    """
    ax = _axes(ax)
    sentences = []
    for i, (name, values) in enumerate(losses.items()):
        epochs = np.arange(1, len(values) + 1)
        every = max(1, len(values) // 8)
        ax.plot(
            epochs,
            values,
            color=COLOURS[i % len(COLOURS)],
            marker=MARKERS[i % 6],
            markevery=every,
            linestyle=LINES[i % 6],
            label=name,
        )
        sentences.append(f"{name} from {values[0]:.3g} to {values[-1]:.3g}")
    ax.set_yscale("log")
    _label(ax, xlabel, ylabel, title)
    describe(ax, f"{_heading(title)}{ylabel} over {max(map(len, losses.values()))} {xlabel}s: {'; '.join(sentences)}.")
    return ax


def energy_traces(
    energies: Tensor, ax: Axes | None = None, *, xlabel: str = "update (sweeps)", title: str = ""
) -> Axes:
    """Draw energy against update, one line per cue; every rise is ringed.

    Parameters
    ----------
    energies
        (T + 1, n_cues), as `hopfield.energy` gives of a trajectory.
    ax
        Where to draw; a new figure if none is given.
    xlabel, title
        `xlabel` says whether an update is a step of all units or a sweep.
    """
    ax = _axes(ax)
    values = _traces(energies)
    t = np.arange(len(values))
    for i, trace in enumerate(values.T):
        ax.plot(t, trace, color=COLOURS[i % len(COLOURS)], marker=MARKERS[i % 6], linestyle=LINES[i % 6], markersize=4)
    # A rise smaller than float32 can tell from the energies' size is rounding.
    rises = np.argwhere(np.diff(values, axis=0) > 1e-6 * np.abs(values).max())
    if len(rises):
        after, cue = rises[:, 0] + 1, rises[:, 1]
        ax.scatter(after, values[after, cue], s=120, facecolors="none", edgecolors="black", label="rise")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label(ax, xlabel, "energy E", title)
    describe(
        ax,
        f"{_heading(title)}Energy of {values.shape[1]} cues over {len(values) - 1} updates, on average from "
        f"{values[0].mean():.4g} to {values[-1].mean():.4g}; {len(rises)} rises, ringed.",
    )
    return ax


def overlap_traces(
    overlaps: Tensor, ax: Axes | None = None, *, xlabel: str = "update (steps)", title: str = ""
) -> Axes:
    """Draw one state's overlap with every stored pattern against update.

    Parameters
    ----------
    overlaps
        (T + 1, P), as `metrics.overlaps` gives of a trajectory.
    ax
        Where to draw; a new figure if none is given.
    xlabel, title
        `xlabel` says whether an update is a step of all units or a sweep.
    """
    ax = _axes(ax)
    values = _traces(overlaps)
    best = int(values[-1].argmax())
    for i, trace in enumerate(values.T):
        style = {"color": COLOURS[0], "linewidth": 2.5, "marker": "o"} if i == best else {"color": "0.6"}
        ax.plot(trace, label=f"pattern {i}" if i == best else None, **style)
    ax.set_ylim(-1.05, 1.05)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label(ax, xlabel, "overlap m", title)
    describe(
        ax,
        f"{_heading(title)}Overlap of a state with {values.shape[1]} stored patterns over {len(values) - 1} updates; "
        f"it ends nearest to pattern {best}, from {values[0, best]:.2f} to {values[-1, best]:.2f}.",
    )
    return ax


def _traces(values: Tensor) -> np.ndarray:
    array = to_array(values)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"values: expected shape (T + 1, n), got {array.shape}")
    return array


def _several(errors: Mapping[str, Tensor]) -> bool:
    return any(len(runs) > 1 for runs in errors.values())


def _axes(ax: Axes | None) -> Axes:
    return plt.subplots(figsize=(6, 4), layout="constrained")[1] if ax is None else ax


def _label(ax: Axes, xlabel: str, ylabel: str, title: str) -> None:
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(alpha=0.3)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=9)


def _heading(title: str) -> str:
    return f"{title}: " if title else ""
