"""Drawings of characters as the model takes them: rows of pixels, with the drawings of each character listed."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from hippo.omniglot import Characters

__all__ = ["Drawings", "drawings_of"]


class Drawings(NamedTuple):
    """All drawings, and the rows of those in one split."""

    #: (n, P) float32, 1 is ink.
    images: Tensor
    #: Rows of `images` that show each character, (C, E).
    members: Tensor

    def to(self, device: str) -> Drawings:
        """Move the images; what is drawn from `members` is drawn on the CPU."""
        return Drawings(self.images.to(device), self.members)


def drawings_of(characters: Characters, split: Literal["background", "evaluation"]) -> Drawings:
    """List the drawings of each character of a split.

    Raises
    ------
    ValueError
        If characters have different numbers of drawings.
    """
    counts = characters.character.bincount()
    if not bool((counts == counts[0]).all()):
        raise ValueError(
            f"characters: expected as many drawings of each, got {int(counts.min())} to {int(counts.max())}"
        )
    # Sorted by character, so that each has its rows together.
    members = torch.arange(len(characters.images)).reshape(-1, int(counts[0]))
    chosen = characters.split[members[:, 0]] == (split == "evaluation")
    return Drawings(characters.images.flatten(1).float(), members[chosen])
