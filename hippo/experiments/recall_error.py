"""Error on stored and on unseen digits against the number of stored ones, for two rules.

Each draw takes N random training digits (0, 1, 2), stores them, and recalls them and random test
digits in one step from clean cues. The error is the MSE between bipolar images, from 0 to 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import Tensor
from tqdm import tqdm

from hippo import hopfield
from hippo.datasets import Images
from hippo.experiments.digit_memories import RULES, Pool
from hippo.experiments.outcome import Metric, Outcome, beside_published
from hippo.metrics import mse
from hippo.plotting import error_curves, figure_of, recall_grid

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Protocol of the course; the number of draws behind the published means is not known."""

    n_stored: tuple[int, ...] = (2, 5, 10, 20, 40)
    n_draws: int = 100
    n_unseen: int = 100
    n_steps: int = 1
    #: Steps in the picture of recalls, as in the handout's default.
    n_steps_shown: int = 5
    seed: int = 0


QUICK = Config(n_draws=5)
FULL = Config(n_draws=400)

#: Course material, means over random draws on full MNIST: (rule, cue) → error per number stored.
PUBLISHED = {
    ("outer product", "stored"): {2: 0.11, 5: 0.31, 10: 0.43, 20: 0.50, 40: 0.54},
    ("outer product", "unseen"): {2: 0.74, 5: 0.62, 10: 0.62, 20: 0.61, 40: 0.61},
    ("pseudo-inverse", "stored"): {2: 0.0, 5: 0.0, 10: 0.0, 20: 0.0, 40: 0.0},
    ("pseudo-inverse", "unseen"): {2: 0.52, 5: 0.44, 10: 0.36, 20: 0.29, 40: 0.19},
}
#: How far a measured mean may be from a published one that has two digits.
TOLERANCE = 0.05


def run(config: Config, images: Images, device: str = "cpu") -> Outcome:
    """Store, recall and compare."""
    generator = torch.Generator().manual_seed(config.seed)
    pool = Pool(images, device)
    errors = {key: torch.zeros(config.n_draws, len(config.n_stored)) for key in PUBLISHED}
    for draw in tqdm(range(config.n_draws), desc="recall-error", unit="draw", leave=False, disable=None):
        for column, n_stored in enumerate(config.n_stored):
            stored, unseen = pool.draw(n_stored, config.n_unseen, generator)
            for rule, store in RULES.items():
                weights = store(stored)
                for cue, patterns in (("stored", stored), ("unseen", unseen)):
                    recalled = hopfield.recall(weights, patterns, n_steps=config.n_steps)
                    errors[rule, cue][draw, column] = mse(recalled, patterns)
    return Outcome(_metrics(config, errors), _rows(config, errors), _figures(config, errors, pool))


def _metrics(config: Config, errors: dict[tuple[str, str], Tensor]) -> list[Metric]:
    return [
        beside_published(
            f"{rule}, {cue}, N = {n_stored}",
            PUBLISHED[rule, cue].get(n_stored),
            errors[rule, cue][:, column].tolist(),
            "MSE",
            TOLERANCE,
        )
        for rule, cue in errors
        for column, n_stored in enumerate(config.n_stored)
    ]


def _rows(config: Config, errors: dict[tuple[str, str], Tensor]) -> list[dict[str, object]]:
    return [
        {"rule": rule, "cue": cue, "n_stored": n_stored, "draw": draw, "mse": float(values[draw, column])}
        for (rule, cue), values in errors.items()
        for column, n_stored in enumerate(config.n_stored)
        for draw in range(config.n_draws)
    ]


def _figures(config: Config, errors: dict[tuple[str, str], Tensor], pool: Pool) -> dict[str, Figure]:
    curves = error_curves(
        config.n_stored,
        {f"{rule}, {cue}": values for (rule, cue), values in errors.items()},
        xlabel="stored patterns N",
        title="Recall of digits 0, 1, 2",
    )
    figures = {"errors": figure_of(curves)}
    stored, _ = pool.draw(10, 1, torch.Generator().manual_seed(config.seed))
    for rule, store in RULES.items():
        recalled = hopfield.recall(store(stored), stored, n_steps=config.n_steps_shown)
        figures[f"recall-{rule.replace(' ', '-')}"] = recall_grid(
            stored, stored, recalled, title=f"Ten stored digits, {rule}"
        )
    return figures
