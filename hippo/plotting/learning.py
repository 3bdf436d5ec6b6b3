"""Learning curves: how well a network does on the way, beside what was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from hippo.plotting.alt import describe
from hippo.plotting.style import COLOURS, LINES, MARKERS

__all__ = ["learning_curves"]

_Curve = tuple[Sequence[float], Sequence[float]]


def learning_curves(
    curves: Mapping[str, Sequence[_Curve]],
    published: Mapping[str, _Curve],
    ax: Axes | None = None,
    *,
    ylabel: str,
    title: str = "",
) -> Axes:
    """Draw one line per run against iterations, and published points as crosses.

    The axis is logarithmic where iterations go over more than a decade and a half.

    Parameters
    ----------
    curves
        Name → runs, each iterations (n,), above 0, and values (n,). Runs of a name share a colour.
    published
        Name of a curve → its published iterations and values.
    ax
        Where to draw; a new figure if none is given.
    ylabel, title
        With the unit of the values.
    """
    ax = plt.subplots(figsize=(7, 4), layout="constrained")[1] if ax is None else ax
    sentences = []
    for i, (name, runs) in enumerate(curves.items()):
        colour = COLOURS[i % len(COLOURS)]
        look = (i + i // len(COLOURS)) % 6  # where colours come round again, markers and lines are others
        for k, (iterations, values) in enumerate(runs):
            ax.plot(
                iterations,
                values,
                color=colour,
                marker=MARKERS[look],
                markersize=4,
                linestyle=LINES[look],
                label=None if k else name,
            )
        ends = [values[-1] for _, values in runs]
        last = max(iterations[-1] for iterations, _ in runs)
        end = f"{ends[0]:.4g}" if len(ends) == 1 else f"{min(ends):.4g} to {max(ends):.4g} in {len(ends)} runs"
        sentences.append(f"{name} ends at {end} after {last:,g} iterations")
        if name in published:
            ax.plot(*published[name], color=colour, marker="x", markersize=8, linestyle="", label=f"{name}: published")
    reach = [x for runs in curves.values() for iterations, _ in runs for x in (iterations[0], iterations[-1])]
    if max(reach) > 30 * min(reach):
        ax.set_xscale("log")
    ax.set(xlabel="iteration", ylabel=ylabel, title=title)
    ax.grid(alpha=0.3)
    if len(ax.get_legend_handles_labels()[1]) > 6:
        ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.01, 0.5))
    else:
        ax.legend(fontsize=9)
    heading = f"{title}: " if title else ""
    crosses = " Crosses are published values." if set(published) & set(curves) else ""
    describe(ax, f"{heading}{ylabel} against iterations: {'; '.join(sentences)}.{crosses}")
    return ax
