"""Poor cues: targets with noise, targets of which only the beginning is known."""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_count
from hippo.draws import normal
from hippo.predictive_coding.inference import InferenceConfig, infer_traced
from hippo.predictive_coding.model import PCRNN
from hippo.predictive_coding.prior import MixturePrior

__all__ = ["expected_error_norm", "first_steps", "noisy"]


def noisy(targets: Tensor, noise_std: float, generator: torch.Generator) -> Tensor:
    """Add N(0, noise_std²) to every number of targets (T, n, d_x)."""
    if not noise_std >= 0:
        raise ValueError(f"noise_std: expected a number of at least 0, got {noise_std!r}")
    return targets + noise_std * normal(targets.shape, generator, targets.device)


def first_steps(n_steps: int, n_known: int) -> Tensor:
    """Say that only the first steps are known, for `observed`: bool (T,).

    >>> first_steps(4, 2)
    tensor([ True,  True, False, False])
    """
    check_count("n_known", n_known)
    if n_known > n_steps:
        raise ValueError(f"n_known: expected at most the {n_steps} steps there are, got {n_known}")
    return torch.arange(n_steps) < n_known


def expected_error_norm(
    model: PCRNN, n_steps: int, noise_std: float, alpha_x: float, generator: torch.Generator
) -> float:
    """Estimate ‖e_h‖ at right causes when cues carry noise: what `InferenceConfig.noise_floor` should leave out.

    Every learnt cause meets its own free run with noise added, in 8 draws; the mean over steps, causes
    and draws. No target is looked at.
    """
    with torch.no_grad():
        causes = model.causes.repeat(8, 1)
        cues = noisy(model.predict(causes, n_steps), noise_std, generator)
        config = InferenceConfig(alpha_x=alpha_x, alpha_h=0.0, alpha_c=0.0, noise="none")
        _, trace = infer_traced(model, cues, causes, config, MixturePrior(model.causes, 1.0))
        return float(torch.linalg.vector_norm(trace.hidden_error, dim=-1).mean())
