"""Autoencoders of five sizes: losses, reconstructions and the loss against corrupted pixels."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from hippo.autoencoder import Autoencoder
from hippo.corruption import salt_and_pepper
from hippo.datasets import Images, flatten
from hippo.experiments.outcome import Metric, Outcome
from hippo.metrics import mse
from hippo.plotting import error_curves, figure_of, loss_curves, reconstruction_grid
from hippo.training import History, train

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Protocol of the course: MSE, Adam, all ten digits, in grey."""

    n_hidden: tuple[int, ...] = (10, 50, 100, 200, 400)
    n_epochs: int = 70
    batch_size: int = 1000
    learning_rate: float = 1e-2
    #: Shares of pixels that are set to 0 or 1.
    corrupted: tuple[float, ...] = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75)
    #: None: all of them.
    n_train: int | None = None
    seed: int = 0


QUICK = Config(n_epochs=10, n_train=5000, batch_size=100)
FULL = Config()

#: One published student run, depends on its seed: hidden units → final (train, test) MSE.
PUBLISHED = {
    10: (0.067, 0.068),
    50: (0.0065, 0.0063),
    100: (0.0037, 0.0036),
    200: (0.0012, 0.0013),
    400: (0.0020, 0.0020),
}


def run(config: Config, images: Images, device: str = "cpu") -> Outcome:
    """Train each size from its own seed, then measure."""
    x_train = flatten(images.x_train[: config.n_train]).to(device)
    x_test = flatten(images.x_test).to(device)
    histories: dict[int, History] = {}
    networks: dict[int, Autoencoder] = {}
    metrics: list[Metric] = []
    for n_hidden in config.n_hidden:
        network, history = _trained(config, n_hidden, x_train, x_test)
        networks[n_hidden], histories[n_hidden] = network, history
        final = (_loss(network, x_train), history.evaluations[-1])
        for part, measured, published in zip(
            ("train", "test"), final, PUBLISHED.get(n_hidden, (None, None)), strict=True
        ):
            note = f"one run each; here {config.n_epochs} epochs" + ("; published: collapsed" if n_hidden == 10 else "")
            metrics.append(Metric(f"{n_hidden} hidden units, {part}", published, measured, "MSE", note))
    corrupted = _corrupted_losses(config, networks, x_test)
    rows: list[dict[str, object]] = [
        {"measure": measure, "n_hidden": n_hidden, "epoch": epoch, "corrupted": 0.0, "mse": loss}
        for n_hidden, history in histories.items()
        for measure, losses in (("train loss", history.losses), ("test loss", history.evaluations))
        for epoch, loss in enumerate(losses, start=1)
    ]
    rows += [
        {"measure": "corrupted test", "n_hidden": n_hidden, "epoch": config.n_epochs, "corrupted": p, "mse": float(v)}
        for n_hidden, losses in corrupted.items()
        for p, v in zip(config.corrupted, losses, strict=True)
    ]
    best = min(histories, key=lambda n_hidden: histories[n_hidden].evaluations[-1])
    return Outcome(metrics, rows, _figures(config, histories, corrupted, networks[best], x_train, x_test))


def _trained(config: Config, n_hidden: int, x_train: Tensor, x_test: Tensor) -> tuple[Autoencoder, History]:
    generator = torch.Generator().manual_seed(config.seed)
    network = Autoencoder(x_train.shape[1], n_hidden, generator=generator).to(x_train.device)
    history = train(
        network,
        x_train,
        loss=nn.functional.mse_loss,
        optimizer=torch.optim.Adam(network.parameters(), lr=config.learning_rate),
        n_epochs=config.n_epochs,
        batch_size=config.batch_size,
        generator=generator,
        evaluate=lambda: _loss(network, x_test),
        progress=f"{n_hidden} hidden units" if sys.stderr.isatty() else None,
    )
    if history.interrupted:
        raise KeyboardInterrupt
    return network, history


def _corrupted_losses(config: Config, networks: dict[int, Autoencoder], clean: Tensor) -> dict[int, Tensor]:
    """Measure the MSE to the clean images from the same corrupted ones, (n_corrupted,) per size."""
    generator = torch.Generator().manual_seed(config.seed)
    cues = (salt_and_pepper(clean, share, generator) for share in config.corrupted)
    losses = torch.tensor([[_loss(network, clean, cue) for network in networks.values()] for cue in cues])
    return dict(zip(networks, losses.T, strict=True))


def _loss(network: Autoencoder, clean: Tensor, cues: Tensor | None = None) -> float:
    with torch.no_grad():
        return float(mse(network(clean if cues is None else cues), clean))


def _figures(
    config: Config,
    histories: dict[int, History],
    corrupted: dict[int, Tensor],
    best: Autoencoder,
    x_train: Tensor,
    x_test: Tensor,
) -> dict[str, Figure]:
    losses = loss_curves(
        {f"{n} hidden units": h.evaluations for n, h in histories.items()}, ylabel="test MSE", title="Autoencoders"
    )
    corruption = error_curves(
        config.corrupted,
        {f"{n} hidden units": values[None] for n, values in corrupted.items()},
        xlabel="share of pixels set to 0 or 1",
        ylabel="test MSE to the clean image",
        title="Autoencoders",
    )
    figures = {"losses": figure_of(losses), "corruption": figure_of(corruption)}
    for name, images in (("train", x_train[:10]), ("test", x_test[:10])):
        with torch.no_grad():
            figures[f"reconstructions-{name}"] = reconstruction_grid(
                images, best(images), title=f"Ten {name} images, the best autoencoder"
            )
    return figures
