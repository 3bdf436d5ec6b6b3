"""Digits 0, 1 and 2 stored in Hopfield networks: the ground that two experiments share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MappingProxyType

import torch
from torch import Tensor

from hippo.datasets import Images, only
from hippo.draws import random_rows
from hippo.learning_rules import outer_product, pseudo_inverse
from hippo.patterns import binarize

__all__ = ["DIGITS", "RULES", "Pool"]

DIGITS = (0, 1, 2)

#: The two rules of the course. Whole-numbered weights: the outer product's recall is the same everywhere.
RULES: MappingProxyType[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "outer product": partial(outer_product, integer=True),
        "pseudo-inverse": partial(pseudo_inverse, regularization=0.01),
    }
)


class Pool:
    """Bipolar digits to draw from: stored ones from the training set, unseen ones from the test set."""

    def __init__(self, images: Images, device: torch.device | str = "cpu") -> None:
        self.train = binarize(only(images.x_train, images.y_train, DIGITS)).flatten(1).to(device)
        self.test = binarize(only(images.x_test, images.y_test, DIGITS)).flatten(1).to(device)

    def draw(self, n_stored: int, n_unseen: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw patterns to store and others to probe with, (n_stored, 784) and (n_unseen, 784)."""
        n_unseen = min(n_unseen, len(self.test))
        return random_rows(self.train, n_stored, generator), random_rows(self.test, n_unseen, generator)
