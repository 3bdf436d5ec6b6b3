"""Digits after one image of each, by a net that has only ever seen characters of Omniglot."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.datasets import Images
from hippo.experiments.few_shot import NAMES
from hippo.experiments.outcome import Metric, Outcome
from hippo.few_shot import (
    SHIPPED,
    Accuracy,
    Answer,
    Arm,
    Learner,
    accuracies,
    by_class,
    draw_episodes,
    nearest_pixels,
    shipped,
)
from hippo.plotting import accuracy_bars, episode_grid, figure_of
from hippo.strokes import redraw

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Published protocol: five classes of digits, one shown and two asked of each; shipped learners.

    The published digits are grey. Beside them stand binary ones and those redrawn with a pen of two pixels: the
    learners know characters drawn by one pen, whose lines are not thicker where a hand pressed harder.
    """

    arms: tuple[Arm, ...] = SHIPPED
    #: Tasks. The published figure is of one.
    n_draws: int = 200
    #: Digits of the picture, those of the published one.
    pictured: tuple[int, ...] = (9, 4, 5, 0, 1)
    seed: int = 0


QUICK = Config(n_draws=50)
FULL = Config(n_draws=2000)

#: Right answers of 10 in the one draw that was published (picture in github.com/PCJohn/attractors).
PUBLISHED = 9
N_ASKED = 10


def run(config: Config, images: Images, device: str = "cpu") -> Outcome:
    """Draw tasks of test digits and let every learner answer the same ones; digits are not turned."""
    grey = by_class(images.x_test, images.y_test).to(device) / 255.0
    inks = {"grey": grey, "binary": (grey > 0.5).float(), "redrawn": redraw(grey)}
    learners = {arm: shipped(arm) for arm in config.arms}
    answers: dict[str, Answer] = {arm: learner.to(device) for arm, (learner, _) in learners.items()}
    answers["pixels"] = nearest_pixels
    found = {
        (arm, ink): accuracies(
            answer, digits, config.n_draws, rotate=False, generator=torch.Generator().manual_seed(config.seed)
        )
        for arm, answer in answers.items()
        for ink, digits in inks.items()
    }
    seen: dict[str, int] = {arm: n_episodes for arm, (_, n_episodes) in learners.items()}
    metrics = [_metric(arm, ink, accuracy, seen) for (arm, ink), accuracy in found.items()]
    rows: list[dict[str, object]] = [
        {"arm": arm, "ink": ink, "draw": i, "right": round(N_ASKED * share)}
        for (arm, ink), accuracy in found.items()
        for i, share in enumerate(accuracy.per_episode.tolist())
    ]
    bars = {f"{NAMES[arm]}, {ink}": accuracy.per_episode for (arm, ink), accuracy in found.items()}
    title = f"{images.name}, one image of each of five digits"
    figures = {"accuracies": figure_of(accuracy_bars(bars, {}, chance=0.2, title=title))}
    if config.arms:
        for name, ink in {"demo": "grey", "demo-redrawn": "redrawn"}.items():
            figures[name] = _picture(config, learners[config.arms[0]][0], inks[ink], images.name)
    return Outcome(metrics, rows, figures)


def _metric(arm: str, ink: str, accuracy: Accuracy, seen: dict[str, int]) -> Metric:
    tasks = accuracy.per_episode
    many = float((tasks * N_ASKED > PUBLISHED - 0.5).float().mean())
    note = f"mean of {len(tasks)} draws, s.d. {N_ASKED * accuracy.deviation:.1f}; {many:.0%} have {PUBLISHED} or more"
    if arm in seen:
        note += f"; trained on Omniglot, {seen[arm]:,} episodes"
    published = None
    if (arm, ink) == ("storkey", "grey"):
        # The training images are binary and thin: grey digits have shorter embeddings than any of them.
        published = float(PUBLISHED)
        note += "; published: one draw"
    return Metric(f"{NAMES[arm]}, {ink} digits", published, N_ASKED * accuracy.mean, f"right of {N_ASKED}", note)


@torch.no_grad()
def _picture(config: Config, learner: Learner, digits: Tensor, data: str) -> Figure:
    """Draw one task with the digits of the published picture."""
    chosen = digits[list(config.pictured)]
    generator = torch.Generator().manual_seed(config.seed)
    task = draw_episodes(chosen, 1, n_ways=len(chosen), rotate=False, generator=generator)
    answers = learner(task)[0].argmax(dim=-1)
    # `support` comes in an order of its own; the picture goes by class.
    shown = task.support[0][task.support_labels[0].argsort()]
    return episode_grid(shown, task.query[0], answers, task.query_labels[0], title=f"{data}, net trained on characters")
