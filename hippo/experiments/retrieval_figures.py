"""Pictures of the retrieval experiment: curves, rows of images, and what a learnt precision says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.experiments.retrieval_memories import Memories
from hippo.experiments.retrieval_spaces import SLOTS, Sources
from hippo.experiments.retrieval_table import Rows, grouped
from hippo.plotting import error_curves, figure_of
from hippo.plotting.retrieval import image_columns, slot_bars
from hippo.retrieval.benchmark import cues_of
from hippo.retrieval.corruptions import Corruption
from hippo.retrieval.models import MODELS
from hippo.retrieval.precision import LearntPrecision
from hippo.retrieval.slots import SLOT
from hippo.scenes import crop

if TYPE_CHECKING:
    from hippo.experiments.retrieval import Config

__all__ = ["draw"]

CURVES = ("MCHN", "GMM", "Manhattan", "cosine", "centred cosine")


def draw(config: Config, rows: Rows, sources: Sources, memories: Memories) -> dict[str, Figure]:
    """Draw what the rows and the data allow."""
    present = list(dict.fromkeys(row["data"] for row in rows))
    figures: dict[str, Figure] = {}
    for data in (name for name in present if name != "scenes"):
        figures[f"noise-{data}"] = _severities(
            rows, data, "noise", config.noise, config.n_stored, "noise (s.d., clamped)"
        )
        masks = [float(p) for p in config.masks if (data, "mask", float(p)) in _severity_keys(rows)]
        figures[f"mask-{data}"] = _severities(
            rows, data, "mask", masks, config.n_stored, "side of the grey square (pixels)"
        )
    figures["scenes"] = _scenes(sources)
    figures["precision"] = _precision(memories)
    if "CIFAR-10" in present:
        figures["load"] = _loads(config, rows)
        if config.codes:
            figures["codes"] = _codes(sources, config.codes[-1])
    return figures


def _severity_keys(rows: Rows) -> set[tuple[str, str, float]]:
    return {(row["data"], row["corruption"], float(row["severity"])) for row in rows}


def _rates(rows: Rows, data: str, corruption: Corruption, model: str, n: int) -> Tensor:
    """Return the rates of the blocks of a cell in per cent, (n_blocks,)."""
    blocks = grouped(rows)[data, "pixels", n, corruption, model]
    return 100 * torch.tensor([float(row["rate"]) for row in blocks])


def _severities(
    rows: Rows, data: str, name: str, severities: tuple[float, ...] | list[float], n: int, xlabel: str
) -> Figure:
    curves = {
        model: torch.stack([_rates(rows, data, Corruption(name, s), model, n) for s in severities], dim=1)
        for model in CURVES
    }
    ax = error_curves(
        severities, curves, xlabel=xlabel, ylabel="retrieved (%)", title=f"{data}, pixels, {n} stored, distance below 2"
    )
    return figure_of(ax)


def _loads(config: Config, rows: Rows) -> Figure:
    sizes = [n for n, _ in config.sweep]
    curves = {
        f"{model}, {corruption}": torch.stack([_rates(rows, "CIFAR-10", corruption, model, n).mean() for n in sizes])[
            None
        ]
        for corruption in (Corruption("noise", 0.8), Corruption("mask", 20), Corruption("colour"))
        for model in ("GMM", "centred cosine")
    }
    ax = error_curves(
        sizes, curves, xlabel="stored images N", ylabel="retrieved (%)", title="CIFAR-10, pixels, distance below 2"
    )
    ax.set_xscale("log")
    return figure_of(ax)


def _scenes(sources: Sources) -> Figure:
    """Show five spoilt scenes and what the mixture memory makes of their pixels."""
    space = sources.space("scenes", "pixels")
    rows = slice(0, 100)
    patterns = space.encode(space.images[rows])
    kinds = (
        Corruption("noise", 0.5), Corruption("mask", 32), Corruption("colour"), Corruption("shift", 12),
        Corruption("mask", 48),
    )  # fmt: skip
    cues, read, captions = [], [], []
    for i, kind in enumerate(kinds):
        image = cues_of(space, kind, rows, 0, sources.seed)[i]
        found = MODELS["GMM"](patterns, space.encode(image[None])).readout[0]
        nearest = int((patterns - found).norm(dim=1).argmin())
        captions.append(f"{kind}\n{'its own' if nearest == i else f'pattern {nearest}'}")
        cues.append(image)
        read.append(((found + 1) / 2).reshape(image.shape))
    shown = crop(space.images[: len(kinds)])
    columns = {
        "original": shown,
        "memory pattern": shown,
        "observed": torch.stack(cues),
        "retrieved": torch.stack(read),
    }
    return image_columns(columns, captions, title="Scenes, pixels, GMM with σ = 0.1")


def _codes(sources: Sources, name: str) -> Figure:
    """Show five spoilt images and what the mixture memory makes of their codes, decoded."""
    space, vae = sources.space("CIFAR-10", name), sources.vae(name)
    rows = slice(0, 100)
    patterns = space.encode(space.images[rows])
    kinds = (
        Corruption("noise", 0.3), Corruption("noise", 0.5), Corruption("mask", 16), Corruption("mask", 24),
        Corruption("colour"),
    )  # fmt: skip
    cues, read, captions = [], [], []
    for i, kind in enumerate(kinds):
        image = cues_of(space, kind, rows, 0, sources.seed)[i]
        found = MODELS["GMM"](patterns, space.encode(image[None])).readout[0]
        nearest = int((patterns - found).norm(dim=1).argmin())
        captions.append(f"{kind}\n{'its own' if nearest == i else f'pattern {nearest}'}")
        cues.append(image)
        read.append(found)
    with torch.no_grad():
        columns = {
            "original": space.images[: len(kinds)],
            "memory pattern": vae.decode(patterns[: len(kinds)]),
            "observed": torch.stack(cues),
            "retrieved": vae.decode(torch.stack(read)),
        }
    return image_columns(columns, captions, title="CIFAR-10, codes, GMM with σ = 0.1")


def _precision(memories: Memories) -> Figure:
    """Show which places of a slot a memory that saw rotated colours trusts, each in units of its own spread.

    A precision goes with the scale of its place; in one unit for all they can be compared.
    """
    learnt = {}
    for kind in (Corruption("colour"), Corruption("shift", 12)):
        memory = memories.trained("scenes", SLOTS[1], "GMM*", kind)
        assert isinstance(memory, LearntPrecision)
        learnt[f"trained on {kind}"] = memory.log_precision.exp().reshape(3, len(SLOT)).mean(0)
    title = "Scenes, slots of the truth, every place with unit variance: mean over three slots"
    return figure_of(slot_bars(SLOT, learnt, title=title))
