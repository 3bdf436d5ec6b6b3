"""Alt text: what a picture shows, in words computed from its data."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["alt_text", "describe", "figure_of", "save"]

_TEXTS: WeakKeyDictionary[Axes | Figure, str] = WeakKeyDictionary()


def describe(picture: Axes | Figure, text: str) -> None:
    """Attach an alt text; every plotting function does so for what it returns."""
    _TEXTS[picture] = text


def alt_text(picture: Axes | Figure) -> str:
    """Return the alt text of a figure or of one of its axes.

    A figure without a text of its own has the texts of its axes, one after the other; "" says that
    nothing was described.
    """
    if picture in _TEXTS or isinstance(picture, Axes):
        return _TEXTS.get(picture, "")
    return " ".join(_TEXTS[ax] for ax in picture.axes if ax in _TEXTS)


def figure_of(ax: Axes) -> Figure:
    """Return the figure that axes belong to."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG with its alt text as the file's description, and close it."""
    text = alt_text(figure)
    if not text:
        raise ValueError("figure: expected a described figure, got one without alt text")
    figure.savefig(path, dpi=120, metadata={"Description": text, "Software": None})
    plt.close(figure)
