"""Longer and shorter sequences than a network was trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from hippo.datasets import Images
from hippo.experiments.fast_weights_networks import NETWORKS, shipped, trained
from hippo.experiments.outcome import Metric, Outcome
from hippo.fast_weights import accuracy, unseen_examples
from hippo.plotting import error_curves, figure_of

__all__ = ["FULL", "QUICK", "RERUN", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Networks trained on K = 4 and 8, tested on 2 to 20; they come with the package."""

    trained_on: tuple[int, ...] = (4, 8)
    lengths: tuple[int, ...] = tuple(range(2, 21, 2))
    n_test: int = 20_000
    #: Train anew instead.
    train: bool = False
    #: Folder, from where the command runs, of checkpoints on the way: a run that was stopped goes on from them.
    checkpoints: str | None = None
    seed: int = 0


QUICK = Config(n_test=2000)
FULL = Config(trained_on=(4, 8, 12), train=True, checkpoints="runs/fast-weights")

#: No numbers were published. Test accuracy at 2, 4, …, 20 of an independent re-implementation, one network each.
RERUN = {
    4: (1.0, 1.0, 0.92, 0.78, 0.64, 0.56, 0.48, 0.42, 0.38, 0.33),
    8: (1.0, 1.0, 1.0, 1.0, 0.98, 0.92, 0.81, 0.70, 0.63, 0.56),
}


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Test every network on every length; no images are read."""
    found: dict[int, Tensor] = {}
    for length in config.trained_on:
        model = _network(length, config, device)
        found[length] = torch.tensor([_accuracy(model, tested, config, device) for tested in config.lengths])
    metrics, rows = [], []
    for length, values in found.items():
        rerun = dict(zip(range(2, 21, 2), RERUN.get(length, ()), strict=False))
        for tested, value in zip(config.lengths, values.tolist(), strict=True):
            note = f"independent run {rerun[tested]:g}" if tested in rerun else ""
            metrics.append(Metric(f"trained on K = {length}, tested on {tested}", None, value, "share", note))
            rows.append({"trained_on": length, "tested_on": tested, "accuracy": value})
    curves = {f"trained on K = {length}": values[None] for length, values in found.items()}
    ax = error_curves(
        config.lengths,
        curves,
        xlabel="length of the tested sequences K",
        ylabel="share of right answers",
        title="Fast weights, sequences of other lengths",
    )
    ax.set_xticks(config.lengths)
    return Outcome(metrics, rows, {"length": figure_of(ax)})


def _network(length: int, config: Config, device: str) -> nn.Module:
    name = f"fast-weights-{length}"
    if not config.train:
        return shipped(name, device)[0]
    arm = replace(NETWORKS[name], training=replace(NETWORKS[name].training, seed=config.seed))
    return trained(name, arm, config.checkpoints, device)[0]


def _accuracy(model: nn.Module, length: int, config: Config, device: str) -> float:
    examples = unseen_examples(length, config.n_test, seed=config.seed, device=device)
    return accuracy(model, examples.inputs(), examples.targets)
