"""Training of variational autoencoders, with the weight of the divergence stated per image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from tqdm import tqdm

from hippo.arguments import check_count
from hippo.draws import normal, permutation

__all__ = ["Autoencoding", "Recipe", "divergence", "encode_all", "fit", "loss_per_image"]


class Autoencoding(Protocol):
    """What a representation offers: images to Gaussians over codes, and codes to images."""

    n_code: int

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return means and log variances of codes, (n, D) each."""
        ...

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images of codes."""
        ...


@dataclass(frozen=True)
class Recipe:
    """How a variational autoencoder is trained; the defaults are the published recipe for CIFAR-10.

    The published loss is the summed squared error of a batch of 20 plus 0.1 times the mean
    divergence, which is 0.1/20 = 0.005 per image; stated per image it does not depend on the batch.
    """

    n_steps: int = 50_000
    batch_size: int = 20
    learning_rate: float = 1e-4
    beta_per_image: float = 0.005
    shuffled: bool = False
    #: Whether the rate rises to `learning_rate` and falls again over the run.
    one_cycle: bool = False


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(μ, σ²) ‖ N(0, 1)) of each image in nats, ½ Σ (μ² + σ² − 1 − log σ²).

    >>> divergence(torch.zeros(1, 3), torch.zeros(1, 3))
    tensor([0.])
    """
    return (mean.square() + log_variance.exp() - 1 - log_variance).sum(-1) / 2


def loss_per_image(
    model: Autoencoding, images: Tensor, beta_per_image: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return Σ (x − x̂)² + β KL and its first term, means over images, for one draw of codes.

    Parameters
    ----------
    model
        Encodes and decodes.
    images
        (n, channels, height, width), from 0 to 1.
    beta_per_image
        β, at least 0.
    generator
        Draws the codes.
    """
    mean, log_variance = model.encode(images)
    codes = mean + (log_variance / 2).exp() * normal(mean.shape, generator, mean.device)
    error = (model.decode(codes) - images).square().flatten(1).sum(1).mean()
    return error + beta_per_image * divergence(mean, log_variance).mean(), error


def fit(
    model: nn.Module,
    images: Tensor,
    recipe: Recipe,
    generator: torch.Generator,
    *,
    objective: Callable[[Tensor, torch.Generator], tuple[Tensor, Tensor]] | None = None,
    progress: str | None = None,
    after_pass: Callable[[int, float], None] | None = None,
) -> list[float]:
    """Train a variational autoencoder in place and leave it in evaluation mode.

    Parameters
    ----------
    model
        Encodes and decodes, on the device of the images.
    images
        (n, channels, height, width), float from 0 to 1 or uint8.
    recipe
        Steps, batches, rates.
    generator
        Draws codes and orders.
    objective
        Batch and generator → the loss, and the error that is reported; `loss_per_image` if none is
        given. For MONet: `lambda x, g: (model.loss(x, g),) * 2`.
    progress
        Name of the progress bar on stderr; none without.
    after_pass
        Called with the number of the step and the pass's mean error, for checkpoints.

    Returns
    -------
    list of float
        Mean summed squared error per image of each pass through the images.
    """
    check_count("n_steps", recipe.n_steps)
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate)
    schedule = (
        torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=recipe.learning_rate, total_steps=recipe.n_steps)
        if recipe.one_cycle
        else None
    )
    n, errors, total, seen = len(images), [], 0.0, 0
    n_batches = -(-n // recipe.batch_size)  # of one pass; the last may be smaller
    order = torch.arange(n)
    model.train()
    for step in tqdm(range(recipe.n_steps), desc=progress, disable=progress is None, leave=False):
        start = step % n_batches * recipe.batch_size
        if start == 0 and recipe.shuffled:
            order = permutation(n, generator, images.device)
        batch = _floats(images[order[start : start + recipe.batch_size]])
        optimizer.zero_grad(set_to_none=True)
        if objective is None:
            loss, error = loss_per_image(model, batch, recipe.beta_per_image, generator)  # type: ignore[arg-type]
        else:
            loss, error = objective(batch, generator)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if schedule is not None:
            schedule.step()
        total, seen = total + float(error.detach()) * len(batch), seen + len(batch)
        if start + recipe.batch_size >= n or step == recipe.n_steps - 1:
            errors.append(total / seen)
            total, seen = 0.0, 0
            if after_pass is not None:
                after_pass(step + 1, errors[-1])
    model.eval()
    return errors


@torch.no_grad()
def encode_all(model: Autoencoding, images: Tensor, batch_size: int = 500) -> Tensor:
    """Return the mean codes of many images, (n, D), batch by batch."""
    return torch.cat([model.encode(_floats(batch))[0] for batch in torch.split(images, batch_size)])


def _floats(images: Tensor) -> Tensor:
    return images.float() / 255 if images.dtype == torch.uint8 else images
