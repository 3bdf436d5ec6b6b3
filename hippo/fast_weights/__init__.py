"""Fast weights: a recurrent network with a memory that is written while it reads (Ba et al. 2016)."""

from __future__ import annotations

from hippo.fast_weights.associative_retrieval import Examples, draw_examples, noisy_query, write_out
from hippo.fast_weights.lstm import LSTM, ReferenceLSTM
from hippo.fast_weights.memory import AttentionMemory, FastMemory, MatrixMemory
from hippo.fast_weights.network import FastWeights, FastWeightsConfig
from hippo.fast_weights.training import (
    Curve,
    Training,
    accuracy,
    load_trained,
    new_network,
    train,
    unseen_examples,
)

__all__ = [
    "LSTM",
    "AttentionMemory",
    "Curve",
    "Examples",
    "FastMemory",
    "FastWeights",
    "FastWeightsConfig",
    "MatrixMemory",
    "ReferenceLSTM",
    "Training",
    "accuracy",
    "draw_examples",
    "load_trained",
    "new_network",
    "noisy_query",
    "train",
    "unseen_examples",
    "write_out",
]
