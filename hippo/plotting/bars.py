"""Bars of responses, with every run as a dot."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import COLOURS, to_array

__all__ = ["preconditioning_bars"]

_HATCHES = ("", "//", "..", "xx", "--", "\\\\")


def preconditioning_bars(
    responses: Mapping[str, Tensor], ax: Axes | None = None, *, ylabel: str = "response", title: str = ""
) -> Axes:
    """Draw mean ± s.d. of the response to each stimulus, and every single response as a dot.

    Parameters
    ----------
    responses
        Stimulus → responses of any shape, one per run or context.
    ax
        Where to draw; a new figure if none is given.
    ylabel, title
        The response's unit is that of the outcome: 1 with it, 0 without.
    """
    if ax is None:
        ax = plt.subplots(figsize=(5, 4), layout="constrained")[1]
    sentences = []
    for i, (name, values) in enumerate(responses.items()):
        dots = to_array(values).ravel()
        mean, spread = dots.mean(), dots.std()
        ax.bar(
            i,
            mean,
            yerr=spread,
            capsize=5,
            color=COLOURS[i % len(COLOURS)],
            alpha=0.6,
            hatch=_HATCHES[i % 6],
            edgecolor="white",
        )
        # Spread evenly from left to right: the same picture every time.
        ax.scatter(i + np.linspace(-0.25, 0.25, len(dots)), dots, s=12, color="black", alpha=0.6, zorder=3)
        sentences.append(f"{name} {mean:.2f} ± {spread:.2f} ({len(dots)} dots)")
    ax.set_xticks(range(len(responses)), list(responses))
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set(xlabel="stimulus", ylabel=f"{ylabel} (mean ± s.d.)", title=title)
    describe(ax, f"{title + ': ' if title else ''}Mean ± s.d. of the {ylabel}: {', '.join(sentences)}.")
    return ax
