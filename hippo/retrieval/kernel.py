"""The one retrieval rule of which all memories here are cases: z ← separation(similarity(z, M)) M."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_count, check_matrix, shape_text
from hippo.retrieval.separations import Separation
from hippo.retrieval.similarities import Similarity

__all__ = ["Retrieval", "Rule", "biased_product", "check_states", "iterate_weights"]


@dataclass(frozen=True)
class Retrieval:
    """What came back."""

    #: z, (..., B, D).
    readout: Tensor
    #: The weights of the last read, (..., B, N); each row adds up to 1.
    weights: Tensor
    #: Reads until each state had come to rest, at least 1, (..., B).
    n_iterations: Tensor

    @property
    def blend(self) -> Tensor:
        """The largest weight of each read, (..., B): 1 where one pattern came back, less where several mixed."""
        return self.weights.amax(-1)


@dataclass(frozen=True)
class Rule:
    """A memory without learnt parts: how it compares, how it separates.

    z ← separation(similarity(z, M)) M (Millidge et al. 2022, arXiv 2202.04557, without projection).

    Example
    -------
    >>> from hippo.retrieval.separations import softmax
    >>> from hippo.retrieval.similarities import euclidean
    >>> memory = torch.tensor([[0.0, 0.0], [4.0, 4.0]])
    >>> Rule(euclidean, softmax(10.0)).retrieve(memory, torch.tensor([[1.0, 1.0]])).readout
    tensor([[0., 0.]])
    """

    similarity: Similarity
    separation: Separation

    def weights(self, patterns: Tensor, states: Tensor) -> Tensor:
        """Return the weights of one read, (..., B, N)."""
        return self.separation(self.similarity(patterns, states))

    def retrieve(self, patterns: Tensor, cues: Tensor, n_steps: int = 10, tolerance: float = 0.0) -> Retrieval:
        """Read until nothing changes, or n_steps times.

        Parameters
        ----------
        patterns
            M, (..., N, D); further dimensions are memories side by side.
        cues
            z⁰, (..., B, D).
        n_steps
            Reads, at least 1.
        tolerance
            A state whose largest change is at most this has come to rest; when all have, no more is read.
        """
        check_states(patterns, cues)
        check_count("n_steps", n_steps)
        states, moved = cues, torch.zeros(cues.shape[:-1], dtype=torch.long, device=cues.device)
        for _ in range(n_steps):
            weights = self.weights(patterns, states)
            new = weights @ patterns
            changed = (new - states).abs().amax(-1) > tolerance
            moved, states = moved + changed, new
            if not bool(changed.any()):
                break
        return Retrieval(states, weights, moved.clamp(min=1))


def biased_product(left: Tensor, right: Tensor, bias: Tensor, scale: float = 1.0) -> Tensor:
    """Return scale · (left right − bias), (..., B, N), in one operation where there is one memory.

    Small memories spend their time on starting operations, not in them.

    >>> biased_product(torch.eye(2), torch.ones(2, 2), torch.tensor([0.0, 1.0]), scale=2.0)
    tensor([[2., 0.],
            [2., 0.]])
    """
    if left.ndim == right.ndim == 2:
        return torch.addmm(bias, left, right, beta=-scale, alpha=scale)
    return scale * (left @ right - bias)


def iterate_weights(
    read: Callable[[Tensor | None], Tensor], patterns: Tensor, n_steps: int, tolerance: float | None
) -> Retrieval:
    """Iterate on weights alone and read out once.

    Parameters
    ----------
    read
        Weights → those of the next read; None → those of the cue.
    patterns
        M, (..., N, D).
    n_steps
        Reads, at least 1.
    tolerance
        Stop when no weight changes by more; None: make all steps.
    """
    check_count("n_steps", n_steps)
    weights = read(None)
    if tolerance is None:
        for _ in range(n_steps - 1):
            weights = read(weights)
        moved = torch.full(weights.shape[:-1], n_steps, device=weights.device)
        return Retrieval(weights @ patterns, weights, moved)
    moved = torch.ones(weights.shape[:-1], dtype=torch.long, device=weights.device)
    for _ in range(n_steps - 1):
        new = read(weights)
        changed = (new - weights).abs().amax(-1) > tolerance
        moved, weights = moved + changed, new
        if not bool(changed.any()):
            break
    return Retrieval(weights @ patterns, weights, moved)


def check_states(patterns: Tensor, states: Tensor) -> None:
    """Refuse patterns that are no (..., N, D) and states of another size."""
    check_matrix("patterns", patterns, "(..., N, D)")
    if states.ndim < 2 or states.shape[-1] != patterns.shape[-1]:
        raise ValueError(
            f"cues: expected shape (..., B, {patterns.shape[-1]}) for patterns {shape_text(patterns)}, "
            f"got {shape_text(states)}"
        )
