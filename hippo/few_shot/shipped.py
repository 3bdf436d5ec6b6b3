"""Trained learners that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from hippo import checkpoints
from hippo.datafiles import DataError
from hippo.few_shot.learner import ARMS, Arm, Learner, Settings

__all__ = ["SHIPPED", "publish", "shipped"]

#: Arms of which a trained learner is shipped; `data/checkpoints/few-shot-<arm>.md` says how it was made.
SHIPPED: tuple[Arm, ...] = ("storkey", "none", "layer-norm", "prototypes")


def shipped(arm: Arm = "storkey") -> tuple[Learner, int]:
    """Load the learner that was trained on 1,100 characters of Omniglot, five classes and one shot.

    Parameters
    ----------
    arm
        One of `SHIPPED`.

    Returns
    -------
    learner, n_episodes
        In evaluation mode, in float32 on the CPU; how many episodes it has seen.

    Raises
    ------
    DataError
        If the file is broken or was not installed.
    """
    if arm not in SHIPPED:
        raise ValueError(f"arm: expected one of {', '.join(SHIPPED)}, got {arm!r}")
    learner, note = _read(checkpoints.shipped(f"few-shot-{arm}"), Settings(arm))
    return learner, int(note["episodes"])


def publish(run: Path, target: Path) -> int:
    """Make a shipped checkpoint of one that a run left: the same parameters, without the state of Adam.

    Parameters
    ----------
    run
        As `train` wrote it, of any arm.
    target
        Written, about 600 kB.

    Returns
    -------
    int
        Episodes that the learner has seen.
    """
    made_with = checkpoints.note(run).get("made_with", {})
    if made_with.get("arm") not in ARMS:
        raise DataError(f"{run} is not a checkpoint of few-shot learning: give one that hippo.few_shot.train wrote.")
    learner, note = _read(run, Settings(made_with["arm"], made_with["n_features"]))
    checkpoints.save(target, learner, note)
    return int(note["episodes"])


def _read(path: Path, settings: Settings) -> tuple[Learner, dict[str, Any]]:
    # What is drawn is overwritten; torch's own random numbers are left alone.
    learner = Learner(settings, generator=torch.Generator())
    note = checkpoints.load(path, learner)
    return learner.eval(), note
