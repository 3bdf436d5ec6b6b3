"""Generators trained for the experiments on retrieval, one per seed, and what was published about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.experiments.outcome import Metric
from hippo.predictive_coding import PCRNN, Fit, MixturePrior, PCRNNConfig, fit

__all__ = ["SIGMA_C", "Trained", "chain_targets", "rerun", "seeded", "train_models"]

#: σ_c of the published prior.
SIGMA_C = 0.096


@dataclass(frozen=True)
class Trained:
    """A trained generator, how it got there, and the prior round its causes."""

    model: PCRNN
    fit: Fit
    prior: MixturePrior


def seeded(seed: int, stream: int) -> torch.Generator:
    """Return a generator of its own for each purpose: 1,000 streams per seed."""
    return torch.Generator().manual_seed(1000 * seed + stream)


def train_models(
    x: Tensor, n_models: int, n_iterations: int, seed: int, *, config: PCRNNConfig | None = None
) -> list[Trained]:
    """Train generators of trajectories (T, p, 2) by the published protocol, on their device."""
    trained = []
    for i in range(n_models):
        sizes = PCRNNConfig(n_trajectories=x.shape[1]) if config is None else config
        model = PCRNN(sizes, seeded(seed, i)).to(x.device)
        how = fit(model, x, n_iterations=n_iterations, progress=f"model {i + 1} of {n_models}")
        trained.append(Trained(model, how, MixturePrior(model.causes, SIGMA_C)))
    return trained


def chain_targets(n: int, n_restarts: int, device: torch.device) -> Tensor:
    """Say which trajectory each chain is to find, (n_restarts · n,)."""
    return torch.arange(n, device=device).repeat(n_restarts)


def rerun(name: str, published: float | None, runs: Sequence[float], unit: str, note: str = "") -> Metric:
    """Hold the mean over models against what the published program gave when it was run again.

    Nothing was published about its success but the program itself and its pictures.
    """
    n = len(runs)
    mean = sum(runs) / n
    spread = (sum((value - mean) ** 2 for value in runs) / max(n - 1, 1)) ** 0.5
    told = f"{n} models, s.d. {spread:.2g}" if n > 1 else "1 model"
    if published is not None:
        told += "; published program re-run"
    return Metric(name, published, mean, unit, f"{told}; {note}" if note else told)
