"""Episodes: small tasks with classes of their own, a few labelled images and others to be named."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_count, shape_text
from hippo.draws import permutation, uniform

__all__ = ["Episodes", "by_class", "draw_episodes", "split_classes"]


@dataclass(frozen=True)
class Episodes:
    """A batch of B tasks of N classes, K labelled images of each and Q to be named."""

    #: (B, K·N, height, width) float32, ink from 0 to 1; shot by shot, each shot in an order of its own.
    support: Tensor
    #: (B, K·N) int64, 0 … N − 1.
    support_labels: Tensor
    #: (B, N·Q, height, width), class by class.
    query: Tensor
    #: (B, N·Q) int64.
    query_labels: Tensor
    #: N.
    n_ways: int


def split_classes(n_classes: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Share classes out between training, validation and test: 1,100, 100 and 423 of 1,623.

    Other numbers are shared out in the same proportion.

    Parameters
    ----------
    n_classes
        At least 3.
    generator
        Draws who goes where; classes are numbered by sorted names, so the draw is the same everywhere.

    Returns
    -------
    tuple of Tensor
        int64, disjoint, together 0 … n_classes − 1.

    Example
    -------
    >>> [len(part) for part in split_classes(1623, torch.Generator().manual_seed(0))]
    [1100, 100, 423]
    """
    check_count("n_classes", n_classes, least=3)
    order = permutation(n_classes, generator, torch.device("cpu"))
    n_train = max(1, round(n_classes * 1100 / 1623))
    n_validation = max(1, round(n_classes * 100 / 1623))
    n_train = min(n_train, n_classes - n_validation - 1)
    return order[:n_train], order[n_train : n_train + n_validation], order[n_train + n_validation :]


def by_class(images: Tensor, labels: Tensor) -> Tensor:
    """Sort images into (C, D, height, width): D images of each class, as many as the smallest class has.

    >>> by_class(torch.arange(5.0).reshape(5, 1, 1), torch.tensor([1, 0, 1, 0, 1])).flatten(1)
    tensor([[1., 3.],
            [0., 2.]])
    """
    if len(images) != len(labels) or len(labels) == 0:
        raise ValueError(f"labels: expected one per image, {len(images)} and not none, got {len(labels)}")
    counts = labels.bincount()
    if int(counts.min()) == 0:
        raise ValueError(f"labels: expected images of every class 0 … {len(counts) - 1}, got none of one of them")
    firsts = [(labels == c).nonzero()[: int(counts.min()), 0] for c in range(len(counts))]
    return images[torch.stack(firsts)]


def draw_episodes(
    drawings: Tensor,
    n_episodes: int,
    *,
    n_ways: int = 5,
    n_shots: int = 1,
    n_queries: int = 2,
    rotate: bool = True,
    generator: torch.Generator,
) -> Episodes:
    """Draw tasks: N different classes, and K + Q different drawings of each.

    Parameters
    ----------
    drawings
        (C, D, height, width), D drawings of each class, ink from 0 to 1.
    n_episodes
        B, at least 1.
    n_ways, n_shots, n_queries
        N ≤ C, K and Q with K + Q ≤ D.
    rotate
        Turn every class by 0, 90, 180 or 270°, all its images alike; the images are square.
    generator
        Draws everything; the episodes are on the device of the drawings.

    Returns
    -------
    Episodes
    """
    _check(drawings, n_episodes, n_ways, n_shots, n_queries)
    device = drawings.device
    n_classes, n_drawings = drawings.shape[:2]
    classes = uniform((n_episodes, n_classes), generator, device).topk(n_ways).indices  # (B, N)
    which = uniform((n_episodes, n_ways, n_drawings), generator, device).topk(n_shots + n_queries).indices
    turns = (uniform((n_episodes, n_ways), generator, device) * 4).long()
    labels = uniform((n_episodes, n_shots, n_ways), generator, device).argsort(dim=-1)  # (B, K, N)
    images = drawings[classes[..., None], which]  # (B, N, K + Q, height, width)
    if rotate:
        for quarter in (1, 2, 3):
            images[turns == quarter] = images[turns == quarter].rot90(quarter, (-2, -1))
    shown, asked = images[:, :, :n_shots], images[:, :, n_shots:]
    episode = torch.arange(n_episodes, device=device)[:, None, None]
    shot = torch.arange(n_shots, device=device)[None, :, None]
    return Episodes(
        support=shown[episode, labels, shot].flatten(1, 2).float(),
        support_labels=labels.flatten(1),
        query=asked.flatten(1, 2).float(),
        query_labels=torch.arange(n_ways, device=device).repeat_interleave(n_queries).expand(n_episodes, -1),
        n_ways=n_ways,
    )


def _check(drawings: Tensor, n_episodes: int, n_ways: int, n_shots: int, n_queries: int) -> None:
    if drawings.ndim != 4 or drawings.shape[-1] != drawings.shape[-2]:
        raise ValueError(f"drawings: expected shape (C, D, size, size), got {shape_text(drawings)}")
    for name, count in {"n_episodes": n_episodes, "n_shots": n_shots, "n_queries": n_queries}.items():
        check_count(name, count)
    check_count("n_ways", n_ways, least=2)
    if n_ways > drawings.shape[0]:
        raise ValueError(f"n_ways: expected at most {drawings.shape[0]}, as many classes as there are, got {n_ways}")
    if n_shots + n_queries > drawings.shape[1]:
        raise ValueError(
            f"n_shots: expected at most {drawings.shape[1]} together with n_queries, as many drawings as a class has, "
            f"got {n_shots} and {n_queries}"
        )
