"""Draw expected, got and difference of a property that does not hold."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograder.differences import Array, array_of, largest_difference, remarks, shape_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Width that stays readable on a phone of 390 px at 9.5 pt.
WIDTH_INCHES = 4.8
DOTS_PER_INCH = 180
#: Okabe and Ito's colours, told apart by every kind of colour vision (Okabe & Ito 2008).
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8A8F98"
STYLE: dict[str, Any] = {
    "font.size": 9.5,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.5,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#5b616b",
    "axes.labelcolor": "#22262e",
    "text.color": "#22262e",
    "xtick.color": "#3f4650",
    "ytick.color": "#3f4650",
    # names and titles are text: a dollar sign in them is no formula
    "text.parse_math": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",
}
#: More rows of images than this are left out, and the caption says so.
MAX_IMAGE_ROWS = 3
#: Shorter than this on every side and an array is better read as numbers.
MAX_TABLE_SIDE = 8


@dataclass(frozen=True)
class Picture:
    """A PNG image with the words that stand for it."""

    png: bytes
    alt: str

    @property
    def data_uri(self) -> str:
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


def comparison(detail: dict[str, Any] | None) -> Picture | None:
    """The picture of a record's `detail`; None where numbers or text say more than a picture."""
    expected, got = _arrays(detail)
    if expected is None or got is None or not expected.size or not got.size or _is_tiny(expected, got):
        return None
    figure, what = _figure(expected, got)
    if figure is None:
        return None
    words = [what, *remarks(expected, got)]
    if expected.shape == got.shape:
        words.append(largest_difference(expected, got))
    return Picture(render(figure), " ".join(words))


def has_numbers(detail: dict[str, Any] | None) -> bool:
    """Whether expected and got are arrays so small that a table of numbers shows them best."""
    expected, got = _arrays(detail)
    return expected is not None and got is not None and _is_tiny(expected, got)


def render(figure: Figure) -> bytes:
    """A figure as PNG: the same figure gives the same bytes."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()


def _arrays(detail: dict[str, Any] | None) -> tuple[Array | None, Array | None]:
    return (array_of(detail.get("expected")), array_of(detail.get("got"))) if detail else (None, None)


def _is_tiny(expected: Array, got: Array) -> bool:
    return all(a.ndim <= 2 and max(a.shape, default=1) <= MAX_TABLE_SIDE for a in (expected, got))


def _figure(expected: Array, got: Array) -> tuple[Figure | None, str]:
    """The figure and the first sentence of its alt text."""
    flat_expected, flat_got = expected.squeeze(), got.squeeze()
    shapes = shape_text(expected) if expected.shape == got.shape else f"{shape_text(expected)} and {shape_text(got)}"
    if _side(expected) and expected.shape == got.shape:
        rows = min(len(expected.reshape(-1, expected.shape[-1])), MAX_IMAGE_ROWS)
        return _images(expected, got, rows), f"Expected, got and difference as images, {rows} of the rows of {shapes}."
    if flat_expected.ndim <= 1 and flat_got.ndim <= 1:
        return _lines(flat_expected.ravel(), flat_got.ravel()), f"Expected and got as curves over {shapes}."
    if flat_expected.ndim == 2 and flat_got.ndim == 2:
        return _heat_maps(flat_expected, flat_got), f"Expected, got and difference as heat maps, {shapes}."
    return None, ""


def _side(array: Array) -> int:
    """Side of the square images that the rows of `array` seem to be, or 0."""
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[0] == array.shape[1]):
        return 0
    side = math.isqrt(array.shape[-1])
    return side if side >= MAX_TABLE_SIDE and side * side == array.shape[-1] else 0


def _limits(*arrays: Array) -> tuple[str, float, float]:
    """Colour map and range that arrays share: diverging around 0 where there are two signs."""
    finite = np.concatenate([a[np.isfinite(a)].ravel() for a in arrays])
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low < 0 < high:
        reach = max(-low, high)
        return "PuOr", -reach, reach
    return "cividis", low, high if high > low else low + 1.0


def _panels(expected: Array, got: Array) -> list[tuple[Array, str, float, float]]:
    cmap, low, high = _limits(expected, got)
    panels = [(expected, cmap, low, high), (got, cmap, low, high)]
    if expected.shape == got.shape:
        gap = got - expected
        reach = float(np.nanmax(np.abs(np.where(np.isfinite(gap), gap, np.nan)), initial=0.0)) or 1.0
        panels.append((gap, "PuOr", -reach, reach))
    return panels


TITLES = ("expected", "got", "got − expected")


def _heat_maps(expected: Array, got: Array) -> Figure:
    from matplotlib import rc_context

    panels = _panels(expected, got)
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES * len(panels) / 3, 2.15)
        axes = figure.subplots(1, len(panels), squeeze=False)[0]
        shown = [_show(ax, *panel) for ax, panel in zip(axes, panels, strict=True)]
        for ax, title in zip(axes, TITLES, strict=False):
            ax.set_title(title)
            ax.tick_params(length=2)
            ax.locator_params(nbins=3, integer=True)
        # expected and got share one scale, so that their colours can be compared
        for image, under, aspect in zip((shown[1], *shown[2:]), (axes[:2], axes[2:]), (32, 15), strict=False):
            bar = figure.colorbar(image, ax=under, orientation="horizontal", fraction=0.06, pad=0.05, aspect=aspect)
            bar.ax.locator_params(nbins=4 if aspect > 20 else 2)
            bar.outline.set_visible(False)
    return figure


def _images(expected: Array, got: Array, rows: int) -> Figure:
    from matplotlib import rc_context

    side = _side(expected)
    stacks = [(a.reshape(-1, side, side), cmap, low, high) for a, cmap, low, high in _panels(expected, got)]
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES * 0.75, 0.3 + 1.1 * rows)
        grid = figure.subplots(rows, 3, squeeze=False)
        for row in range(rows):
            for ax, (stack, cmap, low, high), title in zip(grid[row], stacks, TITLES, strict=True):
                _show(ax, stack[row], "gray" if cmap != "PuOr" or title != TITLES[2] else cmap, low, high)
                ax.set_xticks([])
                ax.set_yticks([])
                ax.spines[:].set_visible(True)
                if row == 0:
                    ax.set_title(title)
    return figure


def _lines(expected: Array, got: Array) -> Figure:
    from matplotlib import rc_context

    same = expected.shape == got.shape
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 2.7 if same else 1.9)
        heights = [2, 1] if same else [1]
        axes = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        marker = "." if max(expected.size, got.size) <= 60 else ""
        axes[0].plot(expected, color=BLUE, marker=marker, linewidth=1.6, label="expected")
        axes[0].plot(
            got,
            color=VERMILLION,
            marker="x" if marker else "",
            markersize=4,
            linewidth=1.2,
            linestyle="--",
            label="got",
        )
        axes[0].legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
        axes[0].set_ylabel("value")
        if same:
            axes[1].axhline(0, color=GREY, linewidth=0.8)
            axes[1].vlines(np.arange(got.size), 0, got - expected, color="#22262e", linewidth=1)
            axes[1].set_ylabel("got −\nexpected")
        axes[-1].set_xlabel("index")
        figure.align_ylabels(axes)
    return figure


def _show(ax: Axes, array: Array, cmap: str, low: float, high: float) -> Any:
    from matplotlib import colormaps

    colours = colormaps[cmap].with_extremes(bad="#f2b8c6")
    aspect: Literal["equal", "auto"] = "equal" if 0.2 <= array.shape[0] / array.shape[1] <= 5 else "auto"
    return ax.imshow(
        np.ma.masked_invalid(array),
        cmap=colours,
        vmin=low,
        vmax=high,
        aspect=aspect,
        interpolation="nearest" if array.size <= 40_000 else "auto",
    )


def new_figure(width: float, height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # not pyplot: nothing stays open, and threads do not meet
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
