"""Structured memory retrieval with a predictive-coding recurrent network.

A recurrent network unfolds a two-dimensional cause into a trajectory. Retrieval goes the other way:
given a trajectory, find the cause, by inference inside the same network.

The phases, and where each is written down:

==========  ===========================================================================================
predict     `PCRNN.predict`: causes → trajectories, no inference (model, unrolled)
infer       `infer`: one trial, errors move hidden state and causes (trial; inference with every trace)
learn       `fit`: backpropagation through time (fitting); `learn_locally`: by the errors of inference alone
retrieve    `retrieve`: trial after trial, the best cause so far (retrieval)
==========  ===========================================================================================

A `MixturePrior` says where causes are to be expected; `score_prototypes` and `descend` are what
retrieval is held against; `success` counts it. `MultiplicativePCRNN` has causes that gate, and `wander`s.
"""

from __future__ import annotations

from hippo.predictive_coding.baselines import descend, score_prototypes
from hippo.predictive_coding.cues import expected_error_norm, first_steps, noisy
from hippo.predictive_coding.energies import Energies, energies
from hippo.predictive_coding.fitting import Fit, fit, letter_errors
from hippo.predictive_coding.inference import InferenceConfig, Noise, Trace, bottom_up, infer_traced
from hippo.predictive_coding.local_learning import LocalConfig, learn_locally
from hippo.predictive_coding.model import PCRNN, PCRNNConfig
from hippo.predictive_coding.multiplicative import MultiplicativePCRNN, WanderConfig, wander
from hippo.predictive_coding.prior import MixturePrior
from hippo.predictive_coding.retrieval import History, Retrieved, nearest_prototype, retrieve
from hippo.predictive_coding.success import Success, dwelling, success
from hippo.predictive_coding.trial import free_run_error, infer

__all__ = [
    "PCRNN",
    "Energies",
    "Fit",
    "History",
    "InferenceConfig",
    "LocalConfig",
    "MixturePrior",
    "MultiplicativePCRNN",
    "Noise",
    "PCRNNConfig",
    "Retrieved",
    "Success",
    "Trace",
    "WanderConfig",
    "bottom_up",
    "descend",
    "dwelling",
    "energies",
    "expected_error_norm",
    "first_steps",
    "fit",
    "free_run_error",
    "infer",
    "infer_traced",
    "learn_locally",
    "letter_errors",
    "nearest_prototype",
    "noisy",
    "retrieve",
    "score_prototypes",
    "success",
    "wander",
]
