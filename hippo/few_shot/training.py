"""Training on episodes: checkpointed, resumable, the same episodes for every arm."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from hippo import checkpoints
from hippo.datafiles import DataError
from hippo.few_shot.episodes import draw_episodes
from hippo.few_shot.learner import Learner, Settings

__all__ = ["Training", "train"]


@dataclass(frozen=True)
class Training:
    """How a learner is trained."""

    n_episodes: int = 100_000
    #: Episodes of one step of Adam. The reference takes one, with a third of the learning rate.
    batch: int = 4
    learning_rate: float = 3e-4
    n_ways: int = 5
    n_shots: int = 1
    n_queries: int = 2
    seed: int = 0
    #: Episodes between two checkpoints, and of each mean in `losses`.
    save_every: int = 1000

    @property
    def stretches(self) -> list[int]:
        """Episodes seen at the end of each mean in the losses."""
        return [*range(self.save_every, self.n_episodes, self.save_every), self.n_episodes]


@dataclass
class Progress:
    """What is noted in a checkpoint on the way."""

    episodes: int = 0
    #: Mean loss of every `save_every` episodes.
    losses: list[float] = field(default_factory=list)


def train(
    settings: Settings,
    training: Training,
    drawings: Tensor,
    *,
    path: Path | None = None,
    progress: str | None = None,
) -> tuple[Learner, list[float]]:
    """Train a learner on episodes of the given classes.

    Parameters
    ----------
    settings, training
        What is trained, and how. Learners of one seed see the same episodes.
    drawings
        (C, D, height, width) of the training classes, on the device to train on.
    path
        Checkpoint: a run that was stopped goes on from it, bit for bit as if it had not stopped; one
        that was finished is read. Without it nothing is written.
    progress
        Name of the progress bar on stderr; no bar if none is given.

    Returns
    -------
    learner, losses
        In evaluation mode; the mean loss of every `save_every` episodes.

    Raises
    ------
    DataError
        If the checkpoint is broken, or of a run with other settings.
    """
    generator = torch.Generator().manual_seed(training.seed)
    learner = Learner(settings, generator=generator).to(drawings.device)
    optimizer = torch.optim.Adam(learner.parameters(), lr=training.learning_rate)
    made_with = asdict(settings) | asdict(training)
    done = Progress()
    if path is not None and path.exists():
        done = _resume(path, learner, optimizer, generator, made_with)
    bar = tqdm(total=training.n_episodes, initial=done.episodes, desc=progress, unit="episode", disable=not progress)
    learner.train()
    with bar:
        while done.episodes < training.n_episodes:
            n = min(training.save_every, training.n_episodes - done.episodes)
            done.losses.append(_stretch(learner, optimizer, training, drawings, n, generator, bar))
            done.episodes += n
            if path is not None:
                note = {"made_with": made_with} | asdict(done)
                checkpoints.save(path, learner, note, optimizer=optimizer, generator=generator)
    return learner.eval(), done.losses


def _stretch(
    learner: Learner,
    optimizer: torch.optim.Optimizer,
    training: Training,
    drawings: Tensor,
    n_episodes: int,
    generator: torch.Generator,
    bar: tqdm,
) -> float:
    """Train on some episodes and return their mean loss."""
    total = torch.zeros((), device=drawings.device)  # read once: reading it waits for the device
    for start in range(0, n_episodes, training.batch):
        n = min(training.batch, n_episodes - start)
        episodes = draw_episodes(
            drawings,
            n,
            n_ways=training.n_ways,
            n_shots=training.n_shots,
            n_queries=training.n_queries,
            generator=generator,
        )
        optimizer.zero_grad(set_to_none=True)
        loss = learner.loss(episodes)
        torch.autograd.backward(loss)
        optimizer.step()
        total += loss.detach() * n
        bar.update(n)
    mean = float(total) / n_episodes
    bar.set_postfix_str(f"loss {mean:.4f}", refresh=False)
    return mean


def _resume(
    path: Path,
    learner: Learner,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    made_with: dict[str, object],
) -> Progress:
    note = checkpoints.load(path, learner, optimizer=optimizer, generator=generator)
    then = note.get("made_with", {})
    # A longer run may go on from a shorter one.
    differ = [name for name in made_with if name != "n_episodes" and then.get(name) != made_with[name]]
    if differ or note["episodes"] > made_with["n_episodes"]:
        named = ", ".join(f"{name} {then.get(name)!r}" for name in differ) or f"{note['episodes']} episodes"
        raise DataError(f"{path} is of a run with {named}: delete it, or give the settings it was made with.")
    return Progress(note["episodes"], note["losses"])
