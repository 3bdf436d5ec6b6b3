"""Error against the share of flipped pixels, for stored and unseen digits and two rules.

Each draw stores ten random training digits (0, 1, 2), flips every pixel of the cues with some
probability and recalls in five steps. The error is the MSE to the clean image, from 0 to 4.

At a probability of ½ nothing of the image is left in the cue, and without a threshold s and −s are
recalled alike: the expected error is exactly 2, for every rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import Tensor
from tqdm import tqdm

from hippo import hopfield
from hippo.corruption import flip, occlude_every_second
from hippo.datasets import Images
from hippo.experiments.digit_memories import RULES, Pool
from hippo.experiments.outcome import Metric, Outcome, beside_published
from hippo.metrics import mse
from hippo.plotting import error_curves, figure_of, recall_grid

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Protocol of the course; the number of draws behind the published means is not known."""

    flip_probabilities: tuple[float, ...] = (0.01, 0.1, 0.2, 0.3, 0.4, 0.5)
    n_stored: int = 10
    n_draws: int = 100
    n_unseen: int = 50
    n_steps: int = 5
    seed: int = 0


QUICK = Config(n_draws=5)
FULL = Config(n_draws=400)

#: Course material, means over random draws on full MNIST: (rule, cue) → error per flip probability.
PUBLISHED = {
    ("outer product", "unseen"): {0.01: 0.96, 0.1: 0.97, 0.2: 0.97, 0.3: 0.97, 0.4: 1.12, 0.5: 1.99},
    ("outer product", "stored"): {0.01: 0.90, 0.1: 0.90, 0.2: 0.89, 0.3: 0.91, 0.4: 0.92, 0.5: 1.97},
    ("pseudo-inverse", "unseen"): {0.01: 0.41, 0.1: 0.42, 0.2: 0.42, 0.3: 0.44, 0.4: 0.53, 0.5: 1.94},
    ("pseudo-inverse", "stored"): {0.01: 0.0, 0.1: 0.0, 0.2: 0.0, 0.3: 0.002, 0.4: 0.05, 0.5: 1.94},
}
#: How far a measured mean may be from a published one that has two digits.
TOLERANCE = 0.05


def run(config: Config, images: Images, device: str = "cpu") -> Outcome:
    """Store, spoil, recall and compare."""
    generator = torch.Generator().manual_seed(config.seed)
    pool = Pool(images, device)
    errors = {key: torch.zeros(config.n_draws, len(config.flip_probabilities)) for key in PUBLISHED}
    for draw in tqdm(range(config.n_draws), desc="noise", unit="draw", leave=False, disable=None):
        stored, unseen = pool.draw(config.n_stored, config.n_unseen, generator)
        weights = {rule: store(stored) for rule, store in RULES.items()}
        for column, probability in enumerate(config.flip_probabilities):
            for cue, patterns in (("stored", stored), ("unseen", unseen)):
                spoilt = flip(patterns, probability, generator)
                for rule in RULES:
                    recalled = hopfield.recall(weights[rule], spoilt, n_steps=config.n_steps)
                    errors[rule, cue][draw, column] = mse(recalled, patterns)
    return Outcome(_metrics(config, errors), _rows(config, errors), _figures(config, errors, pool))


def _metrics(config: Config, errors: dict[tuple[str, str], Tensor]) -> list[Metric]:
    return [
        beside_published(
            f"{rule}, {cue}, flips {probability:g}",
            PUBLISHED[rule, cue].get(probability),
            errors[rule, cue][:, column].tolist(),
            "MSE",
            TOLERANCE,
        )
        for rule, cue in errors
        for column, probability in enumerate(config.flip_probabilities)
    ]


def _rows(config: Config, errors: dict[tuple[str, str], Tensor]) -> list[dict[str, object]]:
    return [
        {"rule": rule, "cue": cue, "flip_probability": p, "draw": draw, "mse": float(values[draw, column])}
        for (rule, cue), values in errors.items()
        for column, p in enumerate(config.flip_probabilities)
        for draw in range(config.n_draws)
    ]


def _figures(config: Config, errors: dict[tuple[str, str], Tensor], pool: Pool) -> dict[str, Figure]:
    curves = error_curves(
        config.flip_probabilities,
        {f"{rule}, {cue}": values for (rule, cue), values in errors.items()},
        xlabel="flip probability",
        title=f"Recall of digits 0, 1, 2, {config.n_stored} stored",
    )
    stored, _ = pool.draw(config.n_stored, 1, torch.Generator().manual_seed(config.seed))
    halves = occlude_every_second(stored[:3])
    recalled = hopfield.recall(RULES["pseudo-inverse"](stored), halves, n_steps=config.n_steps)
    return {
        "errors": figure_of(curves),
        "half": recall_grid(stored[:3], halves, recalled, title="Half of the inputs set to 0, pseudo-inverse"),
    }
