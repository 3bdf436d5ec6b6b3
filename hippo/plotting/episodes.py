"""Few-shot tasks: which images were shown, which asked, and how often the answers are right."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from hippo.plotting.alt import describe
from hippo.plotting.style import COLOURS, to_array

__all__ = ["accuracy_bars", "episode_grid"]


def episode_grid(support: Tensor, query: Tensor, answers: Tensor, labels: Tensor, *, title: str = "") -> Figure:
    """Draw a task of one shot: the labelled images in a row, under each the queries of its class.

    Above a query stands the class that it was taken for; a wrong one is crossed and coloured.

    Parameters
    ----------
    support
        (N, height, width), one image of each class 0 … N − 1, ink from 0 to 1.
    query
        (N·Q, height, width), class by class.
    answers, labels
        (N·Q,), the class that each query was taken for, and its own.
    title
        Above the grid.
    """
    n_ways, n_asked = len(support), len(query)
    if n_asked == 0 or n_asked % n_ways or len(answers) != n_asked or len(labels) != n_asked:
        raise ValueError(
            f"query: expected Q queries of each of {n_ways} classes with answers and labels, got {n_asked}, "
            f"{len(answers)} and {len(labels)}"
        )
    n_queries = n_asked // n_ways
    size = (1.2 * n_ways + 0.8, 1.45 * (1 + n_queries) + 0.7)
    figure: Figure = plt.figure(figsize=size, layout="constrained")
    axes = figure.subplots(1 + n_queries, n_ways, squeeze=False)
    images, shown = to_array(query), to_array(support)
    for ax in axes.flat:
        ax.set_xticks([])
        ax.set_yticks([])
    for way in range(n_ways):
        axes[0, way].imshow(shown[way], cmap="gray_r", vmin=0, vmax=1)
        axes[0, way].set_title(f"class {way}", fontsize=10)
    for i, (answer, label) in enumerate(zip(answers.tolist(), labels.tolist(), strict=True)):
        ax = axes[1 + i % n_queries, i // n_queries]
        ax.imshow(images[i], cmap="gray_r", vmin=0, vmax=1)
        right = answer == label
        ax.set_title(f"{answer}" if right else f"✗ {answer}", fontsize=10, color=COLOURS[2 if right else 3])
        for side in ax.spines.values():
            side.set(color=COLOURS[2 if right else 3], linewidth=1 if right else 3)
    axes[0, 0].set_ylabel("shown once")
    axes[1, 0].set_ylabel("asked")
    right = int((answers == labels).sum())
    figure.suptitle(f"{title + '. ' if title else ''}Correct: {right}/{n_asked}")
    wrong = [f"one of class {b} for {a}" for a, b in zip(answers.tolist(), labels.tolist(), strict=True) if a != b]
    describe(
        figure,
        f"{title + ': ' if title else ''}One image of each of {n_ways} classes, and under it {n_queries} queries of "
        f"its class with the class they were taken for. {right} of {n_asked} are right"
        f"{', taken wrongly: ' + ', '.join(wrong) if wrong else ''}.",
    )
    return figure


def accuracy_bars(
    measured: Mapping[str, Tensor],
    published: Mapping[str, float | None],
    ax: Axes | None = None,
    *,
    chance: float,
    title: str = "",
) -> Axes:
    """Draw mean accuracies as bars with ± one standard deviation from task to task; rings are published.

    Parameters
    ----------
    measured
        Name → accuracies of tasks, (n,), 0 to 1.
    published
        Name → published mean, or None.
    ax
        Where to draw; a new figure if none is given.
    chance
        Accuracy of guessing, a line.
    title
        Above the bars.
    """
    if ax is None:
        ax = plt.subplots(figsize=(8.5, 0.5 * len(measured) + 1.6), layout="constrained")[1]
    sentences = []
    for i, (name, tasks) in enumerate(measured.items()):
        values = to_array(tasks)
        mean, spread = values.mean(), values.std()
        # Accuracies end at 1, so does the line of their spread.
        reach = [[min(spread, mean)], [min(spread, 1 - mean)]]
        ax.barh(i, mean, xerr=reach, capsize=4, color=COLOURS[i % len(COLOURS)], alpha=0.7)
        known = published.get(name)
        if known is not None:
            ax.plot(known, i, marker="o", markersize=11, fillstyle="none", color="black", linestyle="none")
        sentences.append(f"{name} {mean:.3f} ± {spread:.3f}" + (f" (published {known:.3f})" if known else ""))
    ax.axvline(chance, color="black", linewidth=0.8, linestyle="--")
    ax.set_yticks(np.arange(len(measured)), list(measured))
    ax.invert_yaxis()
    rings = "; ring: published" if any(published.get(name) is not None for name in measured) else ""
    ax.set(xlim=(0, 1.03), xlabel=f"accuracy (mean ± s.d. of tasks{rings}; dashed: chance)")
    ax.set_title(title, loc="right", fontsize=11)
    ax.grid(alpha=0.3, axis="x")
    describe(ax, f"{title + ': ' if title else ''}Accuracy, chance {chance:.2f}: {'; '.join(sentences)}.")
    return ax
