"""Memories without learnt parts, by the names that tables use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from hippo.retrieval.kernel import Retrieval, Rule
from hippo.retrieval.mixture import retrieve_from_mixture
from hippo.retrieval.separations import largest, polynomial, softmax
from hippo.retrieval.similarities import (
    correlation,
    cosine,
    dot,
    euclidean,
    inverse_euclidean,
    inverse_manhattan,
    manhattan,
)

__all__ = ["MODELS", "UNIVERSAL", "ImageModel", "Model", "no_memory", "read"]

#: Patterns (..., N, D) and cues (..., B, D) → what is read.
Model = Callable[[Tensor, Tensor], Retrieval]


@dataclass(frozen=True)
class ImageModel:
    """A memory that also looks at the images of the cues."""

    #: Patterns, cues and the cues' images → what is read.
    run: Callable[[Tensor, Tensor, Tensor], Retrieval]


def read(model: Model | ImageModel, patterns: Tensor, cues: Tensor, images: Tensor) -> Retrieval:
    """Read with either kind of model."""
    return model.run(patterns, cues, images) if isinstance(model, ImageModel) else model(patterns, cues)


def no_memory(patterns: Tensor, cues: Tensor) -> Retrieval:
    """Return the cues as they are: what a measure grants to doing nothing."""
    weights = torch.full((*cues.shape[:-1], patterns.shape[-2]), 1 / patterns.shape[-2], device=cues.device)
    return Retrieval(cues, weights, torch.zeros(cues.shape[:-1], dtype=torch.long, device=cues.device))


def _gmm(patterns: Tensor, cues: Tensor) -> Retrieval:
    return retrieve_from_mixture(patterns, cues, sigma=0.1, n_steps=10)


def _rule(rule: Rule, n_steps: int) -> Model:
    return lambda patterns, cues: rule.retrieve(patterns, cues, n_steps)


#: Name → memory, with the published parameters.
MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "no memory": no_memory,
        "nearest neighbour": _rule(Rule(euclidean, largest), 1),
        "MCHN": _rule(Rule(dot, softmax(100.0)), 10),
        "GMM": _gmm,
        "Manhattan": _rule(Rule(manhattan, softmax(1.0)), 1),
        "cosine": _rule(Rule(cosine, softmax(1000.0)), 1),
        "centred cosine": _rule(Rule(correlation, softmax(1000.0)), 1),
    }
)

#: (similarity, separation) → memory: the universal table, one step each. Distances go into a polynomial as inverses.
UNIVERSAL: Mapping[tuple[str, str], Model] = MappingProxyType(
    {
        (name, separation): _rule(Rule(powered if separation == "polynomial 10" else similarity, separate), 1)
        for name, similarity, powered, beta in (
            ("dot", dot, dot, 100.0),
            ("Euclid", euclidean, inverse_euclidean, 100.0),
            ("Manhattan", manhattan, inverse_manhattan, 1.0),
            ("cosine", cosine, cosine, 1000.0),
            ("correlation", correlation, correlation, 1000.0),
        )
        for separation, separate in (
            ("softmax", softmax(beta)),
            ("polynomial 10", polynomial(10.0)),
            ("max", largest),
        )
    }
)
