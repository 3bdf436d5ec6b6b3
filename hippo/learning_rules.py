"""Learning rules: from the patterns to the weights that store them.

Every rule takes patterns (..., P, N) and returns symmetric weights (..., N, N) on the same device.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_fraction, check_matrix, check_positive, check_values

__all__ = ["covariance", "hebb", "outer_product", "projection", "pseudo_inverse", "without_self_coupling"]


def hebb(patterns: Tensor, *, integer: bool = False) -> Tensor:
    """Store patterns by Hebb's rule.

    J_ij = (1/N) Σ_μ ξ_i^μ ξ_j^μ for i ≠ j, J_ii = 0 (Hopfield 1982, PNAS 79:2554, eq. 2, which
    leaves out the 1/N).

    Parameters
    ----------
    patterns
        (..., P, N), bipolar.
    integer
        Return N·J, whole numbers: every field is then exact, so that ties and recall are the same
        on every machine. A threshold has to grow by the same factor.

    Returns
    -------
    Tensor
        (..., N, N), zero diagonal, dtype of the patterns.

    Raises
    ------
    ValueError
        For a wrong shape, or with `integer` if P·N passes the whole numbers that the dtype holds.

    Notes
    -----
    Additive over patterns. O(P N²).

    Example
    -------
    >>> hebb(torch.tensor([[1.0, -1.0]]), integer=True)
    tensor([[ 0., -1.],
            [-1.,  0.]])
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    n_patterns, n_units = patterns.shape[-2:]
    if integer:
        check_values("patterns", patterns, (-1, 1))
        check_exact(n_patterns * n_units, patterns.dtype)
    couplings = without_self_coupling(patterns.mT @ patterns)
    return couplings if integer else couplings / n_units


def covariance(patterns: Tensor, p_up: float | None = None) -> Tensor:
    """Store biased patterns by the covariance rule.

    J_ij = (1/(4 N a (1 − a))) Σ_μ (ξ_i^μ − m)(ξ_j^μ − m) for i ≠ j, J_ii = 0, with a the
    probability of +1 and m = 2a − 1 (Amit, Gutfreund & Sompolinsky 1987, Phys. Rev. A 35:2293;
    Tsodyks & Feigel'man 1988, Europhys. Lett. 6:101).

    Parameters
    ----------
    patterns
        (..., P, N), bipolar.
    p_up
        a, between 0 and 1; without it, the share of +1 among the patterns of each network.

    Returns
    -------
    Tensor
        (..., N, N), zero diagonal; `hebb` at a = ½.

    Notes
    -----
    Hebb's rule stores the mean pattern with every one of P patterns, so that all of them run into
    it. 4a(1 − a) is the variance of a unit. The field of a stored pattern is ξ − m on average: a
    threshold of −m makes both kinds of unit equally firm. O(P N²).

    Example
    -------
    >>> covariance(torch.tensor([[1.0, -1.0, -1.0, -1.0]]))[0]
    tensor([ 0.0000, -0.2500, -0.2500, -0.2500])
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    if p_up is None:
        a = (patterns.mean(dim=(-2, -1), keepdim=True) + 1) / 2
    else:
        check_fraction("p_up", p_up)
        a = torch.tensor(p_up, dtype=patterns.dtype, device=patterns.device)
    variance = 4 * a * (1 - a)
    if not bool((variance > 0).all()):
        raise ValueError("patterns: expected both +1 and -1 among them (p_up above 0 and below 1), got one value only")
    centred = patterns - (2 * a - 1)
    return without_self_coupling(centred.mT @ centred / (variance * patterns.shape[-1]))


def outer_product(patterns: Tensor, *, integer: bool = False) -> Tensor:
    """Store patterns by the outer-product rule around the global mean.

    D = (1/P) Σ_μ (x^μ − θ)(x^μ − θ)ᵀ, W = D − diag(D), with θ the mean of all P·N elements: one number.

    Parameters
    ----------
    patterns
        (..., P, N), bipolar.
    integer
        Return P²N²·W, whole numbers in float64 (float32 holds them only to 2²⁴): every field is
        then exact, so that ties and recall are the same on every machine.

    Returns
    -------
    Tensor
        (..., N, N), zero diagonal, dtype of the patterns, or float64 with `integer`.

    Raises
    ------
    ValueError
        For a wrong shape, or with `integer` if 4P²N³ passes the whole numbers that float64 holds.

    Notes
    -----
    With C = XᵀX, column sums c and total S = PNθ the whole numbers are
    P²N²·D_ij = P N² C_ij − N S (c_i + c_j) + S². O(P N²).

    Example
    -------
    >>> outer_product(torch.tensor([[1.0, 1.0, 1.0, -1.0]]))[0]
    tensor([ 0.0000,  0.2500,  0.2500, -0.7500])
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    if integer:
        return _integer_outer_product(patterns)
    theta = patterns.mean(dim=(-2, -1), keepdim=True)
    centred = patterns - theta
    return without_self_coupling(centred.mT @ centred / patterns.shape[-2])


def pseudo_inverse(patterns: Tensor, regularization: float = 0.01) -> Tensor:
    """Store patterns by the regularised pseudo-inverse.

    W = X⁺X / P, X⁺ = (XᵀX + λI_N)⁻¹Xᵀ = Xᵀ(XXᵀ + λI_P)⁻¹.

    Parameters
    ----------
    patterns
        X, (..., P, N).
    regularization
        λ, above 0; `projection` is the limit λ → 0 times 1/P.

    Returns
    -------
    Tensor
        (..., N, N); the diagonal is kept.

    Notes
    -----
    The second form of X⁺ is computed: it solves a P × P system instead of inverting N × N, and is
    the same matrix. O(P³ + P N²).

    Example
    -------
    >>> pseudo_inverse(torch.tensor([[1.0, 1.0]]), regularization=2.0)
    tensor([[0.2500, 0.2500],
            [0.2500, 0.2500]])
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    check_positive("regularization", regularization)
    n_patterns = patterns.shape[-2]
    gram = patterns @ patterns.mT  # (..., P, P)
    identity = torch.eye(n_patterns, dtype=patterns.dtype, device=patterns.device)
    weights: Tensor = patterns.mT @ torch.linalg.solve(gram + regularization * identity, patterns) / n_patterns
    return weights


def projection(patterns: Tensor) -> Tensor:
    """Store patterns by the projection rule.

    J = Xᵀ(XXᵀ)⁻¹X, the orthogonal projection on the span of the patterns (Personnaz, Guyon &
    Dreyfus 1985, J. Phys. Lett. 46:359).

    Parameters
    ----------
    patterns
        X, (..., P, N); repeated or linearly dependent patterns are allowed.

    Returns
    -------
    Tensor
        (..., N, N); the diagonal is kept (see `without_self_coupling`).

    Notes
    -----
    Computed as X⁺X by singular values, so that XXᵀ need not be invertible. O(N P²) for P ≤ N.

    Example
    -------
    >>> x = torch.tensor([[1.0, 1.0, -1.0], [1.0, 1.0, -1.0]])
    >>> torch.allclose(x @ projection(x), x, atol=1e-6)
    True
    """
    check_matrix("patterns", patterns, "(..., P, N)")
    weights: Tensor = torch.linalg.pinv(patterns) @ patterns
    return weights


def without_self_coupling(weights: Tensor) -> Tensor:
    """Set the diagonal to zero.

    W ← W − diag(W).

    Parameters
    ----------
    weights
        (..., N, N).

    Example
    -------
    >>> without_self_coupling(torch.ones(2, 2))
    tensor([[0., 1.],
            [1., 0.]])
    """
    return weights - torch.diag_embed(weights.diagonal(dim1=-2, dim2=-1))


def _integer_outer_product(patterns: Tensor) -> Tensor:
    check_values("patterns", patterns, (-1, 1))
    n_patterns, n_units = patterns.shape[-2:]
    # |P²N²·W_ij| ≤ 4P²N² because |x − θ| ≤ 2; a field adds N of them.
    check_exact(4 * n_patterns**2 * n_units**3, torch.float64)
    x = patterns.double()
    total = x.sum(dim=(-2, -1))[..., None, None]
    sums = x.sum(dim=-2)
    pair_sums = sums[..., :, None] + sums[..., None, :]
    return without_self_coupling(n_patterns * n_units**2 * (x.mT @ x) - n_units * total * pair_sums + total**2)


def check_exact(largest_field: int, dtype: torch.dtype) -> None:
    limit = int(2 / torch.finfo(dtype).eps)
    if largest_field > limit:
        raise ValueError(
            f"patterns: expected fields up to {limit} for exact whole numbers in {dtype}, "
            f"got up to {largest_field}; use a wider dtype or fewer patterns"
        )
