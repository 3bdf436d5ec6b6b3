"""Published experiments, one file each: a frozen configuration, a run, figures and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["EXPERIMENTS", "Experiment"]


@dataclass(frozen=True)
class Experiment:
    """Where an experiment is found, known without importing it.

    The module has a frozen dataclass `Config` whose defaults are the published protocol, `QUICK` and
    `FULL` configurations, and `run(config, images, device)` that returns an `Outcome`.
    """

    module: str
    summary: str
    #: Whether `run` reads images of digits.
    needs_images: bool


#: Name on the command line → experiment.
EXPERIMENTS = MappingProxyType(
    {
        "recall-error": Experiment(
            "hippo.experiments.recall_error",
            "Hopfield networks: error on stored and unseen digits against the number of stored ones",
            needs_images=True,
        ),
        "noise": Experiment(
            "hippo.experiments.noise",
            "Hopfield networks: error against the share of flipped pixels, and recall from half an image",
            needs_images=True,
        ),
        "autoencoder": Experiment(
            "hippo.experiments.autoencoder",
            "Autoencoders of five sizes: losses, reconstructions, loss against corrupted pixels",
            needs_images=True,
        ),
        "preconditioning": Experiment(
            "hippo.experiments.preconditioning",
            "Sensory preconditioning: does the response to s1 travel to s2, with and without phase 1",
            needs_images=False,
        ),
        "capacity": Experiment(
            "hippo.experiments.capacity",
            "Hopfield networks: share of random patterns recalled against load, for six learning rules",
            needs_images=False,
        ),
        "lookup": Experiment(
            "hippo.experiments.lookup",
            "Hopfield networks: cues with 30 % of the units flipped find their pattern, as a film",
            needs_images=False,
        ),
        "sequence": Experiment(
            "hippo.experiments.sequence",
            "Hopfield networks: hop through a cycle of patterns, at once or after dwelling in each, as a film",
            needs_images=False,
        ),
        "basins": Experiment(
            "hippo.experiments.basins",
            "Hopfield networks: basins of attraction, stability, spurious states and temperature",
            needs_images=False,
        ),
        "dense": Experiment(
            "hippo.experiments.dense",
            "Dense and modern Hopfield networks: how many patterns fit, against the classical network",
            needs_images=False,
        ),
        "pc-rnn": Experiment(
            "hippo.experiments.pc_rnn",
            "Predictive-coding RNN: learn letters, find the cause of each again; five definitions of success, a film",
            needs_images=False,
        ),
        "pc-ablation": Experiment(
            "hippo.experiments.pc_ablation",
            "Predictive-coding RNN: what makes retrieval work: noise, prior and gradient switched off in turn",
            needs_images=False,
        ),
        "pc-cue": Experiment(
            "hippo.experiments.pc_cue",
            "Predictive-coding RNN: retrieval from noisy and from partial cues, by four kinds of answer",
            needs_images=False,
        ),
        "pc-capacity": Experiment(
            "hippo.experiments.pc_capacity",
            "Predictive-coding RNN: how many trajectories are learnt, and found again, against their number",
            needs_images=False,
        ),
        "vma": Experiment(
            "hippo.experiments.vma",
            "Variational memory addressing: train on known alphabets, look unseen characters up in a memory",
            needs_images=False,
        ),
        "vma-table": Experiment(
            "hippo.experiments.vma_table",
            "Variational memory addressing: bound of unseen characters against memory size, one and two classes",
            needs_images=False,
        ),
        "retrieval": Experiment(
            "hippo.experiments.retrieval",
            "Auto-associative retrieval: Gaussian mixtures and their rivals on spoilt images, four measures of success",
            needs_images=False,
        ),
        "few-shot": Experiment(
            "hippo.experiments.few_shot",
            "Few-shot learning: new characters after one drawing of each, with and without an attractor memory",
            needs_images=False,
        ),
        "few-shot-sweep": Experiment(
            "hippo.experiments.few_shot_sweep",
            "Few-shot learning: more classes and more drawings of each, by trained learners",
            needs_images=False,
        ),
        "few-shot-demo": Experiment(
            "hippo.experiments.few_shot_demo",
            "Few-shot learning: digits after one image of each, by a net that has only seen characters",
            needs_images=True,
        ),
        "fast-weights": Experiment(
            "hippo.experiments.fast_weights",
            "Fast weights: learn associative retrieval, with and without layer norm and writing, beside LSTMs",
            needs_images=False,
        ),
        "fw-noise": Experiment(
            "hippo.experiments.fw_noise",
            "Fast weights and LSTM: right answers against noise on the query",
            needs_images=False,
        ),
        "fw-length": Experiment(
            "hippo.experiments.fw_length",
            "Fast weights: right answers to longer and shorter sequences than those of the training",
            needs_images=False,
        ),
    }
)
