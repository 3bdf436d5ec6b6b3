"""Five patterns, and cues in which 30 % of the units are wrong: how many find their way, how fast.

The map shows the states of one network in a plane, by a fixed random projection of its 100 units;
the crosses are the stored patterns.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo import hopfield
from hippo.corruption import flip
from hippo.datasets import Images
from hippo.draws import normal
from hippo.experiments.outcome import Metric, Outcome
from hippo.learning_rules import hebb
from hippo.metrics import overlap, overlaps
from hippo.patterns import random_patterns
from hippo.plotting import Animation, energy_traces, figure_of, overlap_traces, state_map

__all__ = ["FULL", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Published protocol, by Hebb's rule in whole numbers; it showed one network."""

    n_units: int = 100
    n_stored: int = 5
    flip_probability: float = 0.3
    n_steps: int = 10
    n_networks: int = 300
    seed: int = 0


QUICK = Config(n_networks=40)
FULL = Config(n_networks=3000)

#: The published protocol re-run on 300 seeds; the publication itself is a film of one of them.
RERUN = {"exact": 0.915, "overlap": 0.964, "steps": 1.5, "longest": 7.0}


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Store, spoil, recall and compare; no images are read."""
    generator = torch.Generator().manual_seed(config.seed)
    rows = random_patterns(config.n_networks * config.n_stored, config.n_units, generator=generator, device=device)
    patterns = rows.reshape(config.n_networks, config.n_stored, config.n_units)  # (B, P, N)
    weights = hebb(patterns, integer=True)
    cues = flip(patterns, config.flip_probability, generator)
    states = hopfield.trajectory(weights, cues, n_steps=config.n_steps)  # (T + 1, B, P, N)
    exact = (states[-1] == patterns).all(-1)
    m = overlap(states[-1], patterns)
    # The first time at which a state is what it is at the end.
    steps = (states != states[-1]).any(-1).long().sum(0)
    return Outcome(
        _metrics(config, exact, m, steps),
        [
            {"network": b, "pattern": p, "exact": int(exact[b, p]), "overlap": round(float(m[b, p]), 4)}
            | {"cue_overlap": round(float(overlap(cues[b, p], patterns[b, p])), 4), "steps": int(steps[b, p])}
            for b in range(config.n_networks)
            for p in range(config.n_stored)
        ],
        *_pictures(config, patterns, weights, states, exact, steps, generator),
    )


def _metrics(config: Config, exact: Tensor, m: Tensor, steps: Tensor) -> list[Metric]:
    note = "published protocol, re-run on 300 seeds"
    error = float(exact.double().mean(-1).std(correction=min(1, len(exact) - 1)) / len(exact) ** 0.5)
    return [
        Metric(
            "exact recall", RERUN["exact"], float(exact.double().mean()), "share of cues", f"{note}; s.e. {error:.3f}"
        ),
        Metric("mean overlap with the pattern", RERUN["overlap"], float(m.double().mean()), "overlap", note),
        Metric("mean time to the final state", RERUN["steps"], float(steps.double().mean()), "steps", note),
        Metric(
            "longest time to the final state",
            RERUN["longest"],
            float(steps.max()),
            "steps",
            f"{note}; grows with the number of cues",
        ),
    ]


def _pictures(
    config: Config,
    patterns: Tensor,
    weights: Tensor,
    states: Tensor,
    exact: Tensor,
    steps: Tensor,
    generator: torch.Generator,
) -> tuple[dict[str, Figure], dict[str, Animation]]:
    # Of the cues that are recalled, the first that takes three steps, or else the slowest.
    candidates = torch.where(exact, steps, -1).flatten()
    shown = int((candidates == 3).double().argmax()) if bool((candidates == 3).any()) else int(candidates.argmax())
    network, pattern = divmod(shown, config.n_stored)
    stored, path = patterns[network], states[:, network, pattern]
    projection = normal(torch.Size((config.n_units, 2)), generator, stored.device)
    crosses, points = stored @ projection, path @ projection
    title = f"A cue of pattern {pattern}, {config.flip_probability:.0%} flipped"

    def frame(t: int) -> Figure:
        return figure_of(state_map(crosses, points[: t + 1], title=f"{title}, step {t}"))

    n = int(steps[network, pattern])
    alt = (
        f"{title}: a dot starts away from {config.n_stored} crosses, the stored patterns, moves {n} times "
        f"and then stays on the cross of pattern {pattern}."
    )
    figures = {
        "map": figure_of(state_map(crosses, points, title=title)),
        "overlaps": figure_of(overlap_traces(overlaps(path, stored), title=title)),
        "energy": figure_of(
            energy_traces(
                hopfield.energy(states[:, network], weights[network]),
                xlabel="update (steps)",
                title="Five cues, one network",
            )
        ),
    }
    return figures, {"lookup": Animation(frame, len(points), alt, seconds=0.8)}
