"""Training by backpropagation through time, which keeps the best iterate and not the last."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from tqdm import tqdm

from hippo.arguments import check_count, check_positive
from hippo.predictive_coding.model import PCRNN

__all__ = ["Fit", "fit", "letter_errors"]


@dataclass
class Fit:
    """How a training run went; the model has the weights of its best iterate."""

    #: Mean squared error before each step of the optimiser.
    losses: list[float] = field(default_factory=list)
    #: Where the least of them was.
    best_iteration: int = 0

    @property
    def best_loss(self) -> float:
        """The loss of the weights that the model has now."""
        return self.losses[self.best_iteration]


def fit(
    model: PCRNN,
    targets: Tensor,
    *,
    n_iterations: int = 1000,
    learning_rate: float = 0.03,
    weight_decay: float = 1e-4,
    max_norm: float | None = None,
    keep_best: bool = True,
    progress: str | None = None,
) -> Fit:
    """Train weights and causes to generate trajectories, without inference.

    Adam on the mean of (x̂ − x)² over steps, trajectories and axes, all trajectories in every step.

    Parameters
    ----------
    model
        Changed in place, on the device of the targets.
    targets
        x, (T, p, d_x); trajectory k belongs to the k-th cause.
    n_iterations, learning_rate, weight_decay
        The defaults are the published ones. The decay is coupled (L2) and acts on everything,
        biases and causes too.
    max_norm
        Clips the gradient's norm, if given.
    keep_best
        False leaves the model at its last iterate, as published; the loss has spikes there of up
        to seven times its least value.
    progress
        Name of a progress bar on stderr; no bar if none is given.

    Returns
    -------
    Fit
        Losses and the best iteration.
    """
    check_count("n_iterations", n_iterations)
    check_positive("learning_rate", learning_rate)
    model.check_targets(targets, model.config.n_trajectories)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=learning_rate, weight_decay=weight_decay, fused=True)
    best = [parameter.detach().clone() for parameter in trained]
    found = Fit()
    for i in tqdm(range(n_iterations), desc=progress, disable=progress is None, leave=False):
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.mse_loss(model.predict(model.causes, len(targets)), targets)
        found.losses.append(float(loss.detach()))
        if found.losses[i] < found.losses[found.best_iteration] or i == 0:
            found.best_iteration = i
            torch._foreach_copy_(best, [parameter.detach() for parameter in trained])
        loss.backward()  # type: ignore[no-untyped-call]
        if max_norm is not None:
            nn.utils.clip_grad_norm_(trained, max_norm)
        optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    if keep_best:
        torch._foreach_copy_([parameter.data for parameter in trained], best)
    return found


def letter_errors(model: PCRNN, targets: Tensor) -> Tensor:
    """Measure how well each trajectory is learnt: mean over time of ‖x̂ − x‖ from its own cause, (p,)."""
    with torch.no_grad():
        predicted = model.predict(model.causes, len(targets))
        sizes: Tensor = torch.linalg.vector_norm(predicted - targets, dim=-1)
        return sizes.mean(dim=0)
