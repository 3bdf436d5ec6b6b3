"""The landscape of a memory: how wide its basins are, what else attracts, and what heat does to it.

Four questions about networks of 100 units: from how far a pattern is found again, how firmly the
stored patterns are held, where random cues end (a census of attractors), and how the overlap with a
pattern falls with temperature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import tanh
from types import MappingProxyType

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor
from tqdm import tqdm

from hippo import glauber
from hippo.attractors import KINDS, basin, classify, is_fixed, mixtures, stability
from hippo.datasets import Images
from hippo.experiments.outcome import Metric, Outcome
from hippo.hopfield import HopfieldNetwork
from hippo.learning_rules import hebb, projection, without_self_coupling
from hippo.memory import recall
from hippo.metrics import overlap, overlaps
from hippo.patterns import random_patterns
from hippo.plotting import error_curves, figure_of
from hippo.storkey import storkey

__all__ = ["FULL", "QUICK", "Config", "mean_field", "run"]


@dataclass(frozen=True)
class Config:
    """No published protocol: standard questions, with theory to hold the answers against."""

    n_units: int = 100
    #: Loads at which basins are measured, one panel each.
    loads: tuple[int, ...] = (5, 14, 30)
    flip_fractions: tuple[float, ...] = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
    #: Loads of the census, and random cues per network.
    census_loads: tuple[int, ...] = (3, 5, 8, 11, 14, 20, 30)
    n_cues: int = 200
    n_networks: int = 20
    #: Temperatures T of Glauber dynamics, one stored pattern in a larger network.
    temperatures: tuple[float, ...] = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3)
    n_units_hot: int = 1000
    n_sweeps_hot: int = 60
    seed: int = 0


QUICK = Config(n_networks=4, n_cues=50, n_units_hot=200, temperatures=(0.1, 0.5, 0.9, 1.3))
FULL = Config(n_networks=200)

#: Rule → patterns to the weights of a network of their own scale.
RULES: MappingProxyType[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "hebb": hebb,
        "storkey": storkey,
        "projection": lambda x: without_self_coupling(projection(x)),
    }
)

#: (rule, load) → (n_networks, n_fractions); load → (n_networks, kinds); T → overlaps.
Basins = dict[tuple[str, int], Tensor]
Census = dict[int, Tensor]


def mean_field(temperature: float) -> float:
    """Solve m = tanh(m/T), the overlap with one pattern of many units at temperature T.

    >>> round(mean_field(0.5), 3), mean_field(1.5)
    (0.958, 0.0)
    """
    m = 1.0 if temperature < 1 else 0.0
    for _ in range(10_000):
        m = tanh(m / temperature)
    return m


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Answer the four questions; no images are read."""
    generator = torch.Generator().manual_seed(config.seed)
    rows: list[dict[str, object]] = []
    basins, firmness = _basins(config, generator, device, rows)
    census = _census(config, generator, device, rows)
    heat = _heat(config, generator, device, rows)
    metrics = [*_mixture_metrics(config, generator, device), *_metrics(config, basins, firmness, census, heat)]
    return Outcome(metrics, rows, _figures(config, basins, census, heat))


def _row(measure: str, rule: str, load: int, x: float, network: int, value: float, kind: str = "") -> dict[str, object]:
    found = {"measure": measure, "rule": rule, "load": load, "x": x}
    return found | {"kind": kind, "network": network, "value": round(value, 6)}


def _basins(
    config: Config, generator: torch.Generator, device: str, rows: list[dict[str, object]]
) -> tuple[Basins, dict[tuple[str, int], Tensor]]:
    basins: Basins = {}
    firmness: dict[tuple[str, int], Tensor] = {}
    for load in config.loads:
        found: dict[str, list[Tensor]] = {rule: [] for rule in RULES}
        firm: dict[str, list[Tensor]] = {rule: [] for rule in RULES}
        for network in tqdm(range(config.n_networks), desc=f"basins, {load}", leave=False, disable=None):
            x = random_patterns(load, config.n_units, generator=generator, device=device)
            for rule, store in RULES.items():
                memory = HopfieldNetwork(store(x))
                shares = basin(memory, x, config.flip_fractions, n_cues=10, generator=generator).mean(0)
                found[rule].append(shares.cpu())
                firm[rule].append(stability(memory, x).mean().cpu())
                rows.append(_row("stability", rule, load, 0.0, network, float(firm[rule][-1])))
                rows.extend(
                    _row("recovered", rule, load, fraction, network, float(share))
                    for fraction, share in zip(config.flip_fractions, shares, strict=True)
                )
        basins |= {(rule, load): torch.stack(found[rule]) for rule in RULES}
        firmness |= {(rule, load): torch.stack(firm[rule]) for rule in RULES}
    return basins, firmness


def _census(config: Config, generator: torch.Generator, device: str, rows: list[dict[str, object]]) -> Census:
    """Count by kind where random cues end under Hebb's rule, unit by unit so that all come to rest."""
    census = {}
    for load in config.census_loads:
        shares = torch.zeros(config.n_networks, len(KINDS))
        for network in tqdm(range(config.n_networks), desc=f"census, {load}", leave=False, disable=None):
            x = random_patterns(load, config.n_units, generator=generator, device=device)
            cues = random_patterns(config.n_cues, config.n_units, generator=generator, device=device)
            ends = recall(HopfieldNetwork(hebb(x, integer=True)), cues, n_sweeps=30, generator=generator)
            shares[network] = classify(ends, x).cpu().bincount(minlength=len(KINDS)) / config.n_cues
            rows.extend(
                _row("census", "hebb", load, 0.0, network, float(share), kind)
                for kind, share in zip(KINDS, shares[network], strict=True)
            )
        census[load] = shares
    return census


def _heat(
    config: Config, generator: torch.Generator, device: str, rows: list[dict[str, object]]
) -> dict[float, Tensor]:
    """Follow a pattern at each temperature and average |m| over the second half of the sweeps."""
    x = random_patterns(1, config.n_units_hot, generator=generator, device=device)
    memory, heat = HopfieldNetwork(hebb(x)), {}
    for temperature in tqdm(config.temperatures, desc="temperature", leave=False, disable=None):
        states = glauber.states(
            memory, x.expand(10, -1), config.n_sweeps_hot, beta=1 / temperature, generator=generator
        )
        m = torch.stack([overlap(state, x).abs() for state in states])[config.n_sweeps_hot // 2 :]
        heat[temperature] = m.mean(0).cpu()
        rows.extend(
            _row("overlap", "hebb", 1, temperature, network, float(value))
            for network, value in enumerate(heat[temperature])
        )
    return heat


def _mixture_metrics(config: Config, generator: torch.Generator, device: str) -> list[Metric]:
    shares, fixed = [], []
    for _ in range(config.n_networks):
        x = random_patterns(3, config.n_units_hot, generator=generator, device=device)
        mixed = mixtures(x)
        shares.append(float(overlaps(mixed, x).mean()))
        fixed.append(float(is_fixed(HopfieldNetwork(hebb(x, integer=True)), mixed).double().mean()))
    n = len(shares)
    return [
        Metric("overlap of a mixture of three with each", 0.5, sum(shares) / n, "overlap", "theory, many units"),
        Metric(
            "mixtures of three that are fixed points", 1.0, sum(fixed) / n, "share", "theory, three stored patterns"
        ),
    ]


def _metrics(
    config: Config,
    basins: Basins,
    firmness: dict[tuple[str, int], Tensor],
    census: Census,
    heat: dict[float, Tensor],
) -> list[Metric]:
    metrics = []
    for (rule, load), shares in basins.items():
        mean = shares.mean(0)
        below = (mean < 0.5).nonzero()
        half = config.flip_fractions[int(below[0])] if len(below) else 1.0
        note = (
            f"first share of flips with less than half recovered; firmness κ = {float(firmness[rule, load].mean()):.2f}"
        )
        metrics.append(Metric(f"{rule}, {load} patterns: edge of the basin", None, half, "share of units", note))
    for load, by_kind in census.items():
        kinds = dict(zip(KINDS, by_kind.mean(0).tolist(), strict=True))
        note = ", ".join(f"{kind} {share:.2f}" for kind, share in kinds.items())
        spurious = kinds["mixture"] + kinds["other"]
        metrics.append(Metric(f"hebb, {load} patterns: random cues that end astray", None, spurious, "share", note))
    for temperature, m in heat.items():
        note = "theory: m = tanh(m/T), many units" + ("; here fluctuations remain" if temperature >= 1 else "")
        name = f"overlap at temperature {temperature:g}"
        metrics.append(Metric(name, round(mean_field(temperature), 4), float(m.mean()), "overlap", note))
    return metrics


def _figures(config: Config, basins: Basins, census: Census, heat: dict[float, Tensor]) -> dict[str, Figure]:
    n = len(config.loads)
    wide, axes = plt.subplots(1, n, figsize=(4.2 * n, 3.8), sharey=True, squeeze=False, layout="constrained")
    for ax, load in zip(axes[0], config.loads, strict=True):
        curves = {rule: basins[rule, load] for rule in RULES}
        error_curves(
            config.flip_fractions,
            curves,
            ax,
            xlabel="share of units flipped",
            ylabel="share recovered",
            title=f"{load} patterns",
        )
    shares = {
        kind: torch.stack([census[load][:, k] for load in config.census_loads], dim=-1) for k, kind in enumerate(KINDS)
    }
    ends = error_curves(
        config.census_loads,
        shares,
        xlabel="stored patterns P",
        ylabel="share of random cues",
        title="Where random cues end, hebb",
    )
    hot = error_curves(
        config.temperatures,
        {
            "measured": torch.stack([heat[temperature] for temperature in config.temperatures], dim=-1),
            "m = tanh(m/T)": torch.tensor([[mean_field(temperature) for temperature in config.temperatures]]),
        },
        xlabel="temperature T (units of J)",
        ylabel="overlap m",
        title=f"One pattern, {config.n_units_hot} units",
    )
    return {"basins": wide, "census": figure_of(ends), "temperature": figure_of(hot)}
