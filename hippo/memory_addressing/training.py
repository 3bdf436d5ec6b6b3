"""Training of variational memory addressing: steps that can be interrupted and go on where they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from hippo import checkpoints
from hippo.arguments import check_count
from hippo.datafiles import DataError
from hippo.memory_addressing.estimators import Estimator, bound
from hippo.memory_addressing.memories import (
    Batch,
    Layout,
    draw_memories,
    draw_shared_memories,
    queries_at,
    step_generator,
)
from hippo.memory_addressing.model import MemoryVAE, Sizes
from hippo.memory_addressing.objective import address, draw, enumerated_elbo, evidence, kl_address, loss
from hippo.omniglot import Size

__all__ = ["TrainingConfig", "new_model", "next_batch", "train"]


#: What must stay when a run goes on.
_ABOUT_THE_RUN = (
    "batch_size", "queries_per_memory", "timesteps", "max_img_per_class", "importance_num", "estimator",
    "constant_baseline", "enumerate_addresses", "doubly_reparameterised", "lr", "resize", "latent_dim", "matching_dim",
    "seed",
)  # fmt: skip


@dataclass(frozen=True)
class TrainingConfig:
    """A training run; the names are those of the published configuration file where it has one."""

    steps: int = 1100
    batch_size: int = 32
    #: 1: every query has its own memory, as published; more share one, which is another sampling design.
    queries_per_memory: int = 8
    #: T items, max_img_per_class of each character, exactly. Published: 32 and 4.
    timesteps: int = 8
    max_img_per_class: int = 4
    #: K. Published: 4.
    importance_num: int = 4
    #: What the address network learns by: "arithmetic" or "geometric" leave-one-out (VIMCO), "clamped" (the
    #: published program's, biased), "constant" or "reinforce".
    estimator: Estimator = "arithmetic"
    #: The baseline of "constant", nats of the bound of log p(x|M), so about −120 late in a run.
    constant_baseline: float = 0.0
    #: Go through all addresses instead of drawing K, for small memories.
    enumerate_addresses: bool = False
    #: The gradient for q(z) without its score: the same in expectation, less noise with large K (Tucker et al. 2019).
    doubly_reparameterised: bool = False
    #: Adam's. Published: 1e-4 with 256 queries a batch.
    lr: float = 1e-3
    #: The last so many steps, in which the learning rate falls linearly to 0. Published: none.
    decay_steps: int = 0
    #: Convolutions in bfloat16.
    amp: bool = False
    #: Height and width of the images, 26 (published) or 28.
    resize: Size = 26
    latent_dim: int = 64
    matching_dim: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "queries_per_memory", "timesteps", "importance_num"):
            check_count(name, getattr(self, name))
        check_count("decay_steps", self.decay_steps, least=0)
        if self.batch_size % self.queries_per_memory:
            raise ValueError(
                f"queries_per_memory: expected a divisor of batch_size, {self.batch_size}, "
                f"got {self.queries_per_memory}"
            )

    @property
    def layout(self) -> Layout:
        """How training memories are made up."""
        return Layout(self.timesteps, max_img_per_class=self.max_img_per_class, exact=True)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        left = self.steps - step
        return self.lr * min(1.0, left / self.decay_steps) if self.decay_steps else self.lr


def new_model(config: TrainingConfig) -> MemoryVAE:
    """Make the untrained model of a run."""
    sizes = Sizes(config.resize, config.latent_dim, config.matching_dim)
    model = MemoryVAE(sizes, generator=step_generator(config.seed, 0, "model"))
    model.autocast = torch.bfloat16 if config.amp else None
    return model


def next_batch(config: TrainingConfig, members: Tensor, step: int, generator: torch.Generator) -> Batch:
    """Draw the queries and memories of one step."""
    if config.queries_per_memory == 1:
        queries = queries_at(step, config.batch_size, members.numel(), config.seed)
        return draw_memories(members, queries, config.layout, generator)
    n_memories = config.batch_size // config.queries_per_memory
    return draw_shared_memories(members, n_memories, config.queries_per_memory, config.layout, generator)


def train(
    model: MemoryVAE,
    images: Tensor,
    members: Tensor,
    config: TrainingConfig,
    *,
    checkpoint: Path | None = None,
    checkpoint_every: int = 100,
    validate: Callable[[int], dict[str, float]] | None = None,
    validate_every: int = 100,
    progress: str | None = None,
) -> list[dict[str, float]]:
    """Train a model, or go on training it.

    Parameters
    ----------
    model
        Changed in place, on its device.
    images
        (n, P) rows of 0 and 1, on the device of the model.
    members
        Rows of the training images of each character, (C, E), on the CPU.
    config
        With the same seed a run that was interrupted ends as if it had not been.
    checkpoint
        File to go on from, if it is there, and to write every `checkpoint_every` steps and at the end.
    validate
        Called with the number of finished steps every `validate_every`; what it measures is logged.
    progress
        Name of the progress bar on stderr; no bar if none is given.

    Returns
    -------
    list of dict
        One row for each `validate_every` steps: step, means over them of bound, kl_a, kl_z and nll
        in nats (the bound's sign as in the published tables, lower is better; all with the −log K
        that K samples cost), and what `validate` found.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    rows: list[dict[str, float]] = []
    start = 0
    if checkpoint is not None and checkpoint.exists():
        note = checkpoints.load(checkpoint, model, optimizer=optimizer)
        _check_same_run(checkpoint, note["config"], config)
        start, rows = note["step"], note["rows"]
    sums: dict[str, Tensor] = {}
    bar = tqdm(range(start, config.steps), initial=start, total=config.steps, desc=progress, disable=progress is None)
    model.train()
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = config.rate(step)
        measured = _step(model, images, members, config, step, optimizer)
        sums = {name: value + sums.get(name, 0.0) for name, value in measured.items()}
        done = step + 1
        if done % validate_every == 0 or done == config.steps:
            n = (done - 1) % validate_every + 1
            row = {"step": float(done), **{name: float(value) / n for name, value in sums.items()}}
            rows.append(row | (_validated(model, validate, done) if validate else {}))
            sums = {}
            bar.set_postfix_str(f"bound {rows[-1]['bound']:.2f}", refresh=False)
        # Only with the log in order: a checkpoint between two rows would lose the sums since the first.
        if checkpoint is not None and (done == config.steps or done % _whole(checkpoint_every, validate_every) == 0):
            note = {"step": done, "rows": rows, "config": asdict(config)}
            checkpoints.save(checkpoint, model, note, optimizer=optimizer)
    model.eval()
    return rows


def _check_same_run(path: Path, found: dict[str, Any], config: TrainingConfig) -> None:
    """Refuse to go on with a run of other settings; only its length and decay may change."""
    for name, value in asdict(config).items():
        # A run from before a setting was there had its default.
        was = found.get(name, getattr(TrainingConfig, name, None))
        if name in _ABOUT_THE_RUN and was != value:
            raise DataError(
                f"{path} is the checkpoint of another run, with {name} {was} instead of {value}: "
                "give those settings, or another file."
            )


def _step(
    model: MemoryVAE,
    images: Tensor,
    members: Tensor,
    config: TrainingConfig,
    step: int,
    optimizer: torch.optim.Optimizer,
) -> dict[str, Tensor]:
    generator = step_generator(config.seed, step)
    batch = next_batch(config, members, step, generator)
    queries, items, slots = images[batch.queries], images[batch.items], batch.slots.to(images.device)
    log_q = address(model, queries, items, slots)
    if config.enumerate_addresses:
        value = enumerated_elbo(model, queries, items, slots, log_q, generator).mean()
        objective, measured = -value, {"bound": -value.detach()}
    else:
        draws = draw(log_q, config.importance_num, config.latent_dim, generator)
        found = evidence(
            model, queries, items, slots, log_q, draws, doubly_reparameterised=config.doubly_reparameterised
        )
        objective = loss(found, config.estimator, config.constant_baseline)
        measured = {
            "bound": -bound(found.log_w.detach()).mean(),
            "kl_z": found.kl_latent.detach().mean(),
            "nll": -bound(found.log_likelihood.detach()).mean(),
        }
    optimizer.zero_grad(set_to_none=True)
    objective.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return measured | {"kl_a": kl_address(log_q.detach()).mean()}


def _validated(model: MemoryVAE, validate: Callable[[int], dict[str, float]], step: int) -> dict[str, float]:
    model.eval()
    autocast, model.autocast = model.autocast, None
    try:
        return validate(step)
    finally:
        model.autocast = autocast
        model.train()


def _whole(every: int, unit: int) -> int:
    """Round up to a multiple of the unit."""
    return -(-every // unit) * unit
