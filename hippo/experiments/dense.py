"""How many patterns fit if the energy is steeper than a square.

Two questions, against Hebb's network, which is the square: what share of the patterns is recalled
from cues with a tenth of the units flipped, as the load passes the number of units by far; and how
the number of patterns that stay fixed grows with the number of units, N^{n−1} for degree n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from types import MappingProxyType

import torch
from matplotlib.figure import Figure
from torch import Tensor
from tqdm import tqdm

from hippo.corruption import flip_exactly
from hippo.datasets import Images
from hippo.dense import ExponentialMemory, PolynomialMemory
from hippo.experiments.outcome import Metric, Outcome
from hippo.memory import Memory, recall
from hippo.metrics import capacity_polynomial
from hippo.modern import ModernHopfield
from hippo.patterns import random_patterns, sign
from hippo.plotting import error_curves, figure_of

__all__ = ["FULL", "MEMORIES", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """No published numbers for these sizes: exponents and estimates of the theory."""

    n_units: int = 64
    loads: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
    flip_fraction: float = 0.1
    n_steps: int = 5
    #: Patterns that are probed in each network, of however many are stored.
    n_probes: int = 50
    n_trials: int = 20
    #: Growth with the number of units.
    degrees: tuple[int, ...] = (2, 3, 4)
    sizes: tuple[int, ...] = (24, 32, 48, 64, 96)
    seed: int = 0


QUICK = Config(loads=(8, 32, 128, 512, 2048), n_trials=4, sizes=(16, 24, 32))
FULL = Config(n_trials=100)

#: Name → patterns to the memory of them.
MEMORIES: MappingProxyType[str, Callable[[Tensor], Memory]] = MappingProxyType(
    {
        "square (hebb)": lambda x: PolynomialMemory(x, 2),
        "cube": lambda x: PolynomialMemory(x, 3),
        "fourth power": lambda x: PolynomialMemory(x, 4),
        "exponential": lambda x: ExponentialMemory(x),
        "modern, β = 1": lambda x: ModernHopfield(x, 1.0),
        "modern, β = 0.1": lambda x: ModernHopfield(x, 0.1),
    }
)

#: Degree → for each number of units, the load at which one unit in N leaves a stored pattern.
Growth = dict[int, list[float]]


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Store, spoil, recall and count; no images are read."""
    generator = torch.Generator().manual_seed(config.seed)
    exact = {name: torch.zeros(config.n_trials, len(config.loads)) for name in MEMORIES}
    for trial in tqdm(range(config.n_trials), desc="dense", unit="trial", leave=False, disable=None):
        x = random_patterns(max(config.loads), config.n_units, generator=generator, device=device)
        noisy = flip_exactly(x[: config.n_probes], config.flip_fraction, generator)
        for column, load in enumerate(config.loads):
            n = min(load, config.n_probes)
            for name, make in MEMORIES.items():
                ends = sign(recall(make(x[:load]), noisy[:n], n_steps=config.n_steps))
                exact[name][trial, column] = float((ends == x[:n]).all(-1).double().mean())
    growth = _growth(config, generator, device)
    return Outcome(_metrics(config, exact, growth), _rows(config, exact, growth), _figures(config, exact, growth))


def _growth(config: Config, generator: torch.Generator, device: str) -> Growth:
    return {
        degree: [_full(config, degree, n_units, generator, device) for n_units in config.sizes]
        for degree in tqdm(config.degrees, desc="dense, growth", unit="degree", leave=False, disable=None)
    }


def _full(config: Config, degree: int, n_units: int, generator: torch.Generator, device: str) -> float:
    """Find the load at which one unit in N leaves a stored pattern, by steps of a tenth and a line between."""
    load, before = max(2.0, capacity_polynomial(n_units, degree) / 2), (0.0, 0.0)
    while True:
        n_patterns = round(load)
        wrong = 0.0
        for _ in range(config.n_trials):
            x = random_patterns(n_patterns, n_units, generator=generator, device=device)
            probes = x[: 4 * config.n_probes]
            moved = recall(PolynomialMemory(x, degree), probes, n_steps=1) != probes
            wrong += float(moved.double().mean()) / config.n_trials
        if wrong * n_units >= 1:
            share = (1 / n_units - before[1]) / (wrong - before[1])
            return before[0] + share * (n_patterns - before[0])
        before = (float(n_patterns), wrong)
        load = max(1.1 * load, n_patterns + 1)


def _metrics(config: Config, exact: dict[str, Tensor], growth: Growth) -> list[Metric]:
    metrics = []
    for name, shares in exact.items():
        mean = shares.mean(0)
        kept = [load for load, share in zip(config.loads, mean.tolist(), strict=True) if share >= 0.5]
        note = f"the largest tried: {max(config.loads)}" if kept and kept[-1] == max(config.loads) else ""
        metrics.append(
            Metric(f"{name}, {config.n_units} units: half recalled up to", None, max(kept, default=0), "patterns", note)
        )
    sizes = config.sizes
    for degree, full in growth.items():
        slope = _slope(sizes, full)
        # The tail of the noise flattens the curve at these sizes.
        estimates = [_estimate(n_units, degree) for n_units in sizes]
        note = f"theory N^(n−1), in the limit; for Gaussian noise and these sizes {_slope(sizes, estimates):.2f}"
        metrics.append(Metric(f"degree {degree}: exponent of growth with N", degree - 1.0, slope, "", note))
        for n_units, load, estimate in zip(sizes, full, estimates, strict=True):
            name = f"degree {degree}, {n_units} units: one unit in N unstable"
            note = f"theory for Gaussian noise; without an error {capacity_polynomial(n_units, degree):.1f}"
            metrics.append(Metric(name, round(estimate, 1), load, "patterns", note))
    return metrics


def _estimate(n_units: int, degree: int) -> float:
    """Estimate the load at which noise alone, if it is Gaussian, turns one unit in N around.

    `capacity_polynomial` bounds the tail 1/N of that noise by z² = 2 ln N; here z is exact.
    """
    z = float(torch.special.ndtri(torch.tensor(1 - 1 / n_units, dtype=torch.float64)))
    return capacity_polynomial(n_units, degree) * 2 * log(n_units) / z**2


def _slope(sizes: Sequence[int], loads: Sequence[float]) -> float:
    """Fit the slope of log P against log N."""
    x = torch.tensor([log(n) for n in sizes])
    y = torch.tensor([log(load) for load in loads])
    centred = x - x.mean()
    return float((centred * y).sum() / centred.square().sum())


def _rows(config: Config, exact: dict[str, Tensor], growth: Growth) -> list[dict[str, object]]:
    keys = ("measure", "memory", "units", "load", "trial", "value")
    recalled = [
        ("exact", name, config.n_units, load, trial, float(shares[trial, column]))
        for name, shares in exact.items()
        for column, load in enumerate(config.loads)
        for trial in range(config.n_trials)
    ]
    full = [
        ("full", f"degree {degree}", n_units, round(load, 2), "", "")
        for degree, loads in growth.items()
        for n_units, load in zip(config.sizes, loads, strict=True)
    ]
    return [dict(zip(keys, row, strict=True)) for row in [*recalled, *full]]


def _figures(config: Config, exact: dict[str, Tensor], growth: Growth) -> dict[str, Figure]:
    recalled = error_curves(
        config.loads,
        exact,
        xlabel="stored patterns P",
        ylabel="share recalled exactly",
        title=f"{config.n_units} units, {config.flip_fraction:.0%} flipped",
    )
    recalled.set_xscale("log", base=2)
    recalled.axvline(config.n_units, color="0.5", linewidth=1)
    recalled.annotate("P = N", (config.n_units, 0.5), xytext=(4, 0), textcoords="offset points", fontsize=9)
    figure = figure_of(recalled)
    # Beside the axes: the curves need all of it.
    if legend := recalled.get_legend():
        legend.remove()
    figure.set_size_inches(7.5, 4)
    figure.legend(loc="outside right center", fontsize=9)
    lines = {f"degree {degree}": torch.tensor([full]) for degree, full in growth.items()}
    lines |= {
        f"degree {degree}, theory": torch.tensor([[_estimate(n, degree) for n in config.sizes]]) for degree in growth
    }
    growing = error_curves(
        config.sizes,
        lines,
        xlabel="units N",
        ylabel="patterns P at one unstable unit in N",
        title="Growth of capacity",
    )
    growing.set(xscale="log", yscale="log")
    growing.set_xticks(config.sizes, [str(n) for n in config.sizes])
    growing.minorticks_off()
    return {"recalled": figure, "growth": figure_of(growing)}
