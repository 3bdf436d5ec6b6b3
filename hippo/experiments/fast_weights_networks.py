"""Networks of the fast-weights experiments: what is trained how, and where trained ones are found."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from torch import nn

from hippo import checkpoints
from hippo.fast_weights import Curve, FastWeightsConfig, Training, load_trained, train

__all__ = ["ARMS", "NETWORKS", "Arm", "shipped", "trained"]


@dataclass(frozen=True)
class Arm:
    """One network and how it is trained."""

    #: Settings of fast weights, "reference LSTM" or "LSTM".
    network: FastWeightsConfig | str
    training: Training


#: Batches of 256 and a learning rate of 4e-3: a thirtieth of the published iterations is enough for fast weights.
#: Without the warm-up one seed of three was still on its way from the plateau after 1,500 iterations.
_LARGE = Training(batch_size=256, learning_rate=4e-3, warm_up=100, drop_at=1250, n_iterations=1500, every=250)
#: An LSTM that leaves its plateau earlier than with the published settings.
_LSTM = Training(batch_size=128, learning_rate=3e-3, n_iterations=20_000, enough=0.9995)

ARMS = {
    "fast weights": Arm(FastWeightsConfig(), _LARGE),
    "nothing written, η = 0": Arm(FastWeightsConfig(rate=0.0), _LARGE),
    "no layer norm": Arm(FastWeightsConfig(norm="none"), _LARGE),
    "reference LSTM": Arm("reference LSTM", _LARGE),
    "LSTM": Arm("LSTM", _LARGE),
    "fast weights, as published": Arm(FastWeightsConfig(), Training(enough=0.9995)),
    "reference LSTM, as published": Arm("reference LSTM", Training()),
    "three inner steps": Arm(
        FastWeightsConfig(n_inner=3),
        Training(
            batch_size=128, learning_rate=2e-3, warm_up=500, drop_at=16_000, n_iterations=20_000, enough=0.9995
        ),
    ),
    "eight pairs, K = 16": Arm(
        FastWeightsConfig(),
        Training(
            16, batch_size=256, learning_rate=4e-3, warm_up=500, drop_at=27_000, n_iterations=30_000, enough=0.999
        ),
    ),
    "eight pairs, Storkey's rule": Arm(
        FastWeightsConfig(write="storkey"),
        Training(
            16, batch_size=256, learning_rate=4e-3, warm_up=500, drop_at=3000, n_iterations=4000, enough=0.999
        ),
    ),
    "Storkey's rule": Arm(FastWeightsConfig(write="storkey"), _LARGE),
    "learnt embedding": Arm(FastWeightsConfig(n_embedding=64), _LARGE),
}

#: Networks that the experiments on noise and length test, by name and K; two come with the package as checkpoints.
NETWORKS = {
    "fast-weights-4": Arm(FastWeightsConfig(), replace(_LARGE, length=4)),
    "fast-weights-8": Arm(FastWeightsConfig(), _LARGE),
    "fast-weights-12": Arm(FastWeightsConfig(), replace(_LARGE, length=12, n_iterations=3000, drop_at=2500)),
    "lstm-4": Arm("reference LSTM", replace(_LSTM, length=4, n_iterations=15_000)),
    "lstm-8": Arm("reference LSTM", _LSTM),
}


def trained(name: str, arm: Arm, folder: str | None, device: str = "cpu") -> tuple[nn.Module, Curve]:
    """Train an arm, or go on where a checkpoint in the folder left it.

    Parameters
    ----------
    name
        Of the checkpoint, which also has the length and the seed in its name, and of the progress
        bar, which is drawn on a terminal only.
    arm
        What is trained.
    folder
        Of the checkpoints, made if it is not there; None keeps none.
    device
        Torch device.
    """
    training = arm.training
    file = "".join(c if c.isalnum() else "-" for c in f"{name}-K{training.length}-seed{training.seed}")
    path = None if folder is None else Path(folder, f"{file}.safetensors")
    return train(arm.network, training, device=device, path=path, progress=name if sys.stderr.isatty() else None)


def shipped(name: str, device: str = "cpu") -> tuple[nn.Module, Curve]:
    """Read a checkpoint that comes with the package."""
    model, _, curve = load_trained(checkpoints.shipped(name), device)
    return model, curve
