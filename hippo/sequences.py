"""Networks that hop from pattern to pattern along stored transitions."""

from __future__ import annotations

from math import log, sqrt
from typing import Literal

import torch
from torch import Tensor

from hippo.arguments import check_count, check_matrix, check_values, shape_text
from hippo.dynamics import follow
from hippo.learning_rules import without_self_coupling
from hippo.patterns import sign

__all__ = ["Kernel", "cross_terms", "cycle", "dwell_time", "sequence_weights", "slow_trajectory"]

Kernel = Literal["exponential", "delay"]


def cycle(n_patterns: int) -> Tensor:
    """Return the transitions of a cycle, (P, P): from each pattern to the next, from the last to the first.

    >>> cycle(3)
    tensor([[0., 1., 0.],
            [0., 0., 1.],
            [1., 0., 0.]])
    """
    check_count("n_patterns", n_patterns)
    return torch.eye(n_patterns).roll(1, dims=1)


def cross_terms(patterns: Tensor, transitions: Tensor, *, integer: bool = False) -> Tensor:
    """Store transitions: a state near pattern μ is pushed towards the patterns that follow it.

    C = (1/N) Σ_{μ≠ν} T_μν ξ^ν ξ^μᵀ (Amit 1989, Modeling Brain Function, ch. 5.2).

    Parameters
    ----------
    patterns
        (P, N), bipolar.
    transitions
        T, (P, P); T_μν is the strength of the step from μ to ν. The diagonal does not count.
    integer
        Return N·C, whole numbers if T holds such.

    Returns
    -------
    Tensor
        (N, N), in general not symmetric, diagonal kept; row i holds what unit i receives.

    Example
    -------
    >>> x = torch.tensor([[1.0, 1.0], [1.0, -1.0]])
    >>> cross_terms(x, torch.tensor([[0.0, 1.0], [0.0, 0.0]])) @ x[0]
    tensor([ 1., -1.])
    """
    check_matrix("patterns", patterns, "(P, N)")
    check_values("patterns", patterns, (-1, 1))
    n_patterns, n_units = patterns.shape[-2:]
    if patterns.ndim != 2 or transitions.shape != (n_patterns, n_patterns):
        raise ValueError(
            f"transitions: expected shape ({n_patterns}, {n_patterns}) for {n_patterns} patterns (P, N), "
            f"got {shape_text(transitions)} for patterns {shape_text(patterns)}"
        )
    steps = without_self_coupling(transitions.to(patterns))
    terms = patterns.mT @ steps.mT @ patterns
    return terms if integer else terms / n_units


def sequence_weights(patterns: Tensor, transitions: Tensor, strength: float, *, integer: bool = False) -> Tensor:
    """Store patterns and the transitions between them in one matrix.

    J = (1/N) [Σ_μ ξ^μ ξ^μᵀ + λ Σ_{μ≠ν} T_μν ξ^ν ξ^μᵀ], J_ii = 0 (Amit 1989, ch. 5.2).

    Parameters
    ----------
    patterns, transitions, integer
        As in `cross_terms`.
    strength
        λ. Up to 1 every pattern holds; above it a synchronous network hops at every step.

    Returns
    -------
    Tensor
        (N, N), zero diagonal; not symmetric, so there is no energy. `hopfield.trajectory` runs it.

    Example
    -------
    >>> from hippo.hopfield import update
    >>> x = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0]])
    >>> update(x, sequence_weights(x, cycle(2), strength=3.0))
    tensor([[ 1., -1.,  1., -1.],
            [ 1.,  1.,  1.,  1.]])
    """
    held = patterns.mT @ patterns
    terms = without_self_coupling(held + strength * cross_terms(patterns, transitions, integer=True))
    return terms if integer else terms / patterns.shape[-1]


def slow_trajectory(
    fast: Tensor, slow: Tensor, cue: Tensor, n_steps: int, *, time_constant: float, kernel: Kernel = "exponential"
) -> Tensor:
    """Run a network of which some synapses follow the state only slowly: it dwells, then hops.

    s(t + 1) = sign(J s(t) + C s̄(t)); the trace is s̄(t) = s̄(t − 1) + (s(t) − s̄(t − 1))/τ,
    s̄(−1) = 0 ("exponential"), or s̄(t) = s(t + 1 − τ), 0 before the cue ("delay") (Sompolinsky &
    Kanter 1986, Phys. Rev. Lett. 57:2861; Kleinfeld 1986, PNAS 83:9469).

    Parameters
    ----------
    fast
        J, (N, N), what holds a pattern, as `learning_rules.hebb` gives it.
    slow
        C, (N, N), what pushes on to the next, λ times `cross_terms`.
    cue
        (..., N), bipolar.
    n_steps
        At least 0.
    time_constant
        τ in steps, at least 1, whole for a delay; at 1 all synapses are fast, and the network is
        that of J + C.
    kernel
        How the trace follows the state.

    Returns
    -------
    Tensor
        (T + 1, ..., N). A unit without a field keeps its value.

    Notes
    -----
    A delay hops cleanly for every λ > 1. An exponential trace still holds the pattern before; for
    λ above about 2, or few units, states hop in part and get caught in mixtures.

    Example
    -------
    >>> j, c = torch.eye(2), torch.tensor([[0.0, 2.0], [-2.0, 0.0]])
    >>> slow_trajectory(j, c, torch.ones(2), 5, time_constant=3, kernel="delay")[:, 1]
    tensor([ 1.,  1.,  1., -1., -1., -1.])
    """
    _check_synapses(fast, slow, cue)
    check_count("n_steps", n_steps, least=0)
    if kernel not in ("exponential", "delay"):
        raise ValueError(f"kernel: expected 'exponential' or 'delay', got {kernel!r}")
    if not time_constant >= 1 or (kernel == "delay" and time_constant != int(time_constant)):
        whole = "a whole number of at least 1 step" if kernel == "delay" else "at least 1 step"
        raise ValueError(f"time_constant: expected {whole}, got {time_constant!r}")

    def step(history: Tensor) -> Tensor:
        state, trace = history[..., 0, :], history[..., -1, :]
        new = sign(state @ fast.mT + trace @ slow.mT, previous=state)[..., None, :]
        if kernel == "delay":
            return torch.cat([new, history[..., :-1, :]], dim=-2)  # (..., τ, N): s(t), …, s(t + 1 − τ)
        return torch.cat([new, trace[..., None, :] + (new - trace[..., None, :]) / time_constant], dim=-2)

    start = cue.to(fast.dtype)[..., None, :]
    if kernel == "delay":
        past = torch.zeros_like(start).expand(*start.shape[:-2], int(time_constant) - 1, start.shape[-1])
        history = torch.cat([start, past], dim=-2)
    else:
        history = torch.cat([start, start / time_constant], dim=-2)  # (..., 2, N): s, s̄
    states = [history, *follow(step, history, n_steps, longest_cycle=0)]
    return torch.stack([state[..., 0, :] for state in states]).to(cue.dtype)


def dwell_time(strength: float, time_constant: float) -> float:
    """Estimate for how many steps a cycle with exponential traces stays in each pattern.

    With δ = (1 − 1/τ)^k after k steps, a pattern is held by 1 + λ δ (1 − δ) and pushed on by
    λ (1 − δ), if patterns are orthogonal and every dwell is alike; the push wins at
    δ = 1 − 1/√λ, k = ln(1 − 1/√λ) / ln(1 − 1/τ).

    Parameters
    ----------
    strength
        λ, above 1.
    time_constant
        τ, at least 1.

    Notes
    -----
    Units that the pattern before pushes too leave earlier, by up to a third of the time.

    Example
    -------
    >>> round(dwell_time(4.0, 10.0), 2)
    6.58
    """
    if not strength > 1 or not time_constant >= 1:
        raise ValueError(
            f"strength: expected above 1, and a time_constant of at least 1, got {strength!r} and {time_constant!r}"
        )
    return 1.0 if time_constant == 1 else log(1 - 1 / sqrt(strength)) / log(1 - 1 / time_constant)


def _check_synapses(fast: Tensor, slow: Tensor, cue: Tensor) -> None:
    check_matrix("fast", fast, "(N, N)")
    if slow.shape != fast.shape or fast.shape[-1] != cue.shape[-1] or fast.shape[-2] != fast.shape[-1]:
        raise ValueError(
            f"slow: expected the shape of fast, (N, N) for a cue of N units, got fast {shape_text(fast)}, "
            f"slow {shape_text(slow)}, cue {shape_text(cue)}"
        )
    check_values("cue", cue, (-1, 1))
