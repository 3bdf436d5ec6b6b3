"""Pictures of the capacity experiment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.plotting import error_curves

__all__ = ["figures"]

#: What each picture shows: name → measure, cue, label.
_PICTURES = {
    "exact-clean": ("exact", "clean", "share recalled exactly"),
    "exact-noisy": ("exact", "noisy", "share recalled exactly"),
    "overlap-clean": ("overlap", "clean", "overlap m"),
}


def figures(
    config: Any,
    results: Mapping[tuple[float, str, str, int], Mapping[str, Tensor]],
    published: Mapping[tuple[str, float], Mapping[int, float]],
) -> dict[str, Figure]:
    """Draw one panel per bias of the patterns: the published curves, then the stricter measures."""

    def curve(p_up: float, rule: str, cue: str, name: str) -> Tensor:
        return torch.stack([results[p_up, rule, cue, load][name] for load in config.loads], dim=-1)

    drawn = {}
    figure, axes = _panels(config)
    for ax, p_up in zip(axes, config.p_ups, strict=True):
        for rule, mark in zip(config.rules, "x+x+x+", strict=False):
            if known := published.get((rule, p_up)):
                ax.plot(list(known), list(known.values()), f"k{mark}", markersize=7, label=f"{rule}, published")
        shown = [rule for rule in config.rules if (rule, p_up) in published]
        curves = {rule: curve(p_up, rule, "clean", "identity") for rule in shown}
        error_curves(
            config.loads, curves, ax, xlabel="stored patterns P", ylabel="share identified", title=_title(p_up)
        )
    drawn["identity"] = _with_one_legend(figure)
    for name, (measure, cue, label) in _PICTURES.items():
        if cue not in config.cues:
            continue
        figure, axes = _panels(config)
        start = "clean cues" if cue == "clean" else f"{config.flip_probability:.0%} flipped"
        for ax, p_up in zip(axes, config.p_ups, strict=True):
            curves = {rule: curve(p_up, rule, cue, measure) for rule in config.rules}
            title = f"{_title(p_up)}, {start}"
            error_curves(config.loads, curves, ax, xlabel="stored patterns P", ylabel=label, title=title)
        drawn[name] = _with_one_legend(figure)
    return drawn


def _with_one_legend(figure: Figure) -> Figure:
    """Move the legend, the same in all panels, to where it hides nothing."""
    for ax in figure.axes:
        if legend := ax.get_legend():
            legend.remove()
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", fontsize=9)
    return figure


def _title(p_up: float) -> str:
    return f"P(+1) = {p_up:g}"


def _panels(config: Any) -> tuple[Figure, list[Any]]:
    n = len(config.p_ups)
    figure, axes = plt.subplots(1, n, figsize=(4.8 * n + 1.6, 4.2), sharey=True, squeeze=False, layout="constrained")
    for ax in axes[0]:
        ax.set_ylim(-0.02, 1.05)
    return figure, list(axes[0])
