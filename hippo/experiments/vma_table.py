"""Variational memory addressing: the bound of unseen characters against the size of the memory."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor
from tqdm import tqdm

from hippo.datasets import Images
from hippo.experiments.outcome import Metric, Outcome, apart_from_published
from hippo.experiments.vma import trained_model
from hippo.memory_addressing import Evaluation, MemoryVAE, TrainingConfig, estimate, evaluate, step_generator
from hippo.memory_addressing.drawings import Drawings, drawings_of
from hippo.memory_addressing.memories import Layout, draw_memories
from hippo.omniglot import Size, load_characters
from hippo.plotting import error_curves, figure_of

__all__ = ["FULL", "PAPER", "QUICK", "REFERENCE", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """The published grid with 200 of the 13,180 queries per cell, and 100 samples instead of 1,000.

    100 samples instead of 1,000 cost 0.6 nats at most, as measured on a model of 1,107 steps.
    """

    weights: str = "shipped"
    timesteps: tuple[int, ...] = (1, 2, 3, 4, 5, 10, 19)
    max_batch_cls: tuple[int, ...] = (1, 2)
    #: K of ELBO@K.
    importance_num: int = 100
    #: Latents for each address of the stratified bound, which is shown beside; 0: none.
    n_stratified: int = 5
    #: Queries of each draw, with the same ones in every cell; None: all, each once.
    n_queries: int | None = 200
    #: Convolutions in bfloat16: several times faster where the processor has it; the first cell says what it changes.
    amp: bool = False
    #: Draws of queries and memories.
    n_draws: int = 1
    resize: Size = 26
    latent_dim: int = 64
    matching_dim: int = 200
    seed: int = 0


QUICK = Config(timesteps=(1, 4, 19), importance_num=20, n_stratified=0, n_queries=16)
FULL = Config(importance_num=1000, n_queries=None, n_draws=2)

#: ELBO@1000 in nats of the public implementation at 26×26, one pass over 13,180 queries, 1e5 steps of
#: training: (classes, items) → bound. With two classes: half the queries have one, the other half two.
REFERENCE = {
    (1, 1): 85.229, (1, 2): 79.771, (1, 3): 77.496, (1, 4): 76.168, (1, 5): 75.295, (1, 10): 73.213, (1, 19): 71.833,
    (2, 1): 85.190, (2, 2): 82.669, (2, 3): 80.061, (2, 4): 78.479, (2, 5): 77.526, (2, 10): 75.224, (2, 19): 73.537,
}  # fmt: skip
#: Bornschein et al. (2017), as the implementation quotes it, on 28×28 images.
PAPER = {
    (1, 1): 86.5, (1, 2): 83.0, (1, 3): 79.6, (1, 4): 79.0, (1, 5): 76.5, (1, 10): 76.2, (1, 19): 73.9,
    (2, 1): 87.5, (2, 2): 83.3, (2, 3): 80.9, (2, 4): 79.3, (2, 5): 79.1, (2, 10): 77.0, (2, 19): 75.0,
}  # fmt: skip

_Cells = dict[tuple[int, int], list[Evaluation]]


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Evaluate every cell; no digits are read."""
    characters = load_characters(config.resize, allow_generated=True)
    drawings = drawings_of(characters, "evaluation").to(device)
    sizes = TrainingConfig(resize=config.resize, latent_dim=config.latent_dim, matching_dim=config.matching_dim)
    model, log = trained_model(sizes, config.weights, device)
    model.autocast = torch.bfloat16 if config.amp else None
    steps = int(log[-1]["step"]) if log else 0
    cells: _Cells = {}
    grid = [(c, t) for c in config.max_batch_cls for t in config.timesteps]
    for c, t in tqdm(grid, desc="vma-table", unit="cell", disable=not sys.stderr.isatty(), leave=False):
        layout = Layout(t, max_batch_cls=c)
        cells[c, t] = [_evaluate(model, drawings, layout, config, i) for i in range(config.n_draws)]
    rows: list[dict[str, object]] = [
        {"max_batch_cls": c, "timesteps": t, "draw": i, "query": j, "bound": bound, "stratified": stratified}
        for (c, t), found in cells.items()
        for i, measured in enumerate(found)
        for j, (bound, stratified) in enumerate(zip(measured.bound.tolist(), _stratified(measured), strict=True))
    ]
    metrics = _metrics(config, cells, steps)
    if config.amp:
        metrics.append(_rounding(model, drawings, config, cells))
    outcome = Outcome(metrics, rows, {"bounds": _figure(config, cells, steps)})
    return outcome if characters.name == "Omniglot" else apart_from_published(outcome, characters.name)


def _evaluate(model: MemoryVAE, drawings: Drawings, layout: Layout, config: Config, i: int) -> Evaluation:
    # One generator per draw: every cell has the same queries, so that cells differ by their memories.
    order = torch.randperm(drawings.members.numel(), generator=step_generator(config.seed, i, "queries"))
    generator = step_generator(config.seed, i, f"{layout}")
    batch = draw_memories(drawings.members, order[: config.n_queries], layout, generator)
    return evaluate(
        model,
        drawings.images,
        batch,
        n_samples=config.importance_num,
        n_stratified=config.n_stratified,
        generator=generator,
    )


def _rounding(model: MemoryVAE, drawings: Drawings, config: Config, cells: _Cells) -> Metric:
    """Measure one cell again in float32, with the same queries, memories and draws."""
    (c, t), found = next(iter(cells.items()))
    model.autocast = None
    again = _evaluate(model, drawings, Layout(t, max_batch_cls=c), config, 0)
    value = estimate(found[0].bound - again.bound)
    note = f"bfloat16 − float32, C = {c}, {t} items, s.e. {value.standard_error:.3f}; by query at most " + (
        f"{float((found[0].bound - again.bound).abs().max()):.2f}"
    )
    return Metric("what bfloat16 changes", None, value.mean, "nats", note)


def _stratified(measured: Evaluation) -> list[float | str]:
    return [""] * len(measured.bound) if measured.stratified is None else measured.stratified.tolist()


def _bounds(found: list[Evaluation]) -> Tensor:
    return torch.cat([measured.bound for measured in found])


def _metrics(config: Config, cells: _Cells, steps: int) -> list[Metric]:
    metrics = []
    for (c, t), found in cells.items():
        value = estimate(_bounds(found))
        note = f"{value.n} queries, s.e. {value.standard_error:.2f}"
        if len(found) > 1:
            means = torch.stack([measured.bound.mean() for measured in found])
            note += f", {len(found)} draws, s.d. of their means {float(means.std()):.2f}"
        stratified = [measured.stratified for measured in found if measured.stratified is not None]
        if stratified:
            note += f"; stratified {float(torch.cat(stratified).mean()):.2f}"
        note += f"; KL of the address {float(torch.cat([measured.kl_address for measured in found]).mean()):.2f}"
        if PAPER.get((c, t)) is not None:
            note += f"; paper, 28×28: {PAPER[c, t]}"
        metrics.append(
            Metric(f"C = {c}, {t} items, ELBO@{config.importance_num}", REFERENCE.get((c, t)), value.mean, "nats", note)
        )
    return metrics + _shape(config, cells, steps)


def _shape(config: Config, cells: _Cells, steps: int) -> list[Metric]:
    """Say what a reproduction must show: falling with size, two classes never better than one."""
    budget = f"model of {steps:,} steps; published: 100,000 of 256 queries"
    metrics = []
    first, last = config.timesteps[0], config.timesteps[-1]
    for c in config.max_batch_cls:
        published = None
        if (c, first) in REFERENCE and (c, last) in REFERENCE:
            published = REFERENCE[c, first] - REFERENCE[c, last]
        gain = _paired(cells[c, first], cells[c, last])
        metrics.append(Metric(f"C = {c}, gain from {first} to {last} items", published, gain[0], "nats", budget))
        rises = [(_paired(cells[c, b], cells[c, a]), a, b) for a, b in pairwise(config.timesteps)]
        metrics[-1] = replace(metrics[-1], note=f"s.e. {gain[1]:.2f}; {budget}")
        if rises:
            (rise, error), before, after = max(rises)
            note = f"from {before} to {after} items, s.e. {error:.2f}; negative: falls at every step"
            metrics.append(Metric(f"C = {c}, largest rise from a size to the next", None, rise, "nats", note))
    if {1, 2} <= set(config.max_batch_cls):
        better = [(_paired(cells[2, t], cells[1, t]), t) for t in config.timesteps]
        (least, error), t = min(better)
        note = f"at {t} items, s.e. {error:.2f}; negative: two classes were better somewhere"
        metrics.append(Metric("C = 2 above C = 1, least difference", None, least, "nats", note))
    return metrics


def _paired(a: list[Evaluation], b: list[Evaluation]) -> tuple[float, float]:
    """Return the mean difference over the same queries with its standard error."""
    difference = estimate(_bounds(a) - _bounds(b))
    return difference.mean, difference.standard_error


def _figure(config: Config, cells: _Cells, steps: int) -> Figure:
    curves: dict[str, Tensor] = {}
    for c in config.max_batch_cls:
        label = "one class" if c == 1 else f"up to {c} classes"
        draws = [[float(measured.bound.mean()) for measured in cells[c, t]] for t in config.timesteps]
        curves[f"{label}, hippo, {steps:,} steps"] = torch.tensor(draws).T
        for name, table in (("reference, 100,000 steps", REFERENCE), ("paper, 28×28", PAPER)):
            if all((c, t) in table for t in config.timesteps):
                curves[f"{label}, {name}"] = torch.tensor([[table[c, t] for t in config.timesteps]])
    ax = error_curves(
        config.timesteps,
        curves,
        xlabel="items in the memory",
        ylabel=f"bound, ELBO@{config.importance_num} (nats)",
        title="Unseen characters: lower is better",
    )
    ax.set_xticks(config.timesteps)
    ax.legend(fontsize=9, framealpha=0.6)
    return figure_of(ax)
