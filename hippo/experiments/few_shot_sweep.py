"""More classes, more drawings of each: the learners that were trained on five classes and one drawing."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from hippo.datasets import Images
from hippo.experiments.few_shot import NAMES, PUBLISHED, novel_drawings
from hippo.experiments.outcome import Metric, Outcome
from hippo.few_shot import SHIPPED, Accuracy, Answer, Arm, accuracies, nearest_pixels, shipped
from hippo.omniglot import load_characters
from hippo.plotting import error_curves, figure_of

__all__ = ["FULL", "PROTOTYPICAL", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """N-way K-shot tasks of characters that no learner has seen."""

    arms: tuple[Arm, ...] = SHIPPED
    ways: tuple[int, ...] = (5, 10, 20)
    shots: tuple[int, ...] = (1, 5)
    n_test: int = 200
    seed: int = 0


QUICK = Config(ways=(5, 20), shots=(1,), n_test=50)
FULL = Config(ways=(2, 5, 10, 20, 40), shots=(1, 2, 5, 10), n_test=1000)

#: (ways, shots) → Prototypical Networks, with batch norm and trained for each task: Snell et al. (2017),
#: as github.com/oscarknagg/few-shot quotes it.
PROTOTYPICAL = {(5, 1): 0.988, (5, 5): 0.997, (20, 1): 0.960, (20, 5): 0.989}


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Test the shipped learners; no digits are read."""
    characters = load_characters(allow_generated=True)
    novel = novel_drawings(characters).to(device)
    found: dict[tuple[str, int, int], Accuracy] = {}
    learners = {arm: shipped(arm) for arm in config.arms}
    answers: dict[str, Answer] = {arm: learner.to(device) for arm, (learner, _) in learners.items()}
    answers["pixels"] = nearest_pixels
    seen: dict[str, int] = {arm: n_episodes for arm, (_, n_episodes) in learners.items()}
    for arm, answer in answers.items():
        for n_shots in config.shots:
            for n_ways in config.ways:
                found[arm, n_ways, n_shots] = accuracies(
                    answer,
                    novel,
                    config.n_test,
                    n_ways=n_ways,
                    n_shots=n_shots,
                    generator=torch.Generator().manual_seed(config.seed + 1),
                    batch=max(1, 100 // n_ways),
                )
    on_omniglot = characters.name == "Omniglot"
    metrics = [
        _metric(arm, ways, shots, accuracy, seen.get(arm, 0), on_omniglot, characters.name)
        for (arm, ways, shots), accuracy in found.items()
    ]
    rows: list[dict[str, object]] = [
        {
            "arm": arm,
            "ways": ways,
            "shots": shots,
            "accuracy": accuracy.mean,
            "deviation": accuracy.deviation,
            "standard_error": accuracy.standard_error,
        }
        for (arm, ways, shots), accuracy in found.items()
    ]
    figures = {}
    for shots in config.shots:
        curves = {
            NAMES[arm]: torch.stack([found[arm, ways, shots].per_episode.mean() for ways in config.ways])[None]
            for arm in answers
        }
        axes = error_curves(
            config.ways,
            curves,
            xlabel="classes (ways)",
            ylabel="share of queries named rightly",
            title=f"{characters.name}, {shots} drawing{'s' if shots > 1 else ''} of each class",
        )
        axes.set_ylim(0, 1.02)
        figures[f"shots-{shots}"] = figure_of(axes)
    return Outcome(metrics, rows, figures)


def _metric(
    arm: str, ways: int, shots: int, accuracy: Accuracy, n_episodes: int, on_omniglot: bool, data: str
) -> Metric:
    note = f"{len(accuracy.per_episode)} tasks, s.d. {accuracy.deviation:.3f}, s.e. {accuracy.standard_error:.4f}"
    if n_episodes:
        note += f"; {n_episodes:,} episodes"
    published = None
    if not on_omniglot:
        note += f"; on {data}"
    elif arm == "prototypes" and (ways, shots) in PROTOTYPICAL:
        published = PROTOTYPICAL[ways, shots]
        note += "; published: with batch norm, trained for each task"
    elif (ways, shots) == (5, 1):
        published = PUBLISHED.get(arm)
    return Metric(f"{ways}-way {shots}-shot, {NAMES[arm]}", published, accuracy.mean, "share of queries", note)
