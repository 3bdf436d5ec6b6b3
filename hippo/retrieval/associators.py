"""Training of memories with learnt parts: each batch of codes is a memory, and all of them are cues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from tqdm import tqdm

from hippo.arguments import check_count

__all__ = ["LEARNING_RATES", "Schedule", "train_associator"]

#: (data, what is stored) → published rates of memory network, Turing read and learnt precision.
LEARNING_RATES = {
    ("CLEVR", "codes"): {"MemN2N": 1e-2, "NTM": 1e-3, "GMM*": 1e-2},
    ("CLEVR", "pixels"): {"MemN2N": 1e-7, "NTM": 1e-6, "GMM*": 1e-2},
    ("CIFAR-10", "codes"): {"MemN2N": 1e-4, "NTM": 1e-3, "GMM*": 1e-2},
    ("CIFAR-10", "pixels"): {"MemN2N": 2e-5, "NTM": 1e-6, "GMM*": 1e-2},
}


@dataclass(frozen=True)
class Schedule:
    """How long, with which step; the published 20 epochs of 500 memories are 10,000 steps."""

    n_steps: int
    learning_rate: float
    n_stored: int = 100


def train_associator(
    model: nn.Module,
    codes: Tensor,
    cues: Callable[[int], Tensor],
    schedule: Schedule,
    progress: str | None = None,
) -> list[float]:
    """Train a memory to read the code that a cue came from, and leave it in evaluation mode.

    Minimises the mean of (model(M, z) − M)² over blocks of codes in turn, by Adam.

    Parameters
    ----------
    model
        Takes patterns (N, D) and cues (N, D); changed in place.
    codes
        (n, D), clean; consecutive rows become memories.
    cues
        Pass through the codes → cue codes (n, D), row for row; one function may give other noise in
        every pass, or the same, encoded once.
    schedule
        Steps, rate, N.

    Returns
    -------
    list of float
        The loss of every step.
    """
    check_count("n_steps", schedule.n_steps)
    n = schedule.n_stored
    n_blocks = len(codes) // n
    if n_blocks == 0:
        raise ValueError(f"codes: expected at least {n} rows for one memory, got {len(codes)}")
    optimizer = torch.optim.Adam(model.parameters(), lr=schedule.learning_rate)
    losses = []
    spoilt = codes
    model.train()
    for step in tqdm(range(schedule.n_steps), desc=progress, disable=progress is None, leave=False):
        block = step % n_blocks
        if block == 0:
            spoilt = cues(step // n_blocks)
        rows = slice(block * n, (block + 1) * n)
        loss = (model(codes[rows], spoilt[rows]) - codes[rows]).square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    model.eval()
    return losses
