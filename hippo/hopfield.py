"""Hopfield networks: bipolar units that settle into stored patterns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial, reduce
from typing import Literal

import torch
from torch import Tensor

from hippo.arguments import check_count, check_matrix, check_values, shape_text
from hippo.draws import permutation
from hippo.dynamics import follow
from hippo.patterns import sign

__all__ = ["energy", "field", "recall", "sweep", "trajectory", "update"]

Ties = Literal["keep", "up"]


def field(state: Tensor, weights: Tensor, threshold: float | Tensor = 0.0) -> Tensor:
    """Sum what every unit receives.

    h = W s − θ.

    Parameters
    ----------
    state
        (..., N).
    weights
        (..., N, N); row i holds what unit i receives.
    threshold
        θ, one number or (N,).

    Example
    -------
    >>> field(torch.tensor([1.0, -1.0]), torch.tensor([[0.0, 2.0], [2.0, 0.0]]), threshold=0.5)
    tensor([-2.5000,  1.5000])
    """
    return state @ weights.mT - threshold


def energy(state: Tensor, weights: Tensor, threshold: float | Tensor = 0.0) -> Tensor:
    """Evaluate the energy, which no asynchronous update can raise.

    E = −½ sᵀWs + θᵀs (Hopfield 1982, PNAS 79:2554, eq. 7, with a threshold).

    Parameters
    ----------
    state
        (..., N), for example a trajectory (T + 1, ..., N).
    weights
        (N, N), symmetric with a zero diagonal if the energy is to fall.
    threshold
        θ, one number or (N,).

    Returns
    -------
    Tensor
        (...).

    Example
    -------
    >>> energy(torch.tensor([1.0, -1.0]), torch.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor(2.)
    """
    state = state.to(weights.dtype)
    return -(state * (state @ weights.mT)).sum(-1) / 2 + (threshold * state).sum(-1)


def update(state: Tensor, weights: Tensor, threshold: float | Tensor = 0.0, ties: Ties = "keep") -> Tensor:
    """Update all units at once.

    s ← sign(W s − θ).

    Parameters
    ----------
    state
        (..., N).
    weights, threshold
        As in `field`.
    ties
        What a unit without a field does: "keep" its value or go "up" to +1.

    Example
    -------
    >>> update(torch.tensor([1.0, -1.0]), torch.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor([-1.,  1.])
    """
    return sign(field(state, weights, threshold), previous=state if ties == "keep" else None)


def sweep(
    state: Tensor, weights: Tensor, threshold: float | Tensor = 0.0, ties: Ties = "keep", *, order: Tensor
) -> Tensor:
    """Update every unit once, one after the other.

    s_i ← sign(Σ_j W_ij s_j − θ_i), for i in `order`.

    Parameters
    ----------
    state
        (..., N); all states of a batch use the same order.
    weights
        (N, N).
    threshold, ties
        As in `update`.
    order
        (N,), a permutation of the units.

    Notes
    -----
    The loop over units is the definition: each sees what the units before it have become.

    Example
    -------
    >>> w = torch.tensor([[0.0, 2.0], [2.0, 0.0]])
    >>> sweep(torch.tensor([1.0, -1.0]), w, order=torch.tensor([1, 0]))
    tensor([1., 1.])
    """
    state = state.clone()
    thresholds = torch.as_tensor(threshold, dtype=state.dtype, device=state.device).expand(state.shape[-1])
    for unit in order.tolist():
        received = state @ weights[unit] - thresholds[unit]
        state[..., unit] = sign(received, previous=state[..., unit] if ties == "keep" else None)
    return state


def recall(
    weights: Tensor,
    cue: Tensor,
    *,
    n_steps: int | None = None,
    n_sweeps: int | None = None,
    threshold: float | Tensor = 0.0,
    ties: Ties = "keep",
    generator: torch.Generator | None = None,
    stop_early: bool = True,
) -> Tensor:
    """Let the network settle from a cue.

    s(0) = cue; s(t+1) = sign(W s(t) − θ), all units at once (`n_steps`) or each once in a random
    order (`n_sweeps`).

    Parameters
    ----------
    weights
        (N, N), or (..., N, N) for one network per batch entry (synchronous only).
    cue
        (..., N), values −1, +1, or 0 for a unit that is unknown.
    n_steps
        Synchronous updates of all units, at least 0. The default is 5 if `n_sweeps` is not given.
    n_sweeps
        Asynchronous sweeps, at least 0; give either this or `n_steps`.
    threshold
        θ, one number or (N,), in the unit of the weights.
    ties
        A unit without a field "keep"s its value (0 becomes +1) or goes "up" to +1.
    generator
        Draws the order of every sweep; needed with `n_sweeps` only.
    stop_early
        Stop at fixed points and 2-cycles; the result is that of the full run.

    Returns
    -------
    Tensor
        (..., N), ±1, dtype of the cue.

    Raises
    ------
    ValueError
        If shapes, devices or values do not fit, or both or neither mode can be told.

    Notes
    -----
    Computed in the dtype of the weights. O(n_steps N²) per cue.

    Example
    -------
    >>> x = torch.tensor([[1.0, -1.0, 1.0, 1.0]])
    >>> recall((x.T @ x), torch.tensor([1.0, 0.0, 0.0, 1.0]), n_steps=2)
    tensor([ 1., -1.,  1.,  1.])
    """
    states = _states(weights, cue, n_steps, n_sweeps, threshold, ties, generator, stop_early)
    return reduce(lambda _, state: state, states, cue).to(cue.dtype)


def trajectory(
    weights: Tensor,
    cue: Tensor,
    *,
    n_steps: int | None = None,
    n_sweeps: int | None = None,
    threshold: float | Tensor = 0.0,
    ties: Ties = "keep",
    generator: torch.Generator | None = None,
    stop_early: bool = True,
) -> Tensor:
    """Return every state on the way of `recall`, the cue included.

    s(0), s(1), …, s(T).

    Parameters
    ----------
    weights, cue, n_steps, n_sweeps, threshold, ties, generator, stop_early
        As in `recall`.

    Returns
    -------
    Tensor
        (T + 1, ..., N), T = `n_steps` or `n_sweeps`.

    Example
    -------
    >>> w = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> trajectory(w, torch.tensor([1.0, -1.0]), n_steps=2)
    tensor([[ 1., -1.],
            [-1.,  1.],
            [ 1., -1.]])
    """
    states = _states(weights, cue, n_steps, n_sweeps, threshold, ties, generator, stop_early)
    return torch.stack([cue, *(state.to(cue.dtype) for state in states)])


def _states(
    weights: Tensor,
    cue: Tensor,
    n_steps: int | None,
    n_sweeps: int | None,
    threshold: float | Tensor,
    ties: Ties,
    generator: torch.Generator | None,
    stop_early: bool,
) -> Iterator[Tensor]:
    """Check the arguments of a recall and yield its states."""
    if n_steps is not None and n_sweeps is not None:
        raise ValueError("n_sweeps: expected either n_steps or n_sweeps, got both")
    if ties not in ("keep", "up"):
        raise ValueError(f"ties: expected 'keep' or 'up', got {ties!r}")
    _check_network(weights, cue, threshold)
    # Whole-numbered weights come in float64, whatever the patterns are in.
    start = cue.to(weights.dtype)
    if n_sweeps is None:
        n_steps = 5 if n_steps is None else n_steps
        check_count("n_steps", n_steps, least=0)
        step = partial(update, weights=weights, threshold=threshold, ties=ties)
        return follow(step, start, n_steps, longest_cycle=2 if stop_early else 0)
    check_count("n_sweeps", n_sweeps, least=0)
    if weights.ndim != 2:
        raise ValueError(f"weights: expected shape (N, N) for sweeps, got {shape_text(weights)}")
    if generator is None:
        raise ValueError("generator: expected a torch.Generator for the order of the sweeps, got None")
    source = generator

    def one_sweep(state: Tensor) -> Tensor:
        order = permutation(weights.shape[-1], source, torch.device("cpu"))
        return sweep(state, weights, threshold, ties, order=order)

    return follow(one_sweep, start, n_sweeps, longest_cycle=1 if stop_early else 0)


def _check_network(weights: Tensor, cue: Tensor, threshold: float | Tensor) -> None:
    check_matrix("weights", weights, "(..., N, N)")
    n_units = weights.shape[-1]
    if weights.shape[-2] != n_units:
        raise ValueError(f"weights: expected as many rows as columns, got {shape_text(weights)}")
    if cue.ndim == 0 or cue.shape[-1] != n_units:
        raise ValueError(f"cue: expected shape (..., {n_units}) as weights have {n_units} units, got {shape_text(cue)}")
    if cue.device != weights.device:
        raise ValueError(f"cue: expected the device of weights, {weights.device}, got {cue.device}")
    check_values("cue", cue, (-1, 1, 0))
    if isinstance(threshold, Tensor) and threshold.ndim and threshold.shape[-1] not in (1, n_units):
        raise ValueError(f"threshold: expected one number or shape ({n_units},), got {shape_text(threshold)}")
