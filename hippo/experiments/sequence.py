"""Attractors that hop: five patterns in a cycle, by fast cross-terms at once and by slow synapses in time.

With fast synapses alone every step of a network with λ > 1 leads to the next pattern. With slow
synapses a state dwells in each pattern for about their time constant and then hops.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo import hopfield
from hippo.datasets import Images
from hippo.draws import normal
from hippo.experiments.outcome import Metric, Outcome
from hippo.learning_rules import hebb
from hippo.metrics import nearest, overlaps
from hippo.patterns import random_patterns
from hippo.plotting import Animation, error_curves, figure_of, overlap_raster, state_map
from hippo.sequences import Kernel, cross_terms, cycle, dwell_time, sequence_weights, slow_trajectory

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Published protocol: five patterns, λ = 3, 40 steps; the sweeps and slow synapses are added."""

    n_units: int = 100
    n_symbols: int = 5
    strength: float = 3.0
    n_steps: int = 40
    n_networks: int = 300
    #: λ and numbers of patterns of the sweep, so many networks each.
    strengths: tuple[float, ...] = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
    symbols: tuple[int, ...] = (5, 10, 15)
    n_swept: int = 300
    #: Slow synapses: more units, since a trace of the last pattern adds to the noise.
    n_units_slow: int = 1000
    strength_slow: float = 1.25
    time_constants: tuple[float, ...] = (4.0, 8.0, 12.0, 16.0)
    n_slow: int = 20
    seed: int = 0


QUICK = Config(n_networks=40, n_swept=20, time_constants=(4.0, 12.0), n_slow=5)
FULL = Config(n_networks=3000, n_swept=1000, n_slow=100)

#: Published protocol re-run on 300 seeds: all 40 steps in order, and bit-exact throughout.
RERUN = {"in order": 0.993, "exact": 0.98}
#: The same on 40 seeds: (patterns, λ) → share of networks that follow all 40 steps.
PUBLISHED = {
    (5, 1.0): 0.0, (5, 1.5): 0.15, (5, 2.0): 0.70, (5, 3.0): 0.95,
    (10, 2.0): 0.05, (10, 3.0): 0.75, (15, 3.0): 0.13,
}  # fmt: skip


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Follow the cycle from its first pattern; no images are read."""
    generator = torch.Generator().manual_seed(config.seed)
    rows: list[dict[str, object]] = []
    first: tuple[Tensor, Tensor] | None = None
    in_order, exact = [], []
    for i in range(config.n_networks):
        patterns, states = _hop(config, config.n_symbols, config.strength, generator, device)
        first = (patterns, states) if first is None else first
        expected = torch.arange(config.n_steps + 1, device=device) % config.n_symbols
        in_order.append(bool((nearest(states, patterns) == expected).all()))
        exact.append(bool((states == patterns[expected]).all()))
        rows.append(_row("hop", config.n_symbols, config.strength, 0.0, i, float(in_order[-1])))
    swept = _sweep(config, generator, device, rows)
    dwells = _dwells(config, generator, device, rows)
    assert first is not None
    pictures = _pictures(config, *first, swept, dwells, generator)
    return Outcome(_metrics(config, in_order, exact, swept, dwells), rows, *pictures)


def _row(kind: str, symbols: int, strength: float, tau: float, network: int, value: float) -> dict[str, object]:
    return {
        "measure": kind,
        "symbols": symbols,
        "strength": strength,
        "time_constant": tau,
        "network": network,
        "value": value,
    }


def _hop(
    config: Config, n_symbols: int, strength: float, generator: torch.Generator, device: str
) -> tuple[Tensor, Tensor]:
    """Draw patterns and follow them from the first, (P, N) and (T + 1, N)."""
    patterns = random_patterns(n_symbols, config.n_units, generator=generator, device=device)
    # N·J is whole for a whole λ, and exact in binary for halves and quarters.
    weights = sequence_weights(patterns, cycle(n_symbols), strength, integer=True)
    return patterns, hopfield.trajectory(weights, patterns[0], n_steps=config.n_steps)


def _sweep(
    config: Config, generator: torch.Generator, device: str, rows: list[dict[str, object]]
) -> dict[tuple[int, float], Tensor]:
    """Measure which networks follow all steps: (patterns, λ) → (n_swept,)."""
    followed = {}
    for n_symbols in config.symbols:
        expected = torch.arange(config.n_steps + 1, device=device) % n_symbols
        for strength in config.strengths:
            right = torch.zeros(config.n_swept)
            for i in range(config.n_swept):
                patterns, states = _hop(config, n_symbols, strength, generator, device)
                right[i] = float((nearest(states, patterns) == expected).all())
                rows.append(_row("hop", n_symbols, strength, 0.0, i, float(right[i])))
            followed[n_symbols, strength] = right
    return followed


def _slow(config: Config, tau: float, generator: torch.Generator, device: str, kernel: Kernel) -> tuple[Tensor, Tensor]:
    """Follow patterns with slow synapses, (P, N) and (T + 1, N), for about eight dwells."""
    patterns = random_patterns(config.n_symbols, config.n_units_slow, generator=generator, device=device)
    push = config.strength_slow * cross_terms(patterns, cycle(config.n_symbols))
    dwell = tau if kernel == "delay" else dwell_time(config.strength_slow, tau)
    steps = round(8 * dwell)
    return patterns, slow_trajectory(hebb(patterns), push, patterns[0], steps, time_constant=tau, kernel=kernel)


def _dwells(
    config: Config, generator: torch.Generator, device: str, rows: list[dict[str, object]]
) -> dict[tuple[Kernel, float], Tensor]:
    """Measure the mean dwell of networks that hop in order, nan for others: → (n_slow,)."""
    kernels: tuple[Kernel, ...] = ("exponential", "delay")
    found = {}
    for kernel in kernels:
        for tau in config.time_constants:
            means = torch.full((config.n_slow,), torch.nan)
            for i in range(config.n_slow):
                patterns, states = _slow(config, tau, generator, device, kernel)
                symbols = nearest(states, patterns).tolist()
                hops = [t for t in range(1, len(symbols)) if symbols[t] != symbols[t - 1]]
                forward = all((b - a) % config.n_symbols in (0, 1) for a, b in pairwise(symbols))
                if forward and len(hops) > 2:
                    means[i] = (hops[-1] - hops[0]) / (len(hops) - 1)
                    rows.append(
                        _row(f"dwell, {kernel}", config.n_symbols, config.strength_slow, tau, i, float(means[i]))
                    )
            found[kernel, tau] = means
    return found


def _metrics(
    config: Config,
    in_order: list[bool],
    exact: list[bool],
    swept: dict[tuple[int, float], Tensor],
    dwells: dict[tuple[Kernel, float], Tensor],
) -> list[Metric]:
    n = len(in_order)
    note = "published protocol, re-run on 300 seeds"
    label = f"{config.n_symbols} patterns, λ = {config.strength:g}"
    metrics = [
        Metric(
            f"{label}: in order for {config.n_steps} steps",
            RERUN["in order"],
            sum(in_order) / n,
            "share of networks",
            note,
        ),
        Metric(f"{label}: exact throughout", RERUN["exact"], sum(exact) / n, "share of networks", note),
    ]
    slow_pushes = [right for (_, strength), right in swept.items() if strength <= 1]
    if slow_pushes:
        hopped = float(torch.cat(slow_pushes).mean())
        metrics.append(
            Metric("λ ≤ 1, any number of patterns: in order", 0.0, hopped, "share of networks", "never hops")
        )
    for (n_symbols, strength), published in PUBLISHED.items():
        if (n_symbols, strength) in swept:
            right = swept[n_symbols, strength].double()
            error = float((right.mean() * (1 - right.mean()) / len(right)) ** 0.5)
            name = f"{n_symbols} patterns, λ = {strength:g}: in order"
            note = f"s.e. {error:.3f}; published protocol, re-run on 40 seeds"
            metrics.append(Metric(name, published, float(right.mean()), "share of networks", note))
    for (kernel, tau), means in dwells.items():
        good = means[~means.isnan()]
        theory = tau if kernel == "delay" else dwell_time(config.strength_slow, tau)
        share = f"{len(good)} of {len(means)} networks hop in order"
        measured = float(good.mean()) if len(good) else 0.0
        metrics.append(
            Metric(f"dwell, {kernel}, τ = {tau:g}", None, measured, "steps", f"theory {theory:.1f}; {share}")
        )
    return metrics


def _pictures(
    config: Config,
    patterns: Tensor,
    states: Tensor,
    swept: dict[tuple[int, float], Tensor],
    dwells: dict[tuple[Kernel, float], Tensor],
    generator: torch.Generator,
) -> tuple[dict[str, Figure], dict[str, Animation]]:
    figures = {
        "raster": figure_of(overlap_raster(overlaps(states, patterns), title=f"Fast synapses, λ = {config.strength:g}"))
    }
    tau = config.time_constants[-1]
    kernels: tuple[Kernel, ...] = ("exponential", "delay")
    for kernel in kernels:
        stored, path = _slow(config, tau, generator, str(patterns.device), kernel)
        title = f"Slow synapses, {kernel}, τ = {tau:g} steps, λ = {config.strength_slow:g}"
        figures[f"raster-{kernel}"] = figure_of(overlap_raster(overlaps(path, stored), title=title))
    curves = {
        f"{n_symbols} patterns": torch.stack([swept[n_symbols, strength].mean() for strength in config.strengths])[None]
        for n_symbols in config.symbols
    }
    figures["strengths"] = figure_of(
        error_curves(
            config.strengths,
            curves,
            xlabel="strength of transitions λ",
            ylabel=f"share of networks in order for {config.n_steps} steps",
            title=f"{config.n_units} units",
        )
    )
    taus = config.time_constants
    lines = {
        f"{kernel}, measured": torch.stack([dwells[kernel, tau].nanmean() for tau in taus])[None].nan_to_num()
        for kernel in kernels
    }
    lines["exponential, theory"] = torch.tensor([[dwell_time(config.strength_slow, tau) for tau in taus]])
    figures["dwells"] = figure_of(
        error_curves(
            taus,
            lines,
            xlabel="time constant τ (steps)",
            ylabel="dwell in a pattern (steps)",
            title=f"Slow synapses, λ = {config.strength_slow:g}",
        )
    )
    projection = normal(torch.Size((config.n_units, 2)), generator, patterns.device)
    crosses, points = patterns @ projection, states @ projection
    n_frames = min(2 * config.n_symbols + 1, len(points))

    def frame(t: int) -> Figure:
        return figure_of(state_map(crosses, points[max(0, t - 1) : t + 1], title=f"λ = {config.strength:g}, step {t}"))

    order = ", ".join(map(str, nearest(states[:n_frames], patterns).tolist()))
    alt = (
        f"A dot among {config.n_symbols} crosses, the stored patterns, lands on another cross at every step, "
        f"in the order {order}."
    )
    return figures, {"sequence": Animation(frame, n_frames, alt, seconds=0.7)}
