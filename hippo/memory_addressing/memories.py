"""Draws of a memory for every query: which drawings of which characters it holds.

Only row numbers of images are drawn here, for all queries of a batch at once; no image is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from hippo.arguments import check_count, shape_text
from hippo.draws import uniform

__all__ = ["Batch", "Layout", "draw_memories", "draw_shared_memories", "queries_at", "step_generator"]

_CPU = torch.device("cpu")


class Batch(NamedTuple):
    """Queries and their memories, as row numbers."""

    #: Rows of the images, (B,).
    queries: Tensor
    #: Rows of the images that the memories hold, (M,).
    items: Tensor
    #: Which of `items` each query's memory holds, (B, T); own character first.
    slots: Tensor


@dataclass(frozen=True)
class Layout:
    """How many items a memory has, and from how many characters.

    "reference": with `max_img_per_class` the own character gives n_0 items and others n_i each, until
    there are `timesteps`; n_i is that maximum if `exact`, else uniform from 1. With `max_batch_cls`
    C′ is uniform from 1 to it; the own character gives all items if C′ = 1, else 1 … T − C′ + 1, and
    one other character all the rest: never more than two, as in the published program.
    "exact_classes": exactly `max_batch_cls` characters, the own one with `own_images`, the rest as
    even as can be.
    "gmn": each item is of one of `max_batch_cls` characters, independently.
    """

    timesteps: int
    max_img_per_class: int | None = None
    max_batch_cls: int | None = None
    exact: bool = False
    mode: Literal["reference", "exact_classes", "gmn"] = "reference"
    #: None: as many as of any other character, and those that do not divide.
    own_images: int | None = None

    def __post_init__(self) -> None:
        check_count("timesteps", self.timesteps, least=0)
        given = [limit for limit in (self.max_img_per_class, self.max_batch_cls) if limit is not None]
        if len(given) != 1 or (self.mode != "reference" and self.max_batch_cls is None):
            raise ValueError(
                f"layout: expected exactly one of max_img_per_class and max_batch_cls, the latter with mode "
                f"{self.mode!r}, got {self.max_img_per_class} and {self.max_batch_cls}"
            )
        check_count("max_img_per_class" if self.max_batch_cls is None else "max_batch_cls", given[0])
        if self.max_img_per_class and self.exact and self.timesteps % self.max_img_per_class:
            raise ValueError(
                f"timesteps: expected a multiple of max_img_per_class, {self.max_img_per_class}, got {self.timesteps}"
            )
        if self.max_batch_cls and self.exact:
            raise ValueError("exact: expected False with max_batch_cls; mode='exact_classes' draws exact numbers")
        if self.own_images is not None and not 0 <= self.own_images <= self.timesteps:
            raise ValueError(f"own_images: expected 0 to timesteps, {self.timesteps}, got {self.own_images}")

    def counts(self, n: int, generator: torch.Generator) -> Tensor:
        """Draw how many items each character gives, (n, C); column 0 is the query's own."""
        if self.mode == "gmn":
            return self._independent(n, generator)
        if self.mode == "exact_classes":
            return self._even().expand(n, -1)
        if self.max_batch_cls is not None:
            return self._at_most_two(n, self.max_batch_cls, generator)
        assert self.max_img_per_class is not None
        if self.exact:
            n_classes = self.timesteps // self.max_img_per_class
            return torch.full((n, max(n_classes, 1)), self.max_img_per_class if n_classes else 0)
        return self._until_full(n, self.max_img_per_class, generator)

    def _independent(self, n: int, generator: torch.Generator) -> Tensor:
        assert self.max_batch_cls is not None
        which = torch.randint(self.max_batch_cls, (n, self.timesteps), generator=generator)
        return torch.nn.functional.one_hot(which, self.max_batch_cls).sum(1)

    def _even(self) -> Tensor:
        assert self.max_batch_cls is not None
        n_classes, total = self.max_batch_cls, self.timesteps
        own = -(-total // n_classes) if self.own_images is None else self.own_images
        if n_classes == 1:
            return torch.tensor([[total]])
        rest, more = divmod(total - own, n_classes - 1)
        return torch.tensor([[own, *(rest + (i < more) for i in range(n_classes - 1))]])

    def _at_most_two(self, n: int, limit: int, generator: torch.Generator) -> Tensor:
        total = self.timesteps
        n_classes = 1 + (uniform((n,), generator, _CPU) * min(limit, total)).long()
        own = 1 + (uniform((n,), generator, _CPU) * (total - n_classes + 1)).long()
        own = torch.where(n_classes == 1, total, own)
        return torch.stack([own, total - own], 1)

    def _until_full(self, n: int, limit: int, generator: torch.Generator) -> Tensor:
        rest = torch.full((n,), self.timesteps)
        columns: list[Tensor] = []
        while bool((rest > 0).any()) or not columns:
            most = rest.clamp(max=limit)
            columns.append(((uniform((n,), generator, _CPU) * most).long() + 1).minimum(most))
            rest = rest - columns[-1]
        return torch.stack(columns, 1)


def draw_memories(members: Tensor, queries: Tensor, layout: Layout, generator: torch.Generator) -> Batch:
    """Draw for every query a memory of its own, never with the query in it.

    Parameters
    ----------
    members
        Rows of the images of each character, (C, E).
    queries
        Which drawings are queries, numbers from 0 to C·E − 1 into `members` row by row, (B,).
    layout
        How the memory is made up.
    generator
        On the CPU.

    Returns
    -------
    Batch
        With M = B·T items. Within a character no drawing comes twice.
    """
    n_characters, n_drawings = _check_members(members)
    own, position = queries // n_drawings, queries % n_drawings
    counts = layout.counts(len(queries), generator)
    if int(counts.amax()) > n_drawings or int(counts[:, 0].amax()) >= n_drawings:
        raise ValueError(
            f"timesteps: expected at most {n_drawings - 1} items of the query's own character, and "
            f"{n_drawings} of another, as there are {n_drawings} drawings of each"
        )
    classes = torch.cat([own[:, None], _others(own, n_characters, counts.shape[1] - 1, generator)], 1)  # (B, G)
    # The order of the drawings of each character; the query comes last in its own.
    keys = uniform((*classes.shape, n_drawings), generator, _CPU)
    keys[torch.arange(len(queries)), 0, position] = 2.0
    drawings = keys.argsort(-1)  # (B, G, E)
    slot = torch.arange(layout.timesteps)
    ends = counts.cumsum(1)  # (B, G)
    group = (slot[None, :, None] >= ends[:, None, :]).sum(-1)  # (B, T)
    rank = slot - (ends - counts).gather(1, group)
    chosen = drawings.flatten(1).gather(1, group * n_drawings + rank)
    items = members[classes.gather(1, group), chosen]  # (B, T)
    slots = torch.arange(items.numel()).reshape(items.shape)
    return Batch(members[own, position], items.flatten(), slots)


def draw_shared_memories(
    members: Tensor, n_memories: int, n_queries: int, layout: Layout, generator: torch.Generator
) -> Batch:
    """Draw memories that several queries share: other drawings of the characters that it holds.

    Another sampling design than `draw_memories`: every query has the same kind of memory, but the
    queries of one memory are no independent draws. A memory is encoded once for all of them.

    Parameters
    ----------
    members
        Rows of the images of each character, (C, E).
    n_memories, n_queries
        Memories, and queries of each.
    layout
        With `max_img_per_class` P and `exact`: T/P characters, P items of each.
    generator
        On the CPU.

    Returns
    -------
    Batch
        B = n_memories · n_queries, one memory after the other; M = n_memories · T.
    """
    n_characters, n_drawings = _check_members(members)
    if layout.max_img_per_class is None or not layout.exact:
        raise ValueError("layout: expected max_img_per_class with exact=True for shared memories")
    each, n_classes = layout.max_img_per_class, layout.timesteps // layout.max_img_per_class
    n_left = n_classes * (n_drawings - each)
    if n_queries > n_left:
        raise ValueError(f"n_queries: expected at most the {n_left} drawings that a memory leaves, got {n_queries}")
    first = torch.randint(n_characters, (n_memories,), generator=generator)
    classes = torch.cat([first[:, None], _others(first, n_characters, n_classes - 1, generator)], 1)  # (G, C)
    order = uniform((n_memories, n_classes, n_drawings), generator, _CPU).argsort(-1)
    drawings = members[classes[:, :, None], order]  # (G, C, E), each character's in random order
    items = drawings[:, :, :each].flatten(1)  # (G, T)
    left = drawings[:, :, each:].flatten(1)  # (G, n_left)
    picked = uniform(left.shape, generator, _CPU).argsort(-1)[:, :n_queries]
    slots = torch.arange(items.numel()).reshape(items.shape).repeat_interleave(n_queries, 0)
    return Batch(left.gather(1, picked).flatten(), items.flatten(), slots)


def queries_at(step: int, batch_size: int, n_images: int, seed: int) -> Tensor:
    """Return the queries of one training step, (batch_size,): pass after pass through all images.

    Every pass visits each image once, in its own random order; a batch may run over the end of one.
    """
    start = step * batch_size
    passes = range(start // n_images, (start + batch_size - 1) // n_images + 1)
    order = torch.cat([torch.randperm(n_images, generator=step_generator(seed, i, "pass")) for i in passes])
    return order[start - passes[0] * n_images :][:batch_size]


def step_generator(seed: int, step: int, purpose: str = "step") -> torch.Generator:
    """Make the generator of one step of a run: the same whether or not the run was interrupted."""
    # PyTorch's CPU generator uses 32 bits of its seed; SeedSequence mixes all numbers into them.
    mixed = np.random.SeedSequence((seed, step, *purpose.encode())).generate_state(1)[0]
    return torch.Generator().manual_seed(int(mixed))


def _others(own: Tensor, n_characters: int, n: int, generator: torch.Generator) -> Tensor:
    """Draw n different characters for each row, none of them its own, in random order (B, n)."""
    if n >= n_characters:
        raise ValueError(f"layout: expected at most {n_characters} characters in a memory, as there are, got {n + 1}")
    taken = own[:, None]
    for i in range(n):
        # The rank among those that are left; each smaller or equal one that is taken moves it up.
        drawn = (uniform((len(own),), generator, _CPU) * (n_characters - 1 - i)).long()
        for smaller in taken.sort(1).values.T:
            drawn = drawn + (drawn >= smaller)
        taken = torch.cat([taken, drawn[:, None]], 1)
    return taken[:, 1:]


def _check_members(members: Tensor) -> tuple[int, int]:
    if members.ndim != 2 or members.shape[0] == 0 or members.shape[1] < 2:
        raise ValueError(f"members: expected shape (C, E) with at least 2 drawings each, got {shape_text(members)}")
    return members.shape[0], members.shape[1]
