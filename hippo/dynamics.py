"""The recall loop, the same for every memory.

A memory brings its update, state → state; this module follows it through time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torch import Tensor

__all__ = ["follow"]


def follow(
    update: Callable[[Tensor], Tensor], cue: Tensor, n_updates: int, *, longest_cycle: int = 2
) -> Iterator[Tensor]:
    """Yield the states that follow a cue, one after each update.

    s(t+1) = F(s(t)), t = 0 … n_updates − 1, s(0) = cue.

    Parameters
    ----------
    update
        F, from states (..., N) to states (..., N).
    cue
        (..., N).
    n_updates
        At least 0.
    longest_cycle
        2: stop updating once every state repeats the last state or the one before; symmetric
        synchronous networks end in nothing else. 1: wait for fixed points; for updates that differ
        from call to call. 0: update to the end.

    Yields
    ------
    Tensor
        (..., N), always `n_updates` of them and always those of the full run: after the last
        update the members of a cycle take turns.

    Example
    -------
    >>> import torch
    >>> [float(state) for state in follow(torch.neg, torch.tensor(1.0), 3)]
    [-1.0, 1.0, -1.0]
    """
    before, state = cue, cue
    settled = False
    for _ in range(n_updates):
        if settled:
            # Every state has period 1 or 2, so the next state is the one before the last.
            before, state = state, before
        else:
            new = update(state)
            settled = longest_cycle > 0 and _repeats(new, state, before if longest_cycle > 1 else None)
            before, state = state, new
        yield state


def _repeats(new: Tensor, state: Tensor, before: Tensor | None) -> bool:
    """Tell whether every state is the last one or the one before."""
    # Sums of differences, which are 0 exactly where all units agree, cost a fourth of comparisons.
    moved = (new - state).abs_().sum(-1)
    if before is not None and bool(moved.any()):
        moved *= (new - before).abs_().sum(-1)
    return not bool(moved.any())
