"""Energies of inference: what the errors cost, at every step of every chain."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.predictive_coding.inference import InferenceConfig, Trace
from hippo.predictive_coding.prior import MixturePrior

__all__ = ["Energies", "energies"]


@dataclass(frozen=True)
class Energies:
    """Three energies, (T, B) each; the mean over the first axis is that of a trial."""

    #: E_x = ½ Σ e_x².
    output: Tensor
    #: E_h = ½ Σ e_h².
    hidden: Tensor
    #: E_c = −log Σ_k exp(−‖c − μ_k‖² / 2σ_c²).
    prior: Tensor

    def free_energy(self, config: InferenceConfig) -> Tensor:
        """Weigh output and hidden energy by their rates, α_x E_x + α_h E_h, as the published program plots them."""
        return config.alpha_x * self.output + config.alpha_h * self.hidden

    def per_trial(self) -> Energies:
        """Average over the steps, (B,) each."""
        return Energies(self.output.mean(dim=0), self.hidden.mean(dim=0), self.prior.mean(dim=0))


def energies(trace: Trace, prior: MixturePrior) -> Energies:
    """Evaluate the energies of a traced trial.

    Parameters
    ----------
    trace
        Of T steps and B chains.
    prior
        The one that the trial ran with.
    """
    n_steps = len(trace.causes)
    return Energies(
        trace.output_error.square().sum(dim=-1) / 2,
        trace.hidden_error.square().sum(dim=-1) / 2,
        torch.stack([prior.energy(trace.causes[t]) for t in range(n_steps)]),
    )
