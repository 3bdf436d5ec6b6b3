"""Learning by the errors of inference alone: every weight changes by what its two ends know."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_count
from hippo.predictive_coding.inference import InferenceConfig, infer_traced
from hippo.predictive_coding.model import PCRNN

__all__ = ["LocalConfig", "learn_locally", "local_changes"]


@dataclass(frozen=True)
class LocalConfig:
    """Rates of inference and of learning; the defaults are the published ones, for three letters."""

    #: α_x and α_h while learning.
    alpha_x: float = 0.001
    alpha_h: float = 10.0
    #: η_o, of W_o and b_o.
    output_rate: float = 0.002
    #: η_c, of W_c.
    cause_rate: float = 2.0
    #: η_r, of W_r and b_r.
    recurrent_rate: float = 2.0
    n_iterations: int = 3000


@torch.no_grad()
def local_changes(
    model: PCRNN, targets: Tensor, causes: Tensor, config: LocalConfig
) -> tuple[dict[str, Tensor], Tensor]:
    """Run one trial and sum, over steps and trajectories, what each weight would change by.

    ΔW_o = −η_o Σ e_x tanh(h⁻)ᵀ,    Δb_o = −η_o Σ e_x,    ΔW_c = −η_c Σ e_h cᵀ,
    ΔW_r = −η_r Σ e_h(t) tanh(h⁺(t − 1))ᵀ,    Δb_r = −η_r Σ e_h

    Parameters
    ----------
    model
        Is not changed.
    targets
        (T, B, d_x).
    causes
        What the trial starts from, (B, d_c); c in ΔW_c is the one after its update at the same step.
    config
        Rates.

    Returns
    -------
    changes, errors
        Name of a parameter → its change, and e_x (T, B, d_x).

    Notes
    -----
    ΔW_o is −η_o times the gradient of Σ ½‖e_x‖² with the hidden states held; the others are
    gradients of Σ ½‖e_h‖² with h⁺ held, up to the factor 1/τ, which is in the rates. Nothing travels
    back in time: what e_h at one step says about the weights of an earlier one is lost.
    """
    rates = InferenceConfig(alpha_x=config.alpha_x, alpha_h=config.alpha_h, alpha_c=0.0, noise="none")
    _, trace = infer_traced(model, targets, causes, rates, None)
    start = model.h0.expand(1, len(causes), -1)
    before = torch.cat([start, trace.hidden_posterior[:-1]]).tanh()  # tanh(h⁺(t − 1))
    e_x, e_h = trace.output_error, trace.hidden_error

    def outer(left: Tensor, right: Tensor) -> Tensor:
        return torch.einsum("tbi,tbj->ij", left, right)

    return {
        "output_weights": -config.output_rate * outer(e_x, trace.hidden_prior.tanh()),
        "output_bias": -config.output_rate * e_x.sum(dim=(0, 1)),
        "cause_weights": -config.cause_rate * outer(e_h, trace.causes),
        "recurrent_weights": -config.recurrent_rate * outer(e_h, before),
        "recurrent_bias": -config.recurrent_rate * e_h.sum(dim=(0, 1)),
    }, e_x


@torch.no_grad()
def learn_locally(model: PCRNN, targets: Tensor, config: LocalConfig | None = None) -> list[float]:
    """Train the weights by the local rule; the model's causes are given and stay, one-hot as published.

    Parameters
    ----------
    model
        Changed in place.
    targets
        (T, p, d_x), one trajectory per cause.
    config
        Rates; the published ones if none are given.

    Returns
    -------
    list of float
        Per iteration, Σ e_x² over trajectories, mean over steps and axes, measured during inference.
    """
    config = LocalConfig() if config is None else config
    check_count("n_iterations", config.n_iterations)
    model.check_targets(targets, model.config.n_trajectories)
    losses = []
    for _ in range(config.n_iterations):
        changes, errors = local_changes(model, targets, model.causes, config)
        losses.append(float(errors.square().sum(dim=1).mean()))
        for name, change in changes.items():
            getattr(model, name).add_(change)
    return losses
