"""The generator: a leaky recurrent network that unfolds a low-dimensional cause into a trajectory.

The model is PC-RNN-HC-A, hidden causes that act additively. Letters as in the equations: x output,
h hidden, c causes, T steps, B trajectories side by side, d_x, d_h and d_c units.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hippo.arguments import check_count, shape_text
from hippo.draws import normal
from hippo.predictive_coding.unrolled import leaky_rates

__all__ = ["PCRNN", "PCRNNConfig"]


@dataclass(frozen=True)
class PCRNNConfig:
    """Sizes of a generator; the defaults are the published ones."""

    #: p, how many trajectories are learnt, each with a cause of its own.
    n_trajectories: int = 20
    #: d_h.
    n_hidden: int = 50
    #: d_x.
    n_outputs: int = 2
    #: d_c.
    n_causes: int = 2
    #: τ, in steps; at least 1. The published 50 leaves five times the error of 10 after 1,000 iterations.
    time_constant: float = 50.0
    #: Whether the initial hidden state is learnt too; it is random and stays so in the published model.
    learn_h0: bool = False

    def __post_init__(self) -> None:
        for name in ("n_trajectories", "n_hidden", "n_outputs", "n_causes"):
            check_count(name, getattr(self, name))
        if not self.time_constant >= 1:
            raise ValueError(f"time_constant: expected at least 1 step, got {self.time_constant!r}")


class PCRNN(nn.Module):
    """A recurrent generator of trajectories with one cause per trajectory.

    h⁻ = (1 − 1/τ) h⁺ + (1/τ) (W_r tanh(h⁺) + W_c c + b_r),    x̂ = W_o tanh(h⁻) + b_o

    Parameters
    ----------
    config
        Sizes.
    generator
        Draws the initial weights: standard normal numbers times 1/d_h (W_o, W_r), 1/d_c (W_c),
        1/10 (b_o, b_r), 1 (h_0) and 0.01 (causes).

    Notes
    -----
    W_r starts with a spectral radius near 1/√d_h, so that the dynamics begins as almost pure leak.
    All trajectories start from one vector h_0: a row per trajectory, if learnt, would be a second code.
    """

    def __init__(self, config: PCRNNConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        d_x, d_h, d_c = config.n_outputs, config.n_hidden, config.n_causes

        def draw(scale: float, *shape: int) -> nn.Parameter:
            return nn.Parameter(scale * normal(shape, generator, torch.device("cpu")))

        self.output_weights = draw(1 / d_h, d_x, d_h)  # W_o
        self.output_bias = draw(0.1, d_x)  # b_o
        self.cause_weights = draw(1 / d_c, d_h, d_c)  # W_c
        self.recurrent_weights = draw(1 / d_h, d_h, d_h)  # W_r
        self.recurrent_bias = draw(0.1, d_h)  # b_r
        self.h0 = draw(1.0, d_h)
        self.h0.requires_grad_(config.learn_h0)
        self.causes = draw(0.01, config.n_trajectories, d_c)  # c, one row per trajectory

    def predict(self, causes: Tensor, n_steps: int) -> Tensor:
        """Unfold causes without looking at any target: no inference, causes frozen.

        Parameters
        ----------
        causes
            (B, d_c).
        n_steps
            T.

        Returns
        -------
        Tensor
            x̂, (T, B, d_x); gradients reach the weights, h_0 and the causes.

        Example
        -------
        >>> model = PCRNN(PCRNNConfig(n_trajectories=3), torch.Generator().manual_seed(0))
        >>> model.predict(model.causes, 60).shape
        torch.Size([60, 3, 2])
        """
        self.check_causes(causes)
        check_count("n_steps", n_steps)
        drive = torch.addmm(self.recurrent_bias, causes, self.cause_weights.T)  # (B, d_h)
        start = self.h0.expand(len(causes), -1)
        rates = leaky_rates(start, drive, self.recurrent_weights, self.config.time_constant, n_steps)
        return rates @ self.output_weights.T + self.output_bias

    def top_down(self, posterior: Tensor, causes: Tensor) -> tuple[Tensor, Tensor]:
        """Predict one step: from h⁺ (B, d_h) and c (B, d_c) to h⁻ (B, d_h) and x̂ (B, d_x)."""
        tau = self.config.time_constant
        driven = posterior.tanh() @ self.recurrent_weights.T + causes @ self.cause_weights.T + self.recurrent_bias
        prior = (1 - 1 / tau) * posterior + driven / tau
        return prior, prior.tanh() @ self.output_weights.T + self.output_bias

    def check_causes(self, causes: Tensor) -> None:
        """Refuse causes of another shape."""
        if causes.ndim != 2 or causes.shape[1] != self.config.n_causes or not len(causes):
            raise ValueError(f"causes: expected shape (B, {self.config.n_causes}), got {shape_text(causes)}")

    def check_targets(self, targets: Tensor, n_rows: int) -> None:
        """Refuse targets of another shape."""
        d_x = self.config.n_outputs
        if targets.ndim != 3 or targets.shape[1:] != (n_rows, d_x) or not len(targets):
            raise ValueError(f"targets: expected shape (T, {n_rows}, {d_x}), time first, got {shape_text(targets)}")
