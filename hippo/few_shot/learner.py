"""The learners that are compared: one net, with or without a memory behind it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hippo.few_shot.attractor import AttractorMemory
from hippo.few_shot.convnet import ConvNet
from hippo.few_shot.episodes import Episodes
from hippo.few_shot.readout import attend, attention_loss, prototype_scores

__all__ = ["ARMS", "Arm", "Learner", "Settings"]

Arm = Literal["storkey", "none", "layer-norm", "hebb", "prototypes"]

#: Arm → what it is.
ARMS = MappingProxyType(
    {
        "storkey": "attractor memory, Storkey writes",
        "none": "no memory",
        "layer-norm": "layer norm and ReLU only, M = 0",
        "hebb": "attractor memory, Hebb writes",
        "prototypes": "prototypes: −squared distance, cross-entropy",
    }
)


@dataclass(frozen=True)
class Settings:
    """What a learner is made of."""

    arm: Arm = "storkey"
    n_features: int = 64
    #: Convolve in bfloat16.
    bfloat16: bool = False


class Learner(nn.Module):
    """Name the queries of episodes.

    Parameters
    ----------
    settings
        Which arm, and how large.
    generator
        Draws the initial parameters: arms with the same generator start with the same net.

    Example
    -------
    >>> from hippo.few_shot.episodes import draw_episodes
    >>> g = torch.Generator().manual_seed(0)
    >>> Learner(Settings(), generator=g)(draw_episodes(torch.rand(9, 4, 28, 28), 2, generator=g)).shape
    torch.Size([2, 10, 5])
    """

    def __init__(self, settings: Settings, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if settings.arm not in ARMS:
            raise ValueError(f"arm: expected one of {', '.join(ARMS)}, got {settings.arm!r}")
        self.settings = settings
        self.net = ConvNet(settings.n_features, bfloat16=settings.bfloat16, generator=generator)
        self.memory: AttractorMemory | None = None
        if settings.arm == "storkey" or settings.arm == "hebb":
            self.memory = AttractorMemory(settings.n_features, settings.arm)
        elif settings.arm == "layer-norm":
            self.memory = AttractorMemory(settings.n_features, None)

    def forward(self, episodes: Episodes) -> Tensor:
        """Score the classes of every query, (B, N·Q, N): probabilities, or −distances of prototypes."""
        n_support = episodes.support.shape[1]
        # One pass: a small batch wastes the machine.
        embeddings = self.net(torch.cat([episodes.support, episodes.query], dim=1))
        support, query = embeddings[:, :n_support], embeddings[:, n_support:]
        if self.settings.arm == "prototypes":
            return prototype_scores(query, support, episodes.support_labels, episodes.n_ways)
        if self.memory is not None:
            query = self.memory(support, query)
        return attend(query, support, episodes.support_labels, episodes.n_ways)

    def loss(self, episodes: Episodes) -> Tensor:
        """Return the mean squared error of the probabilities, or the cross-entropy of prototypes in nats."""
        scores = self(episodes)
        if self.settings.arm == "prototypes":
            return F.cross_entropy(scores.flatten(0, 1), episodes.query_labels.flatten())
        return attention_loss(scores, episodes.query_labels)
