"""Variational memory addressing: train on known alphabets, look unseen characters up in a memory.

The published budget, 100,000 steps of 256 queries with memories of their own, is for a GPU; the default
trains for minutes on memories that eight queries share.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from hippo import checkpoints
from hippo.datafiles import DataError
from hippo.datasets import Images
from hippo.experiments.outcome import Metric, Outcome, apart_from_published
from hippo.experiments.vma_figures import figures
from hippo.memory_addressing import MemoryVAE, TrainingConfig, address, evaluate, new_model, step_generator, train
from hippo.memory_addressing.drawings import Drawings, drawings_of
from hippo.memory_addressing.memories import Batch, Layout, draw_memories
from hippo.omniglot import load_characters

__all__ = ["CELLS", "FULL", "PUBLISHED", "QUICK", "Config", "run", "trained_model"]


@dataclass(frozen=True)
class Config(TrainingConfig):
    """A run of minutes: 1,100 steps, four memories of two characters that eight queries share."""

    #: "" trains a model; "shipped", or the path of a checkpoint, takes one that was trained.
    weights: str = ""
    #: File of a run that can be interrupted and goes on; none if empty.
    checkpoint_path: str = ""
    checkpoint_every: int = 100
    #: Steps between two validations.
    validate_every: int = 100
    #: Queries of unseen alphabets, and samples K for each.
    n_validation: int = 96
    importance_num_validation: int = 10
    #: Numbers of characters in a memory of one item each, in which the query's own is to be found.
    crowd: tuple[int, ...] = (2, 5, 10, 20, 50, 100, 200)
    n_crowd: int = 48


QUICK = Config(weights="shipped", n_validation=24, crowd=(2, 10, 50), n_crowd=24)
#: The published budget.
FULL = Config(
    steps=100_000, batch_size=256, queries_per_memory=1, timesteps=32, lr=1e-4, amp=True,
    checkpoint_path="vma.safetensors", checkpoint_every=1000, validate_every=1000,
)  # fmt: skip

#: C classes and T items: memories of the validation.
CELLS = {
    "C1T1": Layout(1, max_batch_cls=1, mode="exact_classes"),
    "C1T4": Layout(4, max_batch_cls=1, mode="exact_classes"),
    "C2T8": Layout(8, max_batch_cls=2, mode="exact_classes", own_images=4),
}
#: The published program's formulas with shared memories, lr 1e-3, 1,107 steps of 32 queries, on other
#: draws: K = 10, 96 queries; address masses of 32 queries.
PUBLISHED = {
    "C1T1": 135.2, "C1T4": 122.3, "C2T8": 124.8, "KL of the address, C1T4": 1.07, "KL of the latent, C1T4": 2.53,
    "own character, C2T8": 0.840, "dummies, C2T8": 0.043,
}  # fmt: skip


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Train or take a model and measure it on unseen alphabets; no digits are read."""
    characters = load_characters(config.resize, allow_generated=True)
    background = drawings_of(characters, "background").to(device)
    evaluation = drawings_of(characters, "evaluation").to(device)
    cells = _validation(config, evaluation)
    if config.weights:
        model, log = trained_model(config, config.weights, device)
    else:
        model = new_model(config).to(device)
        log = train(
            model,
            background.images,
            background.members,
            config,
            checkpoint=Path(config.checkpoint_path) if config.checkpoint_path else None,
            checkpoint_every=config.checkpoint_every,
            validate=lambda _: _validate(model, evaluation.images, cells, config),
            validate_every=config.validate_every,
            progress="vma" if sys.stderr.isatty() else None,
        )
        model.autocast = None
    model.eval()
    found = _validate(model, evaluation.images, cells, config)
    crowd = _crowd(model, evaluation, config)
    rows: list[dict[str, object]] = [
        {"measure": name, "step": row["step"], "characters": "", "value": value}
        for row in log
        for name, value in row.items()
        if name != "step"
    ]
    rows += [{"measure": name, "step": "", "characters": "", "value": value} for name, value in found.items()]
    rows += [{"measure": "own character found", "step": "", "characters": n, "value": v} for n, v in crowd.items()]
    outcome = Outcome(
        _metrics(config, log, found, crowd),
        rows,
        figures(model, evaluation, log, crowd, step_generator(config.seed, 0)),
    )
    return outcome if characters.name == "Omniglot" else apart_from_published(outcome, characters.name)


def trained_model(config: TrainingConfig, weights: str, device: str) -> tuple[MemoryVAE, list[dict[str, float]]]:
    """Read a trained model with the log of its training.

    Raises
    ------
    DataError
        If the file is missing, broken or of a model of other sizes.
    """
    path = checkpoints.shipped("vma") if weights == "shipped" else Path(weights)
    model = new_model(config)
    note = checkpoints.load(path, model)
    model.autocast = None
    log = note.get("rows", [])
    if not isinstance(log, list):
        raise DataError(f"{path} has no log of its training: give a checkpoint that hippo run vma wrote.")
    return model.to(device).eval(), log


def _validation(config: Config, drawings: Drawings) -> dict[str, Batch]:
    """Draw the same queries for every kind of memory."""
    generator = step_generator(config.seed, 0, "validation")
    queries = torch.randperm(drawings.members.numel(), generator=generator)[: config.n_validation]
    return {name: draw_memories(drawings.members, queries, layout, generator) for name, layout in CELLS.items()}


def _validate(model: MemoryVAE, images: Tensor, cells: dict[str, Batch], config: Config) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, batch in cells.items():
        # The same draws every time, so that a curve shows the model and not the dice.
        generator = step_generator(config.seed, 0, name)
        measured = evaluate(model, images, batch, n_samples=config.importance_num_validation, generator=generator)
        found[name] = float(measured.bound.mean())
        if name == "C1T4":
            found["KL of the address, C1T4"] = float(measured.kl_address.mean())
            found["KL of the latent, C1T4"] = float(measured.kl_latent.mean())
        if name == "C2T8":
            found["own character, C2T8"] = float(measured.address[:, :4].sum(1).mean())
            found["dummies, C2T8"] = float(measured.address[:, 8:].sum(1).mean())
    return found


@torch.no_grad()
def _crowd(model: MemoryVAE, drawings: Drawings, config: Config) -> dict[int, float]:
    """Measure how often the most probable item is the own character's, one item of each in memory."""
    generator = step_generator(config.seed, 0, "crowd")
    queries = torch.randperm(drawings.members.numel(), generator=generator)[: config.n_crowd]
    found = {}
    for n in (n for n in config.crowd if n <= len(drawings.members)):
        layout = Layout(n, max_batch_cls=n, mode="exact_classes", own_images=1)
        right = []
        for query in torch.split(queries, 8):
            batch = draw_memories(drawings.members, query, layout, generator)
            images = drawings.images
            slots = batch.slots.to(images.device)
            log_q = address(model, images[batch.queries], images[batch.items], slots)
            right.append(log_q.argmax(1) == 0)  # the own character comes first
        found[n] = float(torch.cat(right).float().mean())
    return found


def _metrics(
    config: Config, log: list[dict[str, float]], found: dict[str, float], crowd: dict[int, float]
) -> list[Metric]:
    steps = int(log[-1]["step"]) if log else 0
    budget = f"after {steps:,} steps; published: 1,107 steps, other draws"
    units = {"C1T1": "nats", "C1T4": "nats", "C2T8": "nats", "KL": "nats"}
    metrics = []
    for name, value in found.items():
        label = f"{name}, bound with K = {config.importance_num_validation}" if name in CELLS else name
        unit = units.get(name.split()[0], "probability")
        metrics.append(Metric(label, PUBLISHED.get(name), value, unit, budget))
    gain = found["C1T1"] - found["C1T4"]
    metrics.append(Metric("gain of four items over one", 12.9, gain, "nats", budget))
    metrics += [
        Metric(f"own character found among {n}", None, share, "share", f"{config.n_crowd} queries, one item of each")
        for n, share in crowd.items()
    ]
    return metrics
