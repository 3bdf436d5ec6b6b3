"""Draw how alike submissions are: all pairs as a histogram, submissions by submissions as a matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.class_pictures import MAX_NAMED_ROWS, WIDTH_INCHES, drawable
from autograder.pictures import BLUE, STYLE, VERMILLION, Picture, new_figure, render
from autograder.similarity import Pair


def histogram(pairs: Sequence[Pair], threshold: float) -> Picture:
    """How many pairs are how alike, code and written answers apart; those to look at stand right of the line."""
    from matplotlib import rc_context

    kinds = {"code": np.array([100 * p.code for p in pairs])}
    if any(p.written for p in pairs):
        kinds["written answers"] = np.array([100 * p.written for p in pairs])
    edges = np.arange(0, 100.1, 5)
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 2.2)
        ax = figure.subplots()
        counts = [np.histogram(values, edges)[0] for values in kinds.values()]
        width = 4.6 / len(kinds)
        for place, name in enumerate(kinds):
            left = edges[:-1] + 0.2 + place * width
            bars = ax.bar(left, counts[place], width, align="edge", label=name, color=("#f0c9a5" if place else BLUE))
            for bar in bars if place else ():
                bar.set(hatch="////", edgecolor=VERMILLION, linewidth=0.5)
        ax.axvline(100 * threshold, color=VERMILLION, linewidth=1.6, linestyle="--")
        top = float(np.max(counts))
        many = top > 30
        if many:
            ax.set_yscale("symlog", linthresh=1)
            ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.set_ylim(0, top * (3 if many else 1.3) + 0.5)
        ax.text(100 * threshold - 1, ax.get_ylim()[1] * 0.97, "to look at →", ha="right", va="top", color="#9c3a00")
        ax.set_xlim(0, 100)
        ax.set_xlabel("similarity of a pair, %")
        ax.set_ylabel("pairs" + (" (log)" if many else ""))
        if len(kinds) > 1:
            ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
    words = [
        f"{name} from {values.min():.0f} % to {values.max():.0f} %, median {np.median(values):.0f} %, "
        f"{int((values >= 100 * threshold - 1e-6).sum())} pairs at or above {threshold:.0%}"
        for name, values in kinds.items()
    ]
    return Picture(render(figure), f"Histogram of the similarity of {len(pairs)} pairs: {'; '.join(words)}.")


def matrix(pairs: Sequence[Pair], order: Sequence[str], threshold: float) -> Picture:
    """Similarity of every two: code below the diagonal, written answers above; a dot on what is to be looked at."""
    from matplotlib import colormaps, rc_context

    place = {name: n for n, name in enumerate(order)}
    values = np.full((len(order), len(order)), np.nan)
    for pair in pairs:
        if pair.first in place and pair.second in place:
            low, high = sorted((place[pair.first], place[pair.second]))
            values[high, low], values[low, high] = pair.code, pair.written
    named = len(order) <= MAX_NAMED_ROWS
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 0.6 + (0.18 * len(order) if named else 4.5))
        ax = figure.subplots()
        image = ax.imshow(
            np.ma.masked_invalid(values),
            cmap=colormaps["cividis"].with_extremes(bad="white"),
            vmin=0,
            vmax=1,
            aspect="auto",
            interpolation="nearest",
        )
        rows, columns = np.nonzero(np.nan_to_num(values) >= threshold - 1e-9)
        ax.plot(columns, rows, "o", color="#22262e", markersize=3 if named else 1, linestyle="none")
        ax.set_yticks(range(len(order)) if named else [], [drawable(n) for n in order] if named else [])
        ax.set_xticks([])
        ax.set_title("written answers ↗", loc="right")
        ax.set_xlabel("↙ code; the same order from left to right", loc="left")
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        bar = figure.colorbar(image, ax=ax, fraction=0.03, pad=0.02, ticks=[0, 0.5, 1])
        bar.ax.set_yticklabels(["0 %", "50 %", "100 %"])
        bar.outline.set_visible(False)
    dots = [int(np.sum(np.nan_to_num(half) >= threshold - 1e-9)) for half in (np.tril(values, -1), np.triu(values, 1))]
    return Picture(
        render(figure),
        f"Similarity of every two of {len(order)} submissions, those that hang together side by side; of "
        f"{len(order) * (len(order) - 1) // 2} pairs {dots[0]} have code and {dots[1]} written answers that are "
        f"{threshold:.0%} alike or more and carry a dot.",
    )
