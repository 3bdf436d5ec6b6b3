"""Training on associative retrieval by iterations: saved on the way, and continued where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from hippo import checkpoints
from hippo.arguments import check_count, check_positive
from hippo.datafiles import DataError
from hippo.fast_weights.associative_retrieval import Examples, draw_examples
from hippo.fast_weights.lstm import LSTM, ReferenceLSTM
from hippo.fast_weights.network import FastWeights, FastWeightsConfig

__all__ = ["Curve", "Training", "accuracy", "load_trained", "new_network", "train", "unseen_examples"]

Network = FastWeightsConfig | str


@dataclass(frozen=True)
class Training:
    """How a network is trained; the defaults are the reference's with the length of its figure."""

    #: K.
    length: int = 8
    batch_size: int = 64
    learning_rate: float = 1e-3
    #: The reference's code goes to 150,000, its figure to 50,000.
    n_iterations: int = 50_000
    #: Iterations in which the learning rate rises linearly to its value. The reference's is 0.
    warm_up: int = 0
    #: From this iteration on the learning rate is a tenth. The reference's is 100,000.
    drop_at: int = 100_000
    n_train: int = 100_000
    n_validation: int = 10_000
    #: Iterations between two validations, each with a checkpoint.
    every: int = 1000
    #: Validation accuracy at which to stop, seen twice in a row; above 1 never stops.
    enough: float = 2.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("batch_size", "n_iterations", "n_train", "n_validation", "every"):
            check_count(name, getattr(self, name))
        check_positive("learning_rate", self.learning_rate)

    def rate(self, iteration: int) -> float:
        """Return the learning rate of an iteration, counted from 0."""
        risen = min(1.0, (iteration + 1) / self.warm_up) if self.warm_up else 1.0
        return self.learning_rate * risen * (0.1 if iteration >= self.drop_at else 1)


@dataclass
class Curve:
    """Validation on the way."""

    iterations: list[int] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    #: Cross-entropy in nats.
    losses: list[float] = field(default_factory=list)

    def first(self, level: float) -> int | None:
        """Return the first iteration with a validation accuracy of at least `level`, None if there is none.

        >>> Curve([100, 200], [0.5, 0.99], [1.0, 0.1]).first(0.9)
        200
        """
        return next((i for i, a in zip(self.iterations, self.accuracies, strict=True) if a >= level), None)


def new_network(network: Network, seed: int) -> nn.Module:
    """Make an untrained network: fast weights by their settings, "reference LSTM" or "LSTM" with 30 units."""
    generator = torch.Generator().manual_seed(seed)
    if isinstance(network, FastWeightsConfig):
        return FastWeights(network, generator=generator)
    kinds: dict[str, Callable[..., nn.Module]] = {"reference LSTM": ReferenceLSTM, "LSTM": LSTM}
    if network not in kinds:
        raise ValueError(f"network: expected a FastWeightsConfig or one of {', '.join(kinds)}, got {network!r}")
    return kinds[network](generator=generator)


def train(
    network: Network,
    training: Training,
    *,
    device: torch.device | str = "cpu",
    path: Path | None = None,
    progress: str | None = None,
) -> tuple[nn.Module, Curve]:
    """Train a network with Adam on batches drawn with replacement from a fixed training set.

    Parameters
    ----------
    network
        As `new_network` takes it.
    training
        Networks of one seed and length see the same data.
    device
        Where to train.
    path
        Checkpoint: a run that was stopped goes on from it as if it had not stopped, one that was
        finished is read. Without it nothing is written.
    progress
        Name of the progress bar on stderr; no bar if none is given.

    Returns
    -------
    network, curve

    Raises
    ------
    DataError
        If the checkpoint is broken, or of a run with other settings.
    """
    data = torch.Generator().manual_seed(training.seed)
    training_set = draw_examples(training.n_train, training.length, generator=data, device=device)
    validation_set = draw_examples(training.n_validation, training.length, generator=data, device=device)
    model = new_network(network, training.seed).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=training.learning_rate)
    curve, done = Curve(), 0
    made_with = {"network": network if isinstance(network, str) else asdict(network), "training": asdict(training)}
    if path is not None and path.exists():
        note = checkpoints.load(path, model, optimizer=optimizer, generator=data)
        _check_settings(path, note.get("made_with"), made_with)
        done, curve = note["iterations"], Curve(**note["curve"])
    bar = tqdm(total=training.n_iterations, initial=done, desc=progress, unit="it", disable=not progress, leave=False)
    with bar:
        while done < training.n_iterations and not _enough(curve, training.enough):
            n = min(training.every, training.n_iterations - done)
            _iterate(model, optimizer, training_set, training, range(done, done + n), data, bar)
            done += n
            _validate(model, validation_set, curve, done)
            bar.set_postfix_str(f"validation {curve.accuracies[-1]:.3f}", refresh=False)
            if path is not None:
                note = {"made_with": made_with, "iterations": done, "curve": asdict(curve)}
                checkpoints.save(path, model, note, optimizer=optimizer, generator=data)
    return model, curve


def load_trained(path: Path, device: torch.device | str = "cpu") -> tuple[nn.Module, Training, Curve]:
    """Read a network that `train` wrote, whatever its settings are.

    Raises
    ------
    DataError
        If the file is missing or broken.
    """
    note = checkpoints.note(path)
    try:
        settings, training = note["made_with"]["network"], Training(**note["made_with"]["training"])
        network = settings if isinstance(settings, str) else FastWeightsConfig(**settings)
        curve, model = Curve(**note["curve"]), new_network(network, seed=0)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is not a network for associative retrieval: give one that hippo trained.") from error
    checkpoints.load(path, model)
    return model.to(device), training, curve


def unseen_examples(length: int, n: int = 20_000, *, seed: int = 0, device: torch.device | str = "cpu") -> Examples:
    """Draw a test set; its seeds are apart from those of training."""
    # Torch's generator on the CPU takes 32 bits of a seed and no more.
    return draw_examples(n, length, generator=torch.Generator().manual_seed(2**31 + seed), device=device)


@torch.no_grad()
def accuracy(model: nn.Module, inputs: Tensor, targets: Tensor, *, batch_size: int = 2000) -> float:
    """Return the share of sequences (n, T, 37) that are answered rightly."""
    right = torch.zeros((), dtype=torch.long, device=inputs.device)
    for rows, wanted in zip(torch.split(inputs, batch_size), torch.split(targets, batch_size), strict=True):
        right += (model(rows).argmax(dim=-1) == wanted).sum()
    return int(right) / len(inputs)


def _iterate(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    examples: Examples,
    training: Training,
    iterations: range,
    generator: torch.Generator,
    bar: tqdm,
) -> None:
    for iteration in iterations:
        for group in optimizer.param_groups:
            group["lr"] = training.rate(iteration)
        rows = torch.randint(len(examples), (training.batch_size,), generator=generator).to(examples.tokens.device)
        batch = Examples(examples.tokens[rows], examples.targets[rows])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(cross_entropy(model(batch.inputs()), batch.targets))
        optimizer.step()
        bar.update()


@torch.no_grad()
def _validate(model: nn.Module, examples: Examples, curve: Curve, iteration: int) -> None:
    inputs = examples.inputs()
    logits = torch.cat([model(rows) for rows in torch.split(inputs, 2000)])
    curve.iterations.append(iteration)
    curve.accuracies.append(float((logits.argmax(dim=-1) == examples.targets).float().mean()))
    curve.losses.append(float(cross_entropy(logits, examples.targets)))


def _enough(curve: Curve, level: float) -> bool:
    return len(curve.accuracies) >= 2 and min(curve.accuracies[-2:]) >= level


def _check_settings(path: Path, found: Any, expected: dict[str, Any]) -> None:
    """Refuse to go on with other settings; a longer run may go on from a shorter one."""

    def relevant(made_with: dict[str, Any]) -> dict[str, Any]:
        return made_with | {"training": made_with["training"] | {"n_iterations": 0, "enough": 0}}

    if found is None or relevant(found) != relevant(expected):
        raise DataError(
            f"{path} is the checkpoint of a run with other settings: delete it, or choose another folder, to train "
            "anew."
        )
