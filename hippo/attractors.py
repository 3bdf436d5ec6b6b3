"""Where a memory comes to rest: stability, spurious states and basins of attraction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor

from hippo.arguments import check_count, check_fraction, check_matrix
from hippo.corruption import flip_exactly
from hippo.memory import BipolarMemory, Memory, recall
from hippo.metrics import overlaps
from hippo.patterns import sign

__all__ = ["KINDS", "basin", "classify", "distinct", "is_fixed", "mixtures", "stability"]

#: What an attractor is to the stored patterns: one of them, the negative of one, a mixture of
#: three of them or their negatives, or none of these (a spin-glass state).
KINDS = ("stored", "negative", "mixture", "other")


def stability(memory: BipolarMemory, states: Tensor) -> Tensor:
    """Measure how firmly the least firm unit of each state is held.

    κ = min_i s_i h_i: above 0 the state is a fixed point, below 0 some unit leaves it.

    Parameters
    ----------
    memory
        Any bipolar memory; κ has the unit of its fields.
    states
        (..., N), bipolar.

    Returns
    -------
    Tensor
        (...).

    Example
    -------
    >>> from hippo.hopfield import HopfieldNetwork
    >>> x = torch.tensor([[1.0, -1.0, 1.0]])
    >>> stability(HopfieldNetwork(x.mT @ x - torch.eye(3)), x)
    tensor([2.])
    """
    memory.check_cue(states)
    units = states.to(memory.parameters.dtype)
    return (units * memory.field(units)).amin(-1)


def is_fixed(memory: Memory, states: Tensor) -> Tensor:
    """Tell which states an update leaves as they are, (...), bool.

    >>> from hippo.dense import ExponentialMemory
    >>> x = torch.tensor([[1.0, -1.0, 1.0]])
    >>> is_fixed(ExponentialMemory(x), torch.cat([x, -x]))
    tensor([ True, False])
    """
    memory.check_cue(states)
    units = states.to(memory.parameters.dtype)
    return (memory.update(units) == units).all(-1)


def mixtures(patterns: Tensor, order: int = 3) -> Tensor:
    """Form the symmetric mixtures of every few patterns, which Hebb's rule stores unasked.

    s = sign(ξ^a + ξ^b + ξ^c) (Amit, Gutfreund & Sompolinsky 1985, Phys. Rev. A 32:1007). Each
    overlaps by ½ with each of its three.

    Parameters
    ----------
    patterns
        (P, N), bipolar.
    order
        How many patterns are mixed: odd, so that there are no ties, at most P.

    Returns
    -------
    Tensor
        (P choose order, N), bipolar.

    Example
    -------
    >>> mixtures(torch.tensor([[1.0, 1.0, -1.0], [1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]]))
    tensor([[1., 1., 1.]])
    """
    check_matrix("patterns", patterns, "(P, N)")
    check_count("order", order)
    if order % 2 == 0 or order > len(patterns):
        raise ValueError(f"order: expected an odd number of at most {len(patterns)} patterns, got {order}")
    chosen = torch.tensor(list(combinations(range(len(patterns)), order)), device=patterns.device)
    return sign(patterns[chosen].sum(1))


def classify(states: Tensor, patterns: Tensor, tolerance: float = 0.02) -> Tensor:
    """Say what each state is to the stored patterns.

    Parameters
    ----------
    states
        (..., N), bipolar, for example the ends of recalls from random cues.
    patterns
        (P, N), bipolar.
    tolerance
        Share of units that may differ from the pattern or mixture.

    Returns
    -------
    Tensor
        (...), int64 index into `KINDS`. The mixture that is tried is that of the three patterns
        that overlap most with the state, each with the sign of its overlap.

    Example
    -------
    >>> x = torch.tensor([[1.0, 1.0, -1.0], [1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]])
    >>> [KINDS[kind] for kind in classify(torch.cat([x[:1], -x[:1], torch.ones(1, 3)]), x)]
    ['stored', 'negative', 'mixture']
    """
    check_fraction("tolerance", tolerance)
    m = overlaps(states, patterns)  # (..., P)
    least = 1 - 2 * tolerance - 1e-6  # overlap of a state with at most that share of wrong units
    kinds = torch.full(m.shape[:-1], KINDS.index("other"), device=m.device)
    if len(patterns) >= 3:
        strongest = m.abs().topk(3, dim=-1).indices  # (..., 3)
        signs = sign(m.gather(-1, strongest))[..., None]
        mixed = sign((signs * patterns[strongest]).sum(-2))  # (..., N)
        kinds[(mixed * states).mean(-1) >= least] = KINDS.index("mixture")
    kinds[m.amin(-1) <= -least] = KINDS.index("negative")
    kinds[m.amax(-1) >= least] = KINDS.index("stored")
    return kinds


def distinct(states: Tensor) -> tuple[Tensor, Tensor]:
    """Count the different states among the ends of many recalls.

    Parameters
    ----------
    states
        (n, N).

    Returns
    -------
    attractors, counts
        (k, N) and (k,), the most frequent first; their shares estimate the sizes of the basins.

    Example
    -------
    >>> distinct(torch.tensor([[1.0, -1.0], [1.0, 1.0], [1.0, 1.0]]))[1]
    tensor([2, 1])
    """
    check_matrix("states", states, "(n, N)")
    attractors, counts = torch.unique(states, dim=0, return_counts=True)
    order = counts.argsort(descending=True, stable=True)
    return attractors[order], counts[order]


def basin(
    memory: Memory,
    patterns: Tensor,
    flip_fractions: Sequence[float],
    *,
    n_cues: int = 10,
    n_steps: int = 30,
    generator: torch.Generator,
) -> Tensor:
    """Measure how far from each pattern recall still leads back to it.

    Parameters
    ----------
    memory
        What stores the patterns.
    patterns
        (P, N), bipolar.
    flip_fractions
        Shares of units that are flipped in the cues, from 0 to 1.
    n_cues
        Cues per pattern and share.
    n_steps
        Synchronous updates.
    generator
        Draws the flipped units.

    Returns
    -------
    Tensor
        (P, len(flip_fractions)): share of cues from which the pattern was recalled in every unit.

    Example
    -------
    >>> from hippo.dense import ExponentialMemory
    >>> x = torch.tensor([[1.0, -1.0, 1.0, 1.0, -1.0]])
    >>> x = torch.cat([x, -x])
    >>> basin(ExponentialMemory(x), x, [0.0, 0.2, 1.0], generator=torch.Generator())[0]
    tensor([1., 1., 0.])
    """
    check_matrix("patterns", patterns, "(P, N)")
    check_count("n_cues", n_cues)
    recovered = []
    for fraction in flip_fractions:
        cues = flip_exactly(patterns.expand(n_cues, *patterns.shape), fraction, generator)  # (n_cues, P, N)
        ends = recall(memory, cues, n_steps=n_steps)
        recovered.append((ends == patterns).all(-1).to(patterns.dtype).mean(0))
    return torch.stack(recovered, dim=-1)
