"""The free energy of which retrieval is the descent: how well a code explains an image, and how well it is known.

F(z) = ½ ‖x − dec(z)‖² − log Σ_i exp(−½ (z − m_i)ᵀ P (z − m_i)), for p(z|M) = (1/N) Σ_i N(m_i, P⁻¹),
p(x|z) = N(dec(z), 1) and a point for the posterior; constants are left out (derived from Annabi, Pitti,
Quoy 2022, arXiv 2210.08013, where the terms stand apart).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.retrieval.mixture import mixture_energy

__all__ = ["BackpropTrace", "FreeEnergy", "descend_by_backprop", "free_energy"]

Decoder = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class FreeEnergy:
    """Both terms, in nats, one number per code."""

    #: ½ ‖x − dec(z)‖².
    accuracy: Tensor
    #: −log Σ_i exp(−‖z − m_i‖² / 2σ²).
    complexity: Tensor

    @property
    def total(self) -> Tensor:
        """F."""
        return self.accuracy + self.complexity


def free_energy(patterns: Tensor, codes: Tensor, sigma: float, images: Tensor, decode: Decoder) -> FreeEnergy:
    """Evaluate F of codes (B, D) for the images (B, ...) that they are to explain.

    Example
    -------
    >>> found = free_energy(torch.zeros(1, 2), torch.ones(1, 2), 1.0, torch.zeros(1, 2), lambda z: z)
    >>> found.accuracy, found.complexity
    (tensor([1.]), tensor([1.]))
    """
    accuracy = (decode(codes) - images).square().flatten(1).sum(1) / 2
    return FreeEnergy(accuracy, mixture_energy(patterns, codes, sigma))


@dataclass(frozen=True)
class BackpropTrace:
    """Codes at the end of a descent, and the loss's terms on the way."""

    #: (B, D).
    codes: Tensor
    #: Mean squared error of the pixels at each step, (T,).
    error: Tensor
    #: Mean over codes of the memory's term at each step, (T,).
    prior: Tensor


def descend_by_backprop(
    patterns: Tensor,
    cues: Tensor,
    images: Tensor,
    decode: Decoder,
    *,
    sigma: float = 0.1,
    gamma: float = 0.005,
    learning_rate: float = 0.5,
    n_steps: int = 100,
) -> BackpropTrace:
    """Descend from cue codes by Adam, through a decoder that stays as it is (BP-GMM).

    L = mean((dec(z) − x)²) + γ mean_b(−log Σ_i exp(−‖z − m_i‖² / 2σ²)).

    Parameters
    ----------
    patterns, cues, images
        M (N, D), z⁰ (B, D), and what was observed, (B, ...).
    decode
        Codes → images; gradients flow through it to the codes alone.
    sigma, gamma, learning_rate, n_steps
        As published.
    """
    codes = cues.detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([codes], lr=learning_rate)
    errors, priors = [], []
    with torch.enable_grad():
        for _ in range(n_steps):
            error = (decode(codes) - images).square().mean()
            prior = mixture_energy(patterns, codes, sigma).mean()
            # Not backward(): it would also fill the gradients of the decoder's weights.
            (codes.grad,) = torch.autograd.grad(error + gamma * prior, [codes])
            optimizer.step()
            errors.append(error.detach())
            priors.append(prior.detach())
    return BackpropTrace(codes.detach(), torch.stack(errors), torch.stack(priors))
