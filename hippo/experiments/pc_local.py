"""The local learning rule beside backpropagation through time, on three letters."""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.experiments.outcome import Metric
from hippo.experiments.pc_models import rerun, seeded
from hippo.predictive_coding import PCRNN, LocalConfig, PCRNNConfig, fit, learn_locally

__all__ = ["local_contrast"]

#: The published program for the local rule, re-run with two seeds: loss (Σ over letters) at the last of
#: 3,000 iterations, and the mean squared error of an open loop.
RERUN_LOCAL = {"loss": (0.0265 + 0.044) / 2, "open loop": (0.0093 + 0.0166) / 2}


def local_contrast(
    x: Tensor, n_models: int, n_iterations: int, seed: int
) -> tuple[list[Metric], dict[str, list[float]]]:
    """Train on the first three letters by both rules; one-hot causes, 30 hidden units, τ = 30.

    Parameters
    ----------
    x
        (T, p, 2).
    n_models, n_iterations
        The published program takes 3,000 iterations.
    seed
        Of the initial weights.

    Returns
    -------
    metrics, losses
        And name → losses of the first model, for a figure.
    """
    letters, losses = x[:, :3].contiguous(), dict[str, list[float]]()
    last, local, through_time = [], [], []
    n = letters.shape[1]
    sizes = PCRNNConfig(n_trajectories=n, n_hidden=30, n_causes=n, time_constant=30.0)
    for i in range(n_models):
        pair = [PCRNN(sizes, seeded(seed, 950 + i)).to(x.device) for _ in range(2)]
        for model in pair:
            model.causes.data = torch.eye(n, device=x.device)
        found = learn_locally(pair[0], letters, LocalConfig(n_iterations=n_iterations))
        last.append(found[-1])
        with torch.no_grad():
            local.append(float((pair[0].predict(pair[0].causes, len(x)) - letters).square().mean()))
        how = fit(pair[1], letters, n_iterations=min(n_iterations, 1000))
        through_time.append(how.best_loss)
        # The loss of the local rule is a sum over the letters.
        losses |= {"local rule": [loss / n for loss in found], "through time": how.losses} if not losses else {}
    full = n_iterations == 3000
    metrics = [
        rerun(
            f"local rule, 3 letters: loss at iteration {n_iterations}",
            RERUN_LOCAL["loss"] if full else None,
            last,
            "squared error, summed over letters",
        ),
        rerun("local rule, 3 letters: open loop", RERUN_LOCAL["open loop"] if full else None, local, "MSE"),
        rerun("through time, 3 letters: open loop", None, through_time, "MSE", "at most 1,000 iterations"),
    ]
    return metrics, losses
