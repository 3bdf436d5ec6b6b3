"""Digits after one image of each, by a net that has only ever seen characters of Omniglot."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.datasets import Images
from hippo.experiments.few_shot import NAMES
from hippo.experiments.outcome import Metric, Outcome
from hippo.few_shot import SHIPPED, Answer, Arm, Learner, accuracies, by_class, draw_episodes, nearest_pixels, shipped
from hippo.plotting import accuracy_bars, episode_grid, figure_of

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Published protocol: five classes of digits, one shown and two asked of each; shipped learners."""

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
    digits = by_class(images.x_test, images.y_test).to(device) / 255.0
    metrics: list[Metric] = []
    rows: list[dict[str, object]] = []
    bars: dict[str, Tensor] = {}
    learners = {arm: shipped(arm) for arm in config.arms}
    answers: dict[str, Answer] = {arm: learner.to(device) for arm, (learner, _) in learners.items()}
    seen: dict[str, int] = {arm: n_episodes for arm, (_, n_episodes) in learners.items()}
    for arm, answer in (answers | {"pixels": nearest_pixels}).items():
        generator = torch.Generator().manual_seed(config.seed)
        found = accuracies(answer, digits, config.n_draws, rotate=False, generator=generator)
        note = f"mean of {config.n_draws} draws, s.d. {N_ASKED * found.deviation:.1f}"
        if arm in seen:
            note += f"; trained on Omniglot, {seen[arm]:,} episodes"
        published = None
        if arm == "storkey":
            published = float(PUBLISHED)
            note += "; published: one draw"
        metrics.append(Metric(NAMES[arm], published, N_ASKED * found.mean, f"right of {N_ASKED}", note))
        rows += [
            {"arm": arm, "draw": i, "right": round(N_ASKED * share)}
            for i, share in enumerate(found.per_episode.tolist())
        ]
        bars[NAMES[arm]] = found.per_episode
    title = f"{images.name}, one image of each of five digits"
    figures = {"accuracies": figure_of(accuracy_bars(bars, {}, chance=0.2, title=title))}
    if config.arms:
        figures["demo"] = _picture(config, learners[config.arms[0]][0], digits, images.name)
    return Outcome(metrics, rows, figures)


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
