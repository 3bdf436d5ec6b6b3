"""How often the queries of new tasks are named rightly."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_count
from hippo.few_shot.episodes import Episodes, draw_episodes

__all__ = ["Accuracy", "Answer", "accuracies", "nearest_pixels"]

#: Episodes → scores of the classes of every query, (B, N·Q, N); the highest is the answer.
Answer = Callable[[Episodes], Tensor]


@dataclass(frozen=True)
class Accuracy:
    """Share of right names in each of n tasks."""

    #: (n,).
    per_episode: Tensor

    @property
    def mean(self) -> float:
        """Over the tasks."""
        return float(self.per_episode.double().mean())

    @property
    def deviation(self) -> float:
        """Standard deviation from task to task: ten queries alone scatter by √(p (1 − p)/10)."""
        return float(self.per_episode.double().std(correction=1)) if len(self.per_episode) > 1 else 0.0

    @property
    def standard_error(self) -> float:
        """Of the mean: deviation/√n."""
        return self.deviation / math.sqrt(len(self.per_episode))


@torch.no_grad()
def accuracies(
    answer: Answer,
    drawings: Tensor,
    n_episodes: int = 1000,
    *,
    n_ways: int = 5,
    n_shots: int = 1,
    n_queries: int = 2,
    rotate: bool = True,
    generator: torch.Generator,
    batch: int = 20,
) -> Accuracy:
    """Have the queries of new tasks named.

    Parameters
    ----------
    answer
        A trained learner, or any function.
    drawings
        (C, D, height, width) of classes that were not seen in training.
    n_episodes
        Tasks.
    n_ways, n_shots, n_queries, rotate, generator
        As in `draw_episodes`.
    batch
        Tasks at a time.

    Returns
    -------
    Accuracy
    """
    check_count("n_episodes", n_episodes)
    check_count("batch", batch)
    right = []
    for start in range(0, n_episodes, batch):
        episodes = draw_episodes(
            drawings,
            min(batch, n_episodes - start),
            n_ways=n_ways,
            n_shots=n_shots,
            n_queries=n_queries,
            rotate=rotate,
            generator=generator,
        )
        right.append((answer(episodes).argmax(dim=-1) == episodes.query_labels).float().mean(dim=-1))
    return Accuracy(torch.cat(right).cpu())


def nearest_pixels(episodes: Episodes) -> Tensor:
    """Score classes by their labelled image that is nearest in pixels, −min |x − s|²: no learning at all.

    Parameters
    ----------
    episodes
        B tasks.

    Returns
    -------
    Tensor
        (B, N·Q, N).
    """
    distances = torch.cdist(episodes.query.flatten(2), episodes.support.flatten(2)).square()  # (B, N·Q, K·N)
    of_class = episodes.support_labels[:, None, :] == torch.arange(episodes.n_ways, device=distances.device).reshape(
        1, -1, 1
    )  # (B, N, K·N)
    return -distances[:, :, None, :].where(of_class[:, None], torch.inf).amin(dim=-1)
