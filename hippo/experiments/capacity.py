"""How many random patterns a network of 100 units keeps, for six ways to choose its weights.

Each trial draws new patterns, stores the first P of them for every load P, and recalls them in 30
synchronous steps, from clean cues and from cues in which each unit is flipped with probability 0.1.
What counts as recalled matters: "identity" is generous (the nearest stored pattern is the right
one), "exact" is strict (every unit is right), and both start from the answer when the cue is clean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import torch
from torch import Tensor
from tqdm import tqdm

from hippo import hopfield
from hippo.corruption import flip
from hippo.datasets import Images
from hippo.experiments.capacity_figures import figures
from hippo.experiments.outcome import Metric, Outcome, beside_published
from hippo.learning_rules import covariance, projection, without_self_coupling
from hippo.metrics import capacity_mceliece, capacity_projection, capacity_storkey, nearest, overlap
from hippo.patterns import random_patterns
from hippo.storkey import storkey_prefixes

__all__ = ["FULL", "PUBLISHED", "QUICK", "RULES", "Config", "measure", "run", "simulate"]


@dataclass(frozen=True)
class Config:
    """Protocol of the published curves; they show `hebb` and `storkey` from clean cues."""

    n_units: int = 100
    loads: tuple[int, ...] = tuple(range(5, 100, 5))
    #: Probability of +1; at 0.4 any two patterns overlap by 0.04.
    p_ups: tuple[float, ...] = (0.5, 0.4)
    rules: tuple[str, ...] = ("hebb", "hebb, self-coupled", "covariance", "storkey", "storkey canonical", "projection")
    #: Probability with which each unit of a noisy cue is flipped.
    flip_probability: float = 0.1
    cues: tuple[str, ...] = ("clean", "noisy")
    n_trials: int = 20
    n_steps: int = 30
    #: Networks that are run at once: few enough for the weights to stay in the cache.
    batch: int = 10
    seed: int = 0


QUICK = Config(loads=(5, 15, 25, 40, 60, 80, 95), n_trials=8)
FULL = Config(loads=(5, 10, 14, *range(15, 100, 5)), n_trials=400)

_LOADS = (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 95)
#: Read off the published curves, ±0.005: (rule, p_up) → load → share of patterns identified, a
#: mean over 20 trials.
PUBLISHED = {
    key: dict(zip(_LOADS, curve, strict=True))
    for key, curve in {
        ("hebb", 0.5): (1, 1, .963, .914, .788, .685, .560, .499, .509, .464, .460, .410, .438, .385, .354),
        ("storkey", 0.5): (1, 1, 1, 1, 1, 1, .997, .997, .997, .991, .976, .950, .886, .708, .577),
        ("hebb", 0.4): (1, .985, .886, .663, .431, .228, .212, .073, .114, .077, .046, .031, .022, .025, .021),
        ("storkey", 0.4): (1, 1, 1, 1, 1, .998, 1, .995, .991, .979, .964, .949, .890, .742, .638),
    }.items()
}  # fmt: skip
#: How far a mean over 20 trials may be from a published one: 4 standard errors at the largest
#: spread between trials, 0.21, are 0.19; most curves are far steadier.
TOLERANCE = 0.05

#: Result of one rule, cue and load: measure → (n_trials,).
Measures = dict[str, Tensor]
Results = dict[tuple[float, str, str, int], Measures]


def _hebb(patterns: Tensor, loads: Sequence[int], *, diagonal: bool = False) -> Iterator[Tensor]:
    """Yield N·J after each load; whole numbers, so that the rest of a run is exact."""
    total, stored = patterns.new_zeros(len(patterns), patterns.shape[-1], patterns.shape[-1]), 0
    for load in loads:
        new = patterns[:, stored:load]
        total, stored = total + new.mT @ new, load
        yield total if diagonal else without_self_coupling(total)


#: Rule → patterns (B, P, N), loads and p_up to weights (B, N, N) after each load.
RULES: MappingProxyType[str, Callable[[Tensor, Sequence[int], float], Iterator[Tensor]]] = MappingProxyType(
    {
        "hebb": lambda x, loads, _: _hebb(x, loads),
        "hebb, self-coupled": lambda x, loads, _: _hebb(x, loads, diagonal=True),
        "covariance": lambda x, loads, p_up: (covariance(x[:, :load], p_up) for load in loads),
        "storkey": lambda x, loads, _: storkey_prefixes(x, loads, "rank-2"),
        "storkey canonical": lambda x, loads, _: storkey_prefixes(x, loads, "canonical"),
        "projection": lambda x, loads, _: (without_self_coupling(projection(x[:, :load])) for load in loads),
    }
)


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Store, recall and count; no images are read."""
    results = simulate(config, device)
    return Outcome(_metrics(config, results), _rows(results), figures(config, results, PUBLISHED))


def simulate(config: Config, device: str = "cpu") -> Results:
    """Run all trials: (p_up, rule, cue, load) → measure → (n_trials,)."""
    generator = torch.Generator().manual_seed(config.seed)
    results: Results = {}
    with tqdm(total=len(config.p_ups) * config.n_trials, unit="trial", leave=False, disable=None) as bar:
        for p_up in config.p_ups:
            parts: dict[tuple[str, str, int], list[Measures]] = {}
            for first in range(0, config.n_trials, config.batch):
                n = min(config.batch, config.n_trials - first)
                rows = random_patterns(
                    n * max(config.loads), config.n_units, p_up=p_up, generator=generator, device=device
                )
                patterns = rows.reshape(n, -1, config.n_units)  # (B, P_max, N)
                for key, measures in _trials(config, patterns, p_up, generator):
                    parts.setdefault(key, []).append(measures)
                bar.update(n)
            for key, several in parts.items():
                joined = {name: torch.cat([measures[name] for measures in several]).cpu() for name in several[0]}
                results[(p_up, *key)] = joined
    return results


def measure(recalled: Tensor, patterns: Tensor) -> Measures:
    """Say in three ways how much of (B, P, N) was recalled, (B,) each."""
    right = torch.arange(patterns.shape[-2], device=patterns.device)
    return {
        "identity": (nearest(recalled, patterns) == right).double().mean(-1),
        "exact": (recalled == patterns).all(-1).double().mean(-1),
        "overlap": overlap(recalled, patterns).double().mean(-1),
    }


def _trials(
    config: Config, patterns: Tensor, p_up: float, generator: torch.Generator
) -> Iterator[tuple[tuple[str, str, int], Measures]]:
    noisy = flip(patterns, config.flip_probability, generator) if "noisy" in config.cues else patterns
    for rule in config.rules:
        # The covariance rule's fields are ξ − m; a threshold of −m centres them.
        threshold = 1 - 2 * p_up if rule == "covariance" else 0.0
        for load, weights in zip(config.loads, RULES[rule](patterns, config.loads, p_up), strict=True):
            stored = patterns[:, :load]
            for name in config.cues:
                cue = stored if name == "clean" else noisy[:, :load]
                recalled = hopfield.recall(weights, cue, n_steps=config.n_steps, threshold=threshold)
                yield (rule, name, load), measure(recalled, stored)


def _metrics(config: Config, results: Results) -> list[Metric]:
    curves = [
        beside_published(
            f"{rule}, P(+1) = {p_up:g}, {load} patterns, identity",
            published.get(load),
            results[p_up, rule, "clean", load]["identity"].tolist(),
            "share",
            TOLERANCE,
        )
        for (rule, p_up), published in PUBLISHED.items()
        if rule in config.rules and p_up in config.p_ups
        for load in config.loads
    ]
    n = config.n_units
    bounds = {
        "hebb": capacity_mceliece(n),
        "storkey canonical": capacity_storkey(n),
        "projection": capacity_projection(n),
    }
    for rule in config.rules:
        for p_up in config.p_ups:
            for cue in config.cues:
                half = _half(
                    [float(results[p_up, rule, cue, load]["exact"].mean()) for load in config.loads], config.loads
                )
                theory = f"theory, no errors: {bounds[rule]:.1f}" if rule in bounds and p_up == 0.5 else ""
                name = f"{rule}, P(+1) = {p_up:g}, half exact from {cue} cues"
                if half is None:
                    theory, half = f"not below half up to here{'; ' * bool(theory)}{theory}", max(config.loads)
                curves.append(Metric(name, None, half, "patterns", theory if cue == "clean" else ""))
    return curves


def _half(shares: list[float], loads: Sequence[int]) -> float | None:
    """Return the load at which a falling curve passes ½, by straight lines between loads."""
    points = list(zip(loads, shares, strict=True))
    for (a, above), (b, below) in pairwise(points):
        if above >= 0.5 > below:
            return a + (b - a) * (above - 0.5) / (above - below)
    return None if shares[-1] >= 0.5 else float(loads[0])


def _rows(results: Results) -> list[dict[str, object]]:
    return [
        {"p_up": p_up, "rule": rule, "cue": cue, "load": load, "trial": trial}
        | {name: round(float(values[trial]), 6) for name, values in measures.items()}
        for (p_up, rule, cue, load), measures in results.items()
        for trial in range(len(measures["exact"]))
    ]
