"""What is known about causes beforehand: a mixture of equal Gaussians round the learnt ones."""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_matrix, check_positive, shape_text

__all__ = ["MixturePrior"]


class MixturePrior:
    """Equal weights, one isotropic Gaussian per prototype.

    log p(c) = log Σ_k exp(−‖c − μ_k‖² / 2σ²) + constant

    Parameters
    ----------
    means
        Prototypes μ, (K, d_c).
    sigma
        σ_c, the width of each.

    Notes
    -----
    Responsibilities are a softmax of (c·μ_k − ‖μ_k‖²/2)/σ², in which ‖c‖² has cancelled: finite
    however far c is, where exp(·) and a sum would be 0/0 from about 1.3 on for σ = 0.096.
    """

    def __init__(self, means: Tensor, sigma: float) -> None:
        check_matrix("means", means, "(K, d_c)")
        check_positive("sigma", sigma)
        self.means = means.detach()
        self.sigma = sigma
        self.offsets = -self.means.square().sum(dim=1) / (2 * sigma**2)  # (K,)

    def log_density(self, causes: Tensor) -> Tensor:
        """Evaluate log Σ_k exp(−‖c − μ_k‖² / 2σ²) of causes (B, d_c), giving (B,)."""
        return torch.logsumexp(self._scores(causes), dim=1) - causes.square().sum(dim=1) / (2 * self.sigma**2)

    def energy(self, causes: Tensor) -> Tensor:
        """Evaluate the prior energy −log Σ_k exp(−‖c − μ_k‖² / 2σ²), (B,)."""
        return -self.log_density(causes)

    def responsibilities(self, causes: Tensor) -> Tensor:
        """Share each cause (B, d_c) out among the prototypes: r_k ∝ exp(−‖c − μ_k‖² / 2σ²), (B, K)."""
        return torch.softmax(self._scores(causes), dim=1)

    def half_gradient(self, causes: Tensor) -> Tensor:
        """Pull causes (B, d_c) towards prototypes, by g(c) = −Σ_k r_k (c − μ_k) / 2σ².

        Notes
        -----
        This is exactly one half of ∇_c log p(c), which has σ² where this has 2σ². The published
        rates α_c belong to this form; with the whole gradient they would be half as large.

        Example
        -------
        >>> MixturePrior(torch.tensor([[0.0], [10.0]]), 1.0).half_gradient(torch.tensor([[1.0]]))
        tensor([[-0.5000]])
        """
        return (self.responsibilities(causes) @ self.means - causes) / (2 * self.sigma**2)

    def _scores(self, causes: Tensor) -> Tensor:
        if causes.ndim != 2 or causes.shape[1] != self.means.shape[1]:
            raise ValueError(f"causes: expected shape (B, {self.means.shape[1]}), got {shape_text(causes)}")
        return torch.addmm(self.offsets, causes, self.means.T / self.sigma**2)
