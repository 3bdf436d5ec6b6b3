"""Quantities that say how well, or how much, a memory remembers."""

from __future__ import annotations

from math import log, log2, sqrt

from torch import Tensor

from hippo.arguments import check_count, check_floating

__all__ = [
    "bit_errors",
    "capacity_amit",
    "capacity_binary",
    "capacity_mceliece",
    "capacity_mceliece_all",
    "capacity_polynomial",
    "capacity_projection",
    "capacity_storkey",
    "mse",
    "nearest",
    "overlap",
    "overlaps",
]


def overlap(states: Tensor, patterns: Tensor) -> Tensor:
    """Compare each state with its own pattern.

    m = ξ·s / N: 1 for the pattern itself, 0 by chance, −1 for its negative.

    Parameters
    ----------
    states, patterns
        (..., N), bipolar; the leading axes broadcast.

    Returns
    -------
    Tensor
        (...), from −1 to 1.

    Example
    -------
    >>> import torch
    >>> overlap(torch.tensor([1.0, 1.0, 1.0, -1.0]), torch.ones(4))
    tensor(0.5000)
    """
    _check_units(states, patterns)
    return (states * patterns).sum(-1) / states.shape[-1]


def overlaps(states: Tensor, patterns: Tensor) -> Tensor:
    """Compare each state with every stored pattern.

    m_μ = ξ^μ·s / N.

    Parameters
    ----------
    states
        (..., N), bipolar.
    patterns
        (P, N), bipolar.

    Returns
    -------
    Tensor
        (..., P), from −1 to 1.

    Example
    -------
    >>> import torch
    >>> overlaps(torch.ones(2), torch.tensor([[1.0, 1.0], [1.0, -1.0]]))
    tensor([1., 0.])
    """
    _check_units(states, patterns)
    return states @ patterns.mT / states.shape[-1]


def nearest(states: Tensor, patterns: Tensor) -> Tensor:
    """Find the stored pattern that each state resembles most.

    μ* = argmax_μ ξ^μ·s, which is the nearest in Euclidean distance too, since all patterns have one
    length; the first of several.

    Parameters
    ----------
    states
        (..., N), bipolar.
    patterns
        (P, N), or (..., P, N) for a batch of networks, bipolar.

    Returns
    -------
    Tensor
        (...), int64, from 0 to P − 1.

    Example
    -------
    >>> import torch
    >>> nearest(torch.tensor([1.0, -1.0, 1.0]), torch.tensor([[1.0, 1.0, 1.0], [-1.0, -1.0, 1.0], [1.0, -1.0, 1.0]]))
    tensor(2)
    """
    return overlaps(states, patterns).argmax(-1)


def bit_errors(states: Tensor, patterns: Tensor) -> Tensor:
    """Count the units in which each state differs from its own pattern.

    Parameters
    ----------
    states, patterns
        (..., N); the leading axes broadcast.

    Returns
    -------
    Tensor
        (...), int64, from 0 to N. For bipolar states it is N (1 − m) / 2.

    Example
    -------
    >>> import torch
    >>> bit_errors(torch.tensor([1.0, 1.0, -1.0]), torch.ones(3))
    tensor(1)
    """
    _check_units(states, patterns)
    return (states != patterns).sum(-1)


def mse(values: Tensor, expected: Tensor) -> Tensor:
    """Average the squared difference over all elements.

    MSE = (1/n) Σ (v − v̂)²; between bipolar patterns it is four times the share of wrong bits.

    Parameters
    ----------
    values, expected
        The same shape, floating point.

    Returns
    -------
    Tensor
        A scalar.

    Example
    -------
    >>> import torch
    >>> mse(torch.tensor([1.0, -1.0]), torch.ones(2))
    tensor(2.)
    """
    check_floating("values", values)
    check_floating("expected", expected)
    if values.shape != expected.shape:
        raise ValueError(f"values: expected the shape of expected, {tuple(expected.shape)}, got {tuple(values.shape)}")
    return (values - expected).square().mean()


def capacity_amit(n_units: int) -> float:
    """Bound the number of random patterns that Hebb's rule recalls with few errors.

    C = 0.138 N (Amit, Gutfreund & Sompolinsky 1985, Phys. Rev. Lett. 55:1530).

    >>> round(capacity_amit(100), 1)
    13.8
    """
    check_count("n_units", n_units)
    return 0.138 * n_units


def capacity_mceliece(n_units: int) -> float:
    """Bound the number of random patterns of which Hebb's rule keeps almost all exactly stable.

    C = N / (2 ln N) (McEliece, Posner, Rodemich & Venkatesh 1987, IEEE Trans. Inf. Theory 33:461).

    >>> round(capacity_mceliece(100), 1)
    10.9
    """
    check_count("n_units", n_units, least=2)
    return n_units / (2 * log(n_units))


def capacity_mceliece_all(n_units: int) -> float:
    """Bound the number of random patterns that Hebb's rule keeps exactly stable, all of them.

    C = N / (4 ln N) (McEliece, Posner, Rodemich & Venkatesh 1987, IEEE Trans. Inf. Theory 33:461).

    >>> round(capacity_mceliece_all(100), 1)
    5.4
    """
    check_count("n_units", n_units, least=2)
    return n_units / (4 * log(n_units))


def capacity_binary(n_units: int) -> float:
    """Bound the number of patterns as the course does, with the logarithm to base 2.

    C = N / (2 log₂ N): `capacity_mceliece` divided by 1.44, the stricter reading of "log".

    >>> round(capacity_binary(784))
    41
    """
    check_count("n_units", n_units, least=2)
    return n_units / (2 * log2(n_units))


def capacity_storkey(n_units: int) -> float:
    """Bound the number of random patterns that Storkey's rule keeps stable.

    C = N / √(2 ln N) (Storkey 1997, ICANN, LNCS 1327:451).

    >>> round(capacity_storkey(100))
    33
    """
    check_count("n_units", n_units, least=2)
    return n_units / sqrt(2 * log(n_units))


def capacity_polynomial(n_units: int, degree: int) -> float:
    """Estimate how many random patterns a polynomial memory keeps without a wrong unit.

    P = N^{n−1} / (2 (2n − 3)!! ln N): the field of a unit is a signal of 2n N^{n−1} in noise of
    variance 4n² (2n − 3)!! P N^{n−1}, and signal²/noise² = 2 ln N leaves less than one error
    among N units (Krotov & Hopfield 2016,
    arXiv 1606.01164; `capacity_mceliece` is n = 2).

    >>> round(capacity_polynomial(100, 2), 1), round(capacity_polynomial(100, 3))
    (10.9, 362)
    """
    check_count("n_units", n_units, least=2)
    check_count("degree", degree, least=2)
    double_factorial = 1
    for odd in range(3, 2 * degree - 2, 2):
        double_factorial *= odd
    return float(n_units ** (degree - 1) / (2 * double_factorial * log(n_units)))


def capacity_projection(n_units: int) -> float:
    """Bound the number of patterns that the projection rule keeps stable.

    C = N: any linearly independent patterns are fixed points (Personnaz, Guyon & Dreyfus 1985,
    J. Phys. Lett. 46:359), though their basins shrink to nothing as P → N.

    >>> capacity_projection(100)
    100.0
    """
    check_count("n_units", n_units)
    return float(n_units)


def _check_units(states: Tensor, patterns: Tensor) -> None:
    check_floating("states", states)
    check_floating("patterns", patterns)
    if states.ndim == 0 or patterns.ndim == 0 or states.shape[-1] != patterns.shape[-1] or not states.shape[-1]:
        raise ValueError(
            f"states: expected as many units in the last axis as patterns, {tuple(patterns.shape)}, "
            f"got {tuple(states.shape)}"
        )
