"""Auto-associative retrieval: one kernel and many memories, from Gaussian mixtures to their rivals.

Annabi, Pitti, Quoy 2022, On the Relationship Between Variational Inference and Auto-Associative Memory
(arXiv 2210.08013): a memory is the prior of a generative model, and reading it is inference.

similarities, separations, kernel    z ← separation(similarity(z, M)) M
mixture, streaming, precision        Gaussian mixtures: by two products, by Gram, streamed, with learnt precision
free_energy, predictive              the same with a decoder: by back-propagation, by predictive coding
rivals, associators                  trained memories, and their training
conv_vae, mnist_vae, monet(_weights) what codes are made by; vae_training trains, slots knows the truth of scenes
corruptions, success                 what cues suffer, and whether the right memory came back
models, cells, benchmark             all of them on the same cues, kept cell by cell
"""

from __future__ import annotations

from hippo.retrieval.corruptions import Corruption, corrupt
from hippo.retrieval.free_energy import descend_by_backprop, free_energy
from hippo.retrieval.kernel import Retrieval, Rule
from hippo.retrieval.mixture import mixture_energy, mixture_step, retrieve_by_gram, retrieve_from_mixture
from hippo.retrieval.models import MODELS
from hippo.retrieval.precision import LearntPrecision
from hippo.retrieval.predictive import PredictiveNetwork, relax
from hippo.retrieval.rivals import MemoryNetwork, TuringRead
from hippo.retrieval.streaming import stream_mixture_step
from hippo.retrieval.success import bootstrap_interval, measure

__all__ = [
    "MODELS",
    "Corruption",
    "LearntPrecision",
    "MemoryNetwork",
    "PredictiveNetwork",
    "Retrieval",
    "Rule",
    "TuringRead",
    "bootstrap_interval",
    "corrupt",
    "descend_by_backprop",
    "free_energy",
    "measure",
    "mixture_energy",
    "mixture_step",
    "relax",
    "retrieve_by_gram",
    "retrieve_from_mixture",
    "stream_mixture_step",
]
