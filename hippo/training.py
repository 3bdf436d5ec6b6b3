"""The training loop, the same for every model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from tqdm import tqdm

from hippo.arguments import check_count, shape_text
from hippo.draws import permutation

__all__ = ["History", "train"]


@dataclass
class History:
    """What a training run leaves behind beside the trained model."""

    #: Mean training loss of each finished epoch, weighted by batch size.
    losses: list[float] = field(default_factory=list)
    #: What `evaluate` returned after each finished epoch.
    evaluations: list[float] = field(default_factory=list)
    #: Whether the run was stopped from the keyboard before its last epoch.
    interrupted: bool = False


def train(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor | None = None,
    *,
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    n_epochs: int,
    batch_size: int,
    generator: torch.Generator,
    evaluate: Callable[[], float] | None = None,
    progress: str | None = None,
) -> History:
    """Train a model on shuffled batches.

    φ ← step(φ, ∇_φ loss(model_φ(x), y)) for each batch (x, y), n_epochs times through the data.

    Parameters
    ----------
    model
        Changed in place.
    inputs
        (n, ...), on the device of the model.
    targets
        (n, ...); the inputs themselves if none are given, as an autoencoder needs.
    loss
        From predictions and targets to a scalar, the mean over the batch.
    optimizer
        Holds the parameters of the model.
    n_epochs, batch_size
        At least 1; the last batch of an epoch may be smaller.
    generator
        Shuffles the data before every epoch.
    evaluate
        Called after every epoch, in evaluation mode and without gradients; for the test loss.
    progress
        Name of the progress bar on stderr; no bar if none is given.

    Returns
    -------
    History
        After Ctrl-C: the epochs until then, with `interrupted` set; the model keeps what it learned.

    Example
    -------
    >>> net = nn.Linear(1, 1)
    >>> history = train(net, torch.ones(4, 1), loss=nn.functional.mse_loss, n_epochs=3, batch_size=2,
    ...                 optimizer=torch.optim.SGD(net.parameters(), lr=0.1), generator=torch.Generator())
    >>> history.losses[2] < history.losses[0]
    True
    """
    targets = inputs if targets is None else targets
    check_count("n_epochs", n_epochs)
    check_count("batch_size", batch_size)
    if inputs.ndim == 0 or len(inputs) == 0 or len(inputs) != len(targets):
        raise ValueError(
            f"targets: expected as many rows as inputs, {shape_text(inputs)}, not none, got {shape_text(targets)}"
        )
    history = History()
    bar = tqdm(range(n_epochs), desc=progress, unit="epoch", disable=progress is None, leave=False)
    try:
        for _ in bar:
            history.losses.append(_epoch(model, inputs, targets, loss, optimizer, batch_size, generator))
            if evaluate is not None:
                model.eval()
                with torch.no_grad():
                    history.evaluations.append(evaluate())
            bar.set_postfix_str(f"loss {history.losses[-1]:.4g}", refresh=False)
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        bar.close()
        model.eval()
    return history


def _epoch(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    batch_size: int,
    generator: torch.Generator,
) -> float:
    model.train()
    total = torch.zeros((), device=inputs.device)  # read once per epoch: reading it waits for the device
    order = permutation(len(inputs), generator, inputs.device)
    for start in range(0, len(inputs), batch_size):
        rows = order[start : start + batch_size]
        optimizer.zero_grad(set_to_none=True)
        value = loss(model(inputs[rows]), targets[rows])
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += value.detach() * len(rows)
    return float(total) / len(inputs)
