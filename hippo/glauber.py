"""Glauber dynamics: units that follow their fields the more reliably the colder it is."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from hippo.arguments import check_count
from hippo.draws import permutation, uniform
from hippo.dynamics import follow
from hippo.memory import BipolarMemory

__all__ = ["states", "sweep"]


def sweep(memory: BipolarMemory, state: Tensor, beta: float, order: Tensor, generator: torch.Generator) -> Tensor:
    """Update every unit once, at random by its field.

    P(s_i = +1) = 1 / (1 + exp(−2 β h_i)), for i in `order` (Glauber 1963, J. Math. Phys. 4:294).

    Parameters
    ----------
    memory
        Any bipolar memory; β counts in units of 1/energy.
    state
        (..., N), bipolar.
    beta
        β = 1/T, at least 0: at 0 every unit is a fair coin, at infinity it follows its field.
    order
        (N,), a permutation of the units.
    generator
        Source of the randomness, one draw per unit and state.

    Notes
    -----
    Each update leaves the distribution exp(−β E) as it is, since h_i is half an energy difference.

    Example
    -------
    >>> from hippo.hopfield import HopfieldNetwork
    >>> network = HopfieldNetwork(torch.tensor([[0.0, 2.0], [2.0, 0.0]]))
    >>> sweep(network, torch.ones(2), 1e3, torch.tensor([0, 1]), torch.Generator())
    tensor([1., 1.])
    """
    if not beta >= 0:
        raise ValueError(f"beta: expected a number of at least 0, got {beta!r}")
    state = state.clone()
    for unit in order.tolist():
        up = torch.sigmoid(2 * beta * memory.field_of(unit, state))
        drawn = uniform(up.shape, generator, state.device)
        state[..., unit] = torch.where(drawn < up, 1.0, -1.0).to(state.dtype)
    return state


def states(
    memory: BipolarMemory, cue: Tensor, n_sweeps: int, *, beta: float, generator: torch.Generator
) -> Iterator[Tensor]:
    """Yield the states after each of `n_sweeps` sweeps, every one in a random order.

    Parameters
    ----------
    memory, beta, generator
        As in `sweep`.
    cue
        (..., N), bipolar.
    n_sweeps
        At least 0.

    Yields
    ------
    Tensor
        (..., N).
    """
    memory.check_cue(cue)
    check_count("n_sweeps", n_sweeps, least=0)

    def one_sweep(state: Tensor) -> Tensor:
        order = permutation(memory.n_units, generator, torch.device("cpu"))
        return sweep(memory, state, beta, order, generator)

    return follow(one_sweep, cue.to(memory.parameters.dtype), n_sweeps, longest_cycle=0)
