"""Hopfield networks: bipolar units that settle into stored patterns."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo import memory
from hippo.arguments import check_matrix, shape_text
from hippo.memory import BipolarMemory, Ties
from hippo.patterns import sign

__all__ = ["HopfieldNetwork", "energy", "field", "recall", "sweep", "trajectory", "update"]


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
    return HopfieldNetwork(weights, threshold, ties).sweep(state, order)


@dataclass(frozen=True, eq=False)
class HopfieldNetwork(BipolarMemory):
    """The memory whose energy is a quadratic form of its state.

    E = −½ sᵀWs + θᵀs; the arguments are those of `recall`.

    Example
    -------
    >>> network = HopfieldNetwork(torch.tensor([[0.0, 2.0], [2.0, 0.0]]))
    >>> memory.recall(network, torch.tensor([1.0, 0.0]))
    tensor([1., 1.])
    """

    weights: Tensor
    threshold: float | Tensor = 0.0
    ties: Ties = "keep"

    def __post_init__(self) -> None:
        """Refuse what is no network."""
        check_matrix("weights", self.weights, "(..., N, N)")
        n_units = self.weights.shape[-1]
        if self.weights.shape[-2] != n_units:
            raise ValueError(f"weights: expected as many rows as columns, got {shape_text(self.weights)}")
        threshold = self.threshold
        if isinstance(threshold, Tensor) and (
            threshold.ndim > 1 or (threshold.ndim and len(threshold) not in (1, n_units))
        ):
            raise ValueError(f"threshold: expected one number or shape ({n_units},), got {shape_text(threshold)}")
        if self.ties not in ("keep", "up"):
            raise ValueError(f"ties: expected 'keep' or 'up', got {self.ties!r}")

    @property
    def parameters(self) -> Tensor:
        """The weights."""
        return self.weights

    def energy(self, state: Tensor) -> Tensor:
        """Evaluate E, which no asynchronous update can raise."""
        return energy(state, self.weights, self.threshold)

    def field(self, state: Tensor) -> Tensor:
        """Sum what every unit receives: h = W s − θ. A diagonal, if there is one, counts."""
        return field(state, self.weights, self.threshold)

    def field_of(self, unit: int, state: Tensor) -> Tensor:
        """Sum what one unit receives."""
        thresholds = torch.as_tensor(self.threshold, dtype=state.dtype, device=state.device)
        return state @ self.weights[unit] - thresholds.expand(self.n_units)[unit]


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
    network = _network(weights, threshold, ties, n_sweeps)
    return memory.recall(network, cue, n_steps=n_steps, n_sweeps=n_sweeps, generator=generator, stop_early=stop_early)


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
    network = _network(weights, threshold, ties, n_sweeps)
    return memory.trajectory(
        network, cue, n_steps=n_steps, n_sweeps=n_sweeps, generator=generator, stop_early=stop_early
    )


def _network(weights: Tensor, threshold: float | Tensor, ties: Ties, n_sweeps: int | None) -> HopfieldNetwork:
    network = HopfieldNetwork(weights, threshold, ties)
    if n_sweeps is not None and weights.ndim != 2:
        raise ValueError(f"weights: expected shape (N, N) for sweeps, got {shape_text(weights)}")
    return network
