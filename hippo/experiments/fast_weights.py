"""Associative retrieval: a network with fast weights learns what its ablations and LSTMs do not in that time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from hippo.datasets import Images
from hippo.experiments.fast_weights_networks import ARMS, Arm, trained
from hippo.experiments.outcome import Metric, Outcome
from hippo.fast_weights import Curve
from hippo.plotting import figure_of, learning_curves

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Four pairs, batches of 256; the published budget is that of `FULL`."""

    #: Names of `ARMS`. The first is trained from several seeds.
    arms: tuple[str, ...] = ("fast weights", "nothing written, η = 0", "no layer norm", "reference LSTM", "LSTM")
    n_seeds: int = 3
    #: At most so many iterations of each arm.
    n_iterations: int = 50_000
    n_train: int = 100_000
    n_validation: int = 10_000
    #: Folder, from where the command runs, of checkpoints on the way: a run that was stopped goes on from them.
    checkpoints: str | None = None
    seed: int = 0


QUICK = Config(arms=("fast weights", "no layer norm"), n_seeds=1, n_iterations=1000, n_validation=2000)
FULL = Config(arms=tuple(ARMS), checkpoints="runs/fast-weights")

#: Validation accuracy after so many iterations, K = 8, read off the published figure seqlen-8.png
#: (github.com/PCJohn/attractors), ± 0.005.
PUBLISHED = {
    "fast weights, as published": {1000: 0.28, 2000: 0.966, 3000: 0.993, 4000: 1.0},
    "reference LSTM, as published": {
        20_000: 0.25, 31_000: 0.25, 32_000: 0.37, 34_000: 0.77, 36_000: 0.89, 40_000: 0.92, 43_000: 0.95, 49_000: 0.973,
    },
}  # fmt: skip
#: What counts as learnt.
LEARNT = 0.99


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Train every arm and validate it on the way; no images are read."""
    metrics: list[Metric] = []
    rows: list[dict[str, object]] = []
    curves: dict[str, list[Curve]] = {}
    for k, name in enumerate(config.arms):
        arm = _arm(ARMS[name], config)
        n_seeds = config.n_seeds if k == 0 else 1
        curves[name] = []
        for seed in range(config.seed, config.seed + n_seeds):
            one = replace(arm, training=replace(arm.training, seed=seed))
            curves[name].append(trained(name, one, config.checkpoints, device)[1])
        metrics += _metrics(name, arm, curves[name])
        rows += [row for seed, curve in enumerate(curves[name], config.seed) for row in _rows(name, seed, curve)]
    return Outcome(metrics, rows, {"learning": _figure(curves)})


def _arm(arm: Arm, config: Config) -> Arm:
    training = arm.training
    limited = replace(
        training,
        n_iterations=min(training.n_iterations, config.n_iterations),
        n_train=config.n_train,
        n_validation=config.n_validation,
    )
    return replace(arm, training=limited)


def _metrics(name: str, arm: Arm, curves: list[Curve]) -> list[Metric]:
    ends = torch.tensor([curve.accuracies[-1] for curve in curves])
    losses = torch.tensor([curve.losses[-1] for curve in curves])
    n_pairs, lasts = arm.training.length // 2, [curve.iterations[-1] for curve in curves]
    note = f"{len(curves)} seeds, lowest {float(ends.min()):.4f}; " if len(curves) > 1 else ""
    note += f"after {max(lasts):,} iterations of {arm.training.batch_size}; K = {arm.training.length}"
    if float(ends.max()) < 1.2 / n_pairs:
        note += f": at the plateau of who knows the digits but not their letters, {1 / n_pairs:.3g}"
    metrics = [
        Metric(f"{name}: validation accuracy", None, float(ends.mean()), "share", note),
        Metric(f"{name}: validation loss", None, float(losses.mean()), "nats"),
    ]
    firsts = [first for curve in curves if (first := curve.first(LEARNT)) is not None]
    if firsts:
        where = f"{len(firsts)} of {len(curves)} seeds" + (f", latest at {max(firsts):,}" if len(firsts) > 1 else "")
        mean = sum(firsts) / len(firsts)
        metrics.append(Metric(f"{name}: accuracy ≥ {LEARNT}", None, mean, "iterations", where))
    for iteration, published in PUBLISHED.get(name, {}).items():
        measured = dict(zip(curves[0].iterations, curves[0].accuracies, strict=True))
        if iteration in measured:
            value = measured[iteration]
            apart = abs(value - published) > 0.05
            note = "one seed each: when a network leaves its plateau differs between seeds" if apart else ""
            metrics.append(Metric(f"{name}: at {iteration:,}", published, value, "share", note))
    return metrics


def _rows(name: str, seed: int, curve: Curve) -> list[dict[str, object]]:
    return [
        {"arm": name, "seed": seed, "iteration": iteration, "accuracy": accuracy, "loss": loss}
        for iteration, accuracy, loss in zip(curve.iterations, curve.accuracies, curve.losses, strict=True)
    ]


def _figure(curves: dict[str, list[Curve]]) -> Figure:
    ax = plt.subplots(figsize=(9, 4.5), layout="constrained")[1]
    published = {name: (list(points), list(points.values())) for name, points in PUBLISHED.items()}
    lines = {name: [(curve.iterations, curve.accuracies) for curve in runs] for name, runs in curves.items()}
    learning_curves(lines, published, ax, ylabel="validation accuracy", title="Associative retrieval")
    ax.set_ylim(0, 1.03)
    return figure_of(ax)
