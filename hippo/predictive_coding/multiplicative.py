"""Causes that gate: a generator of cyclic movements that can wander from one to another by itself.

The model is PC-RNN-HC-M. Its causes multiply the recurrent weights factor by factor, so that each
cause is a dynamics of its own, and a mixture prior whose width swings lets the cause wander.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sin

import torch
from torch import Tensor, nn

from hippo.arguments import check_count, shape_text
from hippo.draws import normal
from hippo.predictive_coding.prior import MixturePrior

__all__ = ["MultiplicativePCRNN", "WanderConfig", "wander"]


class MultiplicativePCRNN(nn.Module):
    """A recurrent generator whose causes choose among its factors.

    h⁻ = (1 − 1/τ) h⁺ + (1/τ) (W_f [(W_pᵀ tanh h⁺) ⊙ (W_cᵀ c)] + b),    x̂ = W_o tanh(h⁻) + b_o

    Parameters
    ----------
    n_hidden, n_factors, n_causes, n_outputs
        d_h, d_f, d_c, d_x.
    time_constant
        τ, in steps.
    generator
        Draws the initial weights, scaled so that a one-hot cause gives recurrent weights W_f ⊙ W_pᵀ
        of spectral radius near 1: 1/√d_f, 1/√d_h, 1, 1/d_h, and 1/10 for biases.
    """

    def __init__(
        self,
        n_hidden: int,
        n_factors: int,
        n_causes: int,
        *,
        n_outputs: int = 2,
        time_constant: float = 5.0,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        for name, value in (("n_hidden", n_hidden), ("n_factors", n_factors), ("n_causes", n_causes)):
            check_count(name, value)
        self.time_constant = time_constant

        def draw(scale: float, *shape: int) -> nn.Parameter:
            return nn.Parameter(scale * normal(shape, generator, torch.device("cpu")))

        self.factor_weights = draw(1.5 / n_factors**0.5, n_hidden, n_factors)  # W_f
        self.projection = draw(1 / n_hidden**0.5, n_hidden, n_factors)  # W_p
        self.cause_weights = draw(1.0, n_causes, n_factors)  # W_c
        self.bias = draw(0.1, n_hidden)  # b
        self.output_weights = draw(1 / n_hidden, n_outputs, n_hidden)  # W_o
        self.output_bias = draw(0.1, n_outputs)  # b_o
        self.h0 = draw(1.0, n_hidden).requires_grad_(False)

    def step(self, hidden: Tensor, causes: Tensor) -> tuple[Tensor, Tensor]:
        """Predict one step: from h⁺ (B, d_h) and c (B, d_c) to h⁻ (B, d_h) and x̂ (B, d_x)."""
        gates = (hidden.tanh() @ self.projection) * (causes @ self.cause_weights)  # (B, d_f)
        driven = gates @ self.factor_weights.T + self.bias
        tau = self.time_constant
        hidden = (1 - 1 / tau) * hidden + driven / tau
        return hidden, hidden.tanh() @ self.output_weights.T + self.output_bias

    def predict(self, causes: Tensor, n_steps: int) -> Tensor:
        """Unfold causes (B, d_c) into trajectories (T, B, d_x), from h_0."""
        if causes.ndim != 2 or causes.shape[1] != len(self.cause_weights):
            raise ValueError(f"causes: expected shape (B, {len(self.cause_weights)}), got {shape_text(causes)}")
        check_count("n_steps", n_steps)
        hidden = self.h0.expand(len(causes), -1)
        outputs = []
        for _ in range(n_steps):
            hidden, output = self.step(hidden, causes)
            outputs.append(output)
        return torch.stack(outputs)


@dataclass(frozen=True)
class WanderConfig:
    """How a cause wanders; the defaults are the published ones."""

    n_steps: int = 6000
    #: α_c, rate of the prior in its ½ form.
    alpha_c: float = 0.1
    #: S.d. of the noise on the cause at every step.
    sigma_r: float = 0.001
    #: σ_c(t) = width · exp(swing · sin(t / period)).
    width: float = 0.2
    swing: float = 2.0
    period: float = 200.0

    def sigma(self, t: int) -> float:
        """Return σ_c(t)."""
        return self.width * exp(self.swing * sin(t / self.period))


@torch.no_grad()
def wander(
    model: MultiplicativePCRNN, start: Tensor, config: WanderConfig | None = None, *, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Let a cause wander among one-hot prototypes while the network goes on moving: chaotic itinerancy.

    c ← c + σ_r ξ + α_c g_{σ(t)}(c), then cut to [0, 1] and divided by its sum. While σ is large the
    prototypes' Gaussians are one hill and c goes to their middle; while it is small c falls onto the
    prototype that the noise has brought it nearest to.

    Parameters
    ----------
    model
        Trained.
    start
        (B, d_c), in [0, 1], rows with sum 1.
    config
        The published one if none is given.
    generator
        Draws ξ.

    Returns
    -------
    causes, outputs
        (T, B, d_c) and (T, B, d_x).
    """
    config = WanderConfig() if config is None else config
    if bool((start < 0).any()) or not torch.allclose(start.sum(dim=1), start.new_ones(len(start))):
        raise ValueError("start: expected rows of numbers from 0 to 1 with sum 1, got others")
    prototypes = torch.eye(start.shape[1], device=start.device, dtype=start.dtype)
    hidden, causes = model.h0.expand(len(start), -1), start
    noise = normal(torch.Size((config.n_steps, *start.shape)), generator, start.device)
    ways, outputs = [], []
    for t in range(config.n_steps):
        hidden, output = model.step(hidden, causes)
        pull = MixturePrior(prototypes, config.sigma(t)).half_gradient(causes)
        causes = (causes + config.sigma_r * noise[t] + config.alpha_c * pull).clamp(0, 1)
        causes = causes / causes.sum(dim=1, keepdim=True).clamp(min=1e-12)
        ways.append(causes)
        outputs.append(output)
    return torch.stack(ways), torch.stack(outputs)
