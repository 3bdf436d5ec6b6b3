"""Draw a class: marks, questions by student, difficulty against discrimination, time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from autograder.itemstats import POOR_DISCRIMINATION, PropertyStat, QuestionStat
from autograder.marks import shown
from autograder.pages import duration
from autograder.pictures import BLUE, GREY, STYLE, VERMILLION, Picture, new_figure, render
from autograder.plaintext import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Wide enough for a page, narrow enough for a phone of 390 px.
WIDTH_INCHES = 4.9
#: More rows than this and names would overlap.
MAX_NAMED_ROWS = 60


def histogram(marks: Sequence[float], maximum: float) -> Picture:
    """Distribution of marks, with the quartiles marked."""
    from matplotlib import rc_context

    values = np.asarray(marks, dtype=float)
    low, middle, high = np.percentile(values, [25, 50, 75])
    top = max(maximum, float(values.max()), 1.0)
    step = next(s for s in (0.25, 0.5, 1, 2, 5, 10, 20, 50, np.inf) if top / s <= 20)
    edges = np.arange(0, top + step, step) if np.isfinite(step) else np.linspace(0, top, 21)
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 2.3)
        ax = figure.subplots()
        counts, _, _ = ax.hist(values, bins=edges.tolist(), color=BLUE, edgecolor="white", zorder=2)
        ax.axvspan(low, high, color="#fbe8c8", linewidth=0, zorder=0)
        ax.axvline(middle, color=VERMILLION, linewidth=1.8, linestyle="--", zorder=3)
        height = float(np.max(counts))
        ax.set_ylim(0, height * 1.22 + 0.3)
        ax.text(
            middle,
            height * 1.2 + 0.3,
            f" median {shown(middle)}",
            color="#9c3a00",
            va="top",
            ha="left" if middle < top * 0.75 else "right",
        )
        ax.set_xlim(0, edges[-1])
        ax.set_xlabel(f"autograded marks (of {shown(maximum)}); shaded: the middle half")
        ax.set_ylabel("students")
        ax.locator_params(axis="y", integer=True)
    peak = int(np.argmax(counts))
    five = zip(
        ("lowest", "lower quartile", "median", "upper quartile", "highest"),
        (values.min(), low, middle, high, values.max()),
        strict=True,
    )
    words = ", ".join(f"{name} {shown(float(value))}" for name, value in five)
    return Picture(
        render(figure),
        f"Histogram of the autograded marks of {len(values)} students, of {shown(maximum)}: {words}. Most students, "
        f"{int(counts[peak])}, lie between {shown(edges[peak])} and {shown(edges[peak + 1])}.",
    )


def heat_map(shares: npt.NDArray[np.float64], students: Sequence[str], questions: Sequence[str]) -> Picture:
    """Share of the marks earned, question by student; hatched where nothing was graded."""
    from matplotlib import colormaps, rc_context
    from matplotlib.patches import Rectangle

    rows, columns = shares.shape
    named = rows <= MAX_NAMED_ROWS
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 0.7 + (rows * 0.2 if named else 4.5))
        ax = figure.subplots()
        image = ax.imshow(
            np.ma.masked_invalid(shares),
            cmap=colormaps["cividis"].with_extremes(bad="white"),
            vmin=0,
            vmax=1,
            aspect="auto",
            interpolation="nearest",
        )
        for row, column in np.argwhere(np.isnan(shares)):
            ax.add_patch(
                Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="////", edgecolor="#b9bec7", linewidth=0)
            )
        if named:
            for row, column in np.argwhere(~np.isnan(shares)):
                share = shares[row, column]
                ax.text(
                    column,
                    row,
                    f"{share:.0%}".rstrip("%"),
                    ha="center",
                    va="center",
                    fontsize=9,
                    color="white" if share < 0.55 else "black",
                )
        ax.set_xticks(range(columns), [drawable(q) for q in questions])
        ax.xaxis.tick_top()
        ax.set_yticks(range(rows) if named else [], [drawable(s) for s in students] if named else [])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        if not named:
            ax.set_ylabel(f"{rows} students, best at the top")
        bar = figure.colorbar(image, ax=ax, fraction=0.03, pad=0.02, ticks=[0, 0.5, 1])
        bar.ax.set_yticklabels(["0 %", "50 %", "100 %"])
        bar.outline.set_visible(False)
    seen = ~np.isnan(shares)
    means = np.divide(np.nansum(shares, axis=0), seen.sum(axis=0), out=np.full(columns, np.nan), where=seen.any(axis=0))
    parts = [f"{q} {'not graded' if np.isnan(m) else f'{m:.0%}'}" for q, m in zip(questions, means, strict=True)]
    return Picture(
        render(figure),
        f"Heat map of {rows} students by {columns} questions, best students at the top. "
        f"Mean share of the marks: {', '.join(parts)}.",
    )


def difficulty(stats: Sequence[QuestionStat]) -> Picture:
    """Facility against discrimination, one labelled point per question; needs at least one known correlation."""
    from matplotlib import rc_context

    known = [(s, s.discrimination) for s in stats if s.discrimination is not None]
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 2.8)
        ax = figure.subplots()
        ax.axhspan(-1, POOR_DISCRIMINATION, color="#f0f1f4", linewidth=0)
        ax.axhline(POOR_DISCRIMINATION, color=GREY, linewidth=0.8, linestyle=":")
        ax.text(0.005, POOR_DISCRIMINATION - 0.02, "tells students apart poorly", va="top", color="#545b66", fontsize=9)
        for s, r in known:
            poor = r < POOR_DISCRIMINATION
            ax.plot(
                s.facility, r, "x" if poor else "o", color=VERMILLION if poor else BLUE, markersize=7, markeredgewidth=2
            )
        ax.set_xlim(0, 1)
        ax.set_ylim(min(-0.1, min(r for _, r in known) - 0.1), 1.05)
        _label_points(ax, [(s.facility, r, s.id) for s, r in known])
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0\nhard", "25", "50", "75", "100\neasy"])
        ax.set_xlabel("mean share of the marks earned, %")
        ax.set_ylabel("correlation with the rest")
    words = [f"{s.id} {s.facility:.0%} and {r:.2f}" for s, r in known]
    return Picture(
        render(figure),
        "Difficulty against discrimination: per question the mean share of marks earned and "
        f"the correlation with all other questions: {'; '.join(words)}.",
    )


def times(seconds: Sequence[float], students: Sequence[str]) -> Picture:
    """Grading time per submission, slowest first; the slowest is named."""
    from matplotlib import rc_context

    order = np.argsort(-np.asarray(seconds, dtype=float), kind="stable")
    values = np.maximum(np.asarray(seconds, dtype=float)[order], 1e-3)
    names = [students[int(i)] for i in order]
    wide = values.max() / values.min() > 20
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 1.9)
        ax = figure.subplots()
        ax.bar(np.arange(len(values)), values, color=BLUE, width=0.85)
        ax.set_ylim(values.min() / 2 if wide else 0, values.max() * (4 if wide else 1.35))
        if wide:
            ax.set_yscale("log")
            ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
            ax.yaxis.set_minor_formatter(lambda *_: "")
        ax.annotate(
            f"{drawable(names[0])}, {duration(values[0])}",
            (0, values[0]),
            xytext=(8, 5),
            textcoords="offset points",
            fontsize=9,
        )
        ax.set_xticks([])
        ax.set_xlabel(f"{len(values)} submissions, slowest first")
        ax.set_ylabel("seconds" + (" (log)" if wide else ""))
    slow = ", ".join(f"{n} {duration(v)}" for n, v in zip(names[:3], values[:3], strict=True))
    middle = duration(float(np.median(values)))
    return Picture(render(figure), f"Grading time of {len(values)} submissions: median {middle}, slowest {slow}.")


def pass_rates(stats: Sequence[PropertyStat]) -> Picture:
    """One mark per property at the share of students for whom it holds, a row per question."""
    from matplotlib import rc_context

    questions = list(dict.fromkeys(s.question for s in stats))
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 0.9 + 0.3 * len(questions))
        ax = figure.subplots()
        for visible, marker, colour, name in ((True, "o", BLUE, "visible"), (False, "D", VERMILLION, "hidden")):
            chosen = [s for s in stats if s.visible == visible]
            rows = [questions.index(s.question) + (-0.17 if visible else 0.17) for s in chosen]
            ax.plot(
                [100 * s.rate for s in chosen], rows, marker, color=colour, markersize=6, alpha=0.6,
                markerfacecolor=colour if visible else "none", label=name, clip_on=False,
            )  # fmt: skip
        ax.set_yticks(range(len(questions)), [drawable(q) for q in questions])
        ax.set_ylim(len(questions) - 0.5, -0.5)
        ax.set_xlim(0, 100)
        ax.grid(axis="y", color="#e3e6ea", linewidth=0.8)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("students for whom a property holds, %")
        ax.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0)
    words = []
    for question in questions:
        own = [s.rate for s in stats if s.question == question]
        words.append(f"{question}: {len(own)} properties from {min(own):.0%} to {max(own):.0%}")
    return Picture(render(figure), f"Share of students for whom each property holds. {'; '.join(words)}.")


def _label_points(ax: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Write each point's name beside it; points in one place share a label, near labels avoid each other."""
    places: dict[tuple[float, float], list[str]] = {}
    for x, y, name in points:
        near = next((p for p in places if abs(p[0] - x) < 0.015 and abs(p[1] - y) < 0.03), (x, y))
        places.setdefault(near, []).append(name)
    low, high = ax.get_ylim()
    line = 0.06 * (high - low)
    # boxes that a label must not touch, as (left, right, level): the marks, then the labels written so far
    taken = [(x - 0.02, x + 0.02, y) for x, y in places]
    for (x, y), names in sorted(places.items()):
        text = drawable(", ".join(names))
        width = 0.02 * len(text) + 0.01
        options = [
            (left, y + step)
            for step in (0.5 * line * n * sign for n in range(2 * len(places) + 4) for sign in (1, -1))
            for left in (x + 0.024, x - 0.024 - width)
            if left > 0 and left + width < 1 and low < y + step < high
        ]
        free = (o for o in options if not any(_touch(o, width, other, line) for other in taken))
        left, level = next(free, (x + 0.024, y))
        taken.append((left, left + width, level))
        right = left > x
        ax.text(left if right else left + width, level, text, fontsize=9, ha="left" if right else "right", va="center")


def _touch(place: tuple[float, float], width: float, other: tuple[float, float, float], line: float) -> bool:
    left, level = place
    return left < other[1] and left + width > other[0] and abs(level - other[2]) < line


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(findfont("DejaVu Sans")).get_charmap())


def drawable(text: str) -> str:
    """`text` on one line, short, with a box for what the pictures' font cannot draw."""
    return "".join(c if ord(c) in _glyphs() else "□" for c in one_line(text, 28))
