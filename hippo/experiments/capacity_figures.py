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
        for rule in config.rules:
            if known := published.get((rule, p_up)):
                ax.plot(list(known), list(known.values()), "kx", markersize=6, label=f"{rule}, published")
        shown = [rule for rule in config.rules if (rule, p_up) in published]
        curves = {rule: curve(p_up, rule, "clean", "identity") for rule in shown}
        error_curves(
            config.loads, curves, ax, xlabel="stored patterns P", ylabel="share identified", title=_title(p_up)
        )
    drawn["identity"] = figure
    for name, (measure, cue, label) in _PICTURES.items():
        figure, axes = _panels(config)
        start = "clean cues" if cue == "clean" else f"{config.flip_fraction:.0%} of units flipped"
        for ax, p_up in zip(axes, config.p_ups, strict=True):
            curves = {rule: curve(p_up, rule, cue, measure) for rule in config.rules}
            title = f"{_title(p_up)}, {start}"
            error_curves(config.loads, curves, ax, xlabel="stored patterns P", ylabel=label, title=title)
        drawn[name] = figure
    return drawn


def _title(p_up: float) -> str:
    return f"P(+1) = {p_up:g}"


def _panels(config: Any) -> tuple[Figure, list[Any]]:
    n = len(config.p_ups)
    figure, axes = plt.subplots(1, n, figsize=(5.5 * n, 4.2), sharey=True, squeeze=False, layout="constrained")
    for ax in axes[0]:
        ax.set_ylim(-0.02, 1.05)
    return figure, list(axes[0])
