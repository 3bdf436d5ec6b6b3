"""Noise on the query: fast weights keep more of what they know than LSTMs do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from hippo.datasets import Images
from hippo.experiments.fast_weights_networks import NETWORKS, shipped, trained
from hippo.experiments.outcome import Metric, Outcome
from hippo.fast_weights import accuracy, noisy_query, unseen_examples
from hippo.plotting import error_curves, figure_of

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Published protocol: 20,000 sequences, σ from 0 to 0.95; the networks come with the package."""

    #: Names of `NETWORKS`; the LSTMs are trained with `FULL`, as they take ten times as long.
    networks: tuple[str, ...] = ("fast-weights-4", "fast-weights-8")
    noise_stds: tuple[float, ...] = tuple(i / 20 for i in range(20))
    n_test: int = 20_000
    #: Train anew instead.
    train: bool = False
    #: Folder, from where the command runs, of checkpoints on the way: a run that was stopped goes on from them.
    checkpoints: str | None = None
    seed: int = 0


QUICK = Config(n_test=2000)
FULL = Config(networks=(*Config.networks, "lstm-4", "lstm-8"), train=True, checkpoints="runs/fast-weights")

_AT = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 0.95)
#: Test accuracy at the σ above, read off the published figures (github.com/PCJohn/attractors), ± 0.005.
PUBLISHED = {
    "fast-weights-4": (1.0, 1.0, 0.966, 0.886, 0.796, 0.742, 0.692, 0.637, 0.604, 0.571, 0.546),
    "lstm-4": (1.0, 0.897, 0.774, 0.683, 0.600, 0.538, 0.488, 0.421, 0.369, 0.302, 0.238),
    "fast-weights-8": (1.0, 1.0, 0.948, 0.807, 0.671, 0.569, 0.500, 0.419, 0.371, 0.323, 0.298),
    "lstm-8": (0.99, 0.719, 0.514, 0.415, 0.342, 0.288, 0.254, 0.219, 0.192, 0.160, 0.135),
}


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Test every network at every σ, all on the same sequences and noise; no images are read."""
    found = {
        name: torch.tensor([_accuracy(model, name, std, config, device) for std in config.noise_stds])
        for name in config.networks
        for model in [_network(name, config, device)]
    }
    rows: list[dict[str, object]] = [
        {"network": _kind(name), "length": _length(name), "noise_std": std, "accuracy": value}
        for name, values in found.items()
        for std, value in zip(config.noise_stds, values.tolist(), strict=True)
    ]
    return Outcome(_metrics(config, found), rows, {"noise": _figure(config, found)})


def _length(name: str) -> int:
    return NETWORKS[name].training.length


def _kind(name: str) -> str:
    return "fast weights" if name.startswith("fast-weights") else "reference LSTM"


def _network(name: str, config: Config, device: str) -> nn.Module:
    if not config.train:
        return shipped(name, device)[0]
    arm = NETWORKS[name]
    arm = replace(arm, training=replace(arm.training, seed=config.seed))
    return trained(name, arm, config.checkpoints, device)[0]


def _accuracy(model: nn.Module, name: str, std: float, config: Config, device: str) -> float:
    examples = unseen_examples(_length(name), config.n_test, seed=config.seed, device=device)
    noise = torch.Generator().manual_seed(config.seed)  # one draw of ε for all σ: curves without jitter
    return accuracy(model, noisy_query(examples.inputs(), std, noise), examples.targets)


def _metrics(config: Config, found: dict[str, Tensor]) -> list[Metric]:
    metrics = []
    for name, values in found.items():
        published = dict(zip(_AT, PUBLISHED[name], strict=True)) if name in PUBLISHED else {}
        for std, value in zip(config.noise_stds, values.tolist(), strict=True):
            if std in published:
                off = value - published[std]
                note = f"{off:+.3f}; one network each" if abs(off) > 0.03 else ""
                label = f"{_kind(name)}, K = {_length(name)}, σ = {std:g}"
                metrics.append(Metric(label, published[std], value, "share", note))
    return metrics


def _figure(config: Config, found: dict[str, Tensor]) -> Figure:
    lengths = sorted({_length(name) for name in found})
    size = (5 * len(lengths), 4)
    axes = plt.subplots(1, len(lengths), figsize=size, sharey=True, squeeze=False, layout="constrained")[1]
    for ax, length in zip(axes[0], lengths, strict=True):
        names = [name for name in found if _length(name) == length]
        for name, mark in zip(names, "x+", strict=False):
            if name in PUBLISHED:
                ax.plot(_AT, PUBLISHED[name], f"k{mark}", markersize=7, label=f"{_kind(name)}, published")
        curves = {_kind(name): found[name][None] for name in names}
        title = f"{length // 2} pairs, K = {length}"
        error_curves(
            config.noise_stds, curves, ax, xlabel="noise on the query σ", ylabel="share of right answers", title=title
        )
    return figure_of(axes[0, 0])
