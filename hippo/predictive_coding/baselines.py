"""What retrieval is held against: scoring every prototype, and plain gradient descent on the cause."""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.arguments import check_count, check_positive
from hippo.predictive_coding.model import PCRNN
from hippo.predictive_coding.trial import free_run_error

__all__ = ["descend", "score_prototypes"]


@torch.no_grad()
def score_prototypes(model: PCRNN, targets: Tensor, *, observed: Tensor | None = None) -> Tensor:
    """Run every learnt cause freely and measure how well it generates every target.

    With known prototypes this is cheaper than any search: p free runs, and the least of them is the
    best prototype by definition.

    Parameters
    ----------
    model
        Its p causes are scored.
    targets
        (T, n, d_x).
    observed
        Steps that count, bool (T,).

    Returns
    -------
    Tensor
        Mean over time of ‖x̂ − x‖, (p, n); its argmin over the first axis names the prototypes.
    """
    n = targets.shape[1]
    return free_run_error(model, targets, model.causes[:, None].expand(-1, n, -1), observed=observed)


def descend(
    model: PCRNN, targets: Tensor, start: Tensor, *, learning_rate: float = 0.05, n_iterations: int = 100
) -> Tensor:
    """Follow the gradient of the free-run error down to a cause: error regression.

    Adam on c alone, by backpropagation through time of the mean squared error of each chain.

    Parameters
    ----------
    model
        Is not changed.
    targets
        (T, B, d_x).
    start
        (B, d_c).
    learning_rate, n_iterations
        Of Adam.

    Returns
    -------
    Tensor
        (B, d_c), the last iterate.
    """
    check_positive("learning_rate", learning_rate)
    check_count("n_iterations", n_iterations)
    model.check_targets(targets, len(start))
    causes = start.detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([causes], lr=learning_rate)
    for _ in range(n_iterations):
        # A sum over chains: their gradients stay apart, each as large as if it were alone.
        loss = (model.predict(causes, len(targets)) - targets).square().mean(dim=(0, 2)).sum()
        (causes.grad,) = torch.autograd.grad(loss, [causes])
        optimizer.step()
    return causes.detach()
