"""What every memory shares: an energy, the updates that follow from it, and recall.

A memory is its energy. A bipolar one follows from it completely: the field of a unit is half the
energy that the unit saves by being up, and every update is the sign of a field. A memory overrides
`field` only where a closed form is faster than the definition.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import reduce
from typing import Literal

import torch
from torch import Tensor

from hippo.arguments import check_count, check_values, shape_text
from hippo.draws import permutation
from hippo.dynamics import follow
from hippo.patterns import sign

__all__ = ["BipolarMemory", "Memory", "Ties", "recall", "trajectory"]

Ties = Literal["keep", "up"]


class Memory(ABC):
    """A function of states that falls while a cue is recalled, and the update that lowers it."""

    @property
    @abstractmethod
    def parameters(self) -> Tensor:
        """What is stored, (..., N): weights or patterns. Cues are brought to its dtype."""

    @property
    def n_units(self) -> int:
        """N."""
        return self.parameters.shape[-1]

    @abstractmethod
    def energy(self, state: Tensor) -> Tensor:
        """Evaluate E of states (..., N), giving (...)."""

    @abstractmethod
    def update(self, state: Tensor) -> Tensor:
        """Move all units of states (..., N) at once."""

    def check_cue(self, cue: Tensor) -> None:
        """Refuse a cue of another size or on another device."""
        if cue.ndim == 0 or cue.shape[-1] != self.n_units:
            raise ValueError(
                f"cue: expected shape (..., {self.n_units}) as the memory has {self.n_units} units, "
                f"got {shape_text(cue)}"
            )
        device = self.parameters.device
        if cue.device != device:
            raise ValueError(f"cue: expected the device of the memory, {device}, got {cue.device}")


class BipolarMemory(Memory):
    """A memory whose units are up, +1, or down, −1."""

    #: What a unit without a field does: "keep" its value (0 becomes +1) or go "up" to +1.
    ties: Ties = "keep"

    def field(self, state: Tensor) -> Tensor:
        """Return half the energy that each unit saves by being up, the others as they are.

        h_i = ½ [E(s_i = −1) − E(s_i = +1)], (..., N). This is the definition, O(N) energies; the
        memories of this package have closed forms.
        """
        n = self.n_units
        alone = torch.eye(n, dtype=torch.bool, device=state.device)  # (N, N), row i marks unit i
        each = state[..., None, :].expand(*state.shape, n)  # (..., N, N), one copy per unit
        down, up = (self.energy(torch.where(alone, value, each)) for value in (-1.0, 1.0))
        return (down - up) / 2

    def field_of(self, unit: int, state: Tensor) -> Tensor:
        """Return the field of one unit, (...)."""
        return self.field(state)[..., unit]

    def update(self, state: Tensor) -> Tensor:
        """Update all units at once: s ← sign(h)."""
        return sign(self.field(state), previous=state if self.ties == "keep" else None)

    def sweep(self, state: Tensor, order: Tensor) -> Tensor:
        """Update every unit once, one after the other: s_i ← sign(h_i), for i in `order`, (N,).

        Each unit sees what the units before it have become, so the energy cannot rise.
        """
        state = state.clone()
        for unit in order.tolist():
            before = state[..., unit] if self.ties == "keep" else None
            state[..., unit] = sign(self.field_of(unit, state), previous=before)
        return state

    def check_cue(self, cue: Tensor) -> None:
        """Refuse also a cue that is neither bipolar nor unknown (0)."""
        super().check_cue(cue)
        check_values("cue", cue, (-1, 1, 0))


def recall(
    memory: Memory,
    cue: Tensor,
    *,
    n_steps: int | None = None,
    n_sweeps: int | None = None,
    generator: torch.Generator | None = None,
    stop_early: bool = True,
) -> Tensor:
    """Let a memory settle from a cue.

    s(0) = cue; s(t+1) = F(s(t)), all units at once (`n_steps`) or each once in a random order
    (`n_sweeps`).

    Parameters
    ----------
    memory
        Any memory; sweeps need a bipolar one.
    cue
        (..., N); bipolar memories take −1, +1, or 0 for a unit that is unknown.
    n_steps
        Synchronous updates of all units, at least 0. The default is 5 if `n_sweeps` is not given.
    n_sweeps
        Asynchronous sweeps, at least 0; give either this or `n_steps`.
    generator
        Draws the order of every sweep; needed with `n_sweeps` only.
    stop_early
        Stop at fixed points and 2-cycles; the result is that of the full run.

    Returns
    -------
    Tensor
        (..., N), dtype of the cue.

    Example
    -------
    >>> from hippo.dense import ExponentialMemory
    >>> x = torch.tensor([[1.0, -1.0, 1.0, 1.0], [-1.0, -1.0, 1.0, -1.0]])
    >>> recall(ExponentialMemory(x), torch.tensor([1.0, 0.0, 0.0, 1.0]), n_steps=2)
    tensor([ 1., -1.,  1.,  1.])
    """
    states = _states(memory, cue, n_steps, n_sweeps, generator, stop_early)
    return reduce(lambda _, state: state, states, cue).to(cue.dtype)


def trajectory(
    memory: Memory,
    cue: Tensor,
    *,
    n_steps: int | None = None,
    n_sweeps: int | None = None,
    generator: torch.Generator | None = None,
    stop_early: bool = True,
) -> Tensor:
    """Return every state on the way of `recall`, the cue included.

    s(0), s(1), …, s(T).

    Parameters
    ----------
    memory, cue, n_steps, n_sweeps, generator, stop_early
        As in `recall`.

    Returns
    -------
    Tensor
        (T + 1, ..., N), T = `n_steps` or `n_sweeps`.
    """
    states = _states(memory, cue, n_steps, n_sweeps, generator, stop_early)
    return torch.stack([cue, *(state.to(cue.dtype) for state in states)])


def _states(
    memory: Memory,
    cue: Tensor,
    n_steps: int | None,
    n_sweeps: int | None,
    generator: torch.Generator | None,
    stop_early: bool,
) -> Iterator[Tensor]:
    """Check the arguments of a recall and yield its states."""
    if n_steps is not None and n_sweeps is not None:
        raise ValueError("n_sweeps: expected either n_steps or n_sweeps, got both")
    memory.check_cue(cue)
    # Whole-numbered weights come in float64, whatever the patterns are in.
    start = cue.to(memory.parameters.dtype)
    if n_sweeps is None:
        n_steps = 5 if n_steps is None else n_steps
        check_count("n_steps", n_steps, least=0)
        return follow(memory.update, start, n_steps, longest_cycle=2 if stop_early else 0)
    check_count("n_sweeps", n_sweeps, least=0)
    if not isinstance(memory, BipolarMemory):
        raise ValueError(f"n_sweeps: expected n_steps, as {type(memory).__name__} moves all units at once")
    if generator is None:
        raise ValueError("generator: expected a torch.Generator for the order of the sweeps, got None")
    units, source = memory, generator

    def one_sweep(state: Tensor) -> Tensor:
        return units.sweep(state, permutation(units.n_units, source, torch.device("cpu")))

    return follow(one_sweep, start, n_sweeps, longest_cycle=1 if stop_early else 0)
