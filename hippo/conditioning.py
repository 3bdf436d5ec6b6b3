"""Sensory preconditioning: a response that travels between stimuli that occurred together.

After Gluck & Myers: a hidden layer learns first which stimuli occur together, without any outcome;
a linear read-out then learns the outcome of one of them. Features are s1, s2, c1, c2: two stimuli
and two contexts.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hippo.arguments import check_count, check_fraction, check_matrix, check_positive, shape_text
from hippo.autoencoder import Autoencoder
from hippo.draws import uniform
from hippo.training import History, train

__all__ = [
    "CONTEXTS",
    "PRETRAINING_ROWS",
    "Responses",
    "conditioning_table",
    "pretraining_table",
    "ridge",
    "sensory_preconditioning",
    "stimulus_table",
]

#: Both contexts absent, one of them, the other, both.
CONTEXTS = ((0, 0), (1, 0), (0, 1), (1, 1))

#: Phase 1: s1 and s2 always occur together, whatever the context; each empty context counts twice.
PRETRAINING_ROWS = tuple((s, s, *context) for s in (0, 1) for context in ((0, 0), *CONTEXTS))


@dataclass(frozen=True)
class Responses:
    """What one animal has learned: its responses in the four contexts, each (4,)."""

    #: To s1 alone, the stimulus that was conditioned.
    s1: Tensor
    #: To s2 alone, which was never followed by an outcome.
    s2: Tensor
    #: To the context alone.
    neither: Tensor
    #: Phase 1, empty without it.
    history: History


def pretraining_table() -> Tensor:
    """Return the ten rows of phase 1, (10, 4).

    >>> pretraining_table()[:, :2].unique(dim=0)
    tensor([[0., 0.],
            [1., 1.]])
    """
    return torch.tensor(PRETRAINING_ROWS, dtype=torch.float32)


def stimulus_table(s1: int, s2: int) -> Tensor:
    """Return one combination of stimuli in the four contexts, (4, 4).

    >>> stimulus_table(1, 0)
    tensor([[1., 0., 0., 0.],
            [1., 0., 1., 0.],
            [1., 0., 0., 1.],
            [1., 0., 1., 1.]])
    """
    return torch.tensor([(s1, s2, *context) for context in CONTEXTS], dtype=torch.float32)


def conditioning_table(
    outcome_probability: float = 1.0, n_trials: int = 1, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Return the trials of phase 2: s1 absent without, s1 present with the outcome.

    y = 0 if s1 = 0; y = 1 with probability `outcome_probability` if s1 = 1; s2 = 0 throughout.

    Parameters
    ----------
    outcome_probability
        From 0 to 1; below 1 the stimulus does not perfectly predict the outcome.
    n_trials
        How often each stimulus is shown in each context.
    generator
        Draws the outcomes; needed for probabilities other than 0 and 1.

    Returns
    -------
    features, outcomes
        (8 n_trials, 4) and (8 n_trials, 1).

    Example
    -------
    >>> features, outcomes = conditioning_table()
    >>> outcomes.ravel()
    tensor([0., 0., 0., 0., 1., 1., 1., 1.])
    """
    check_fraction("outcome_probability", outcome_probability)
    check_count("n_trials", n_trials)
    features = torch.cat([stimulus_table(0, 0), stimulus_table(1, 0)]).repeat(n_trials, 1)
    outcomes = features[:, :1].clone()
    if outcome_probability < 1.0:
        if generator is None:
            raise ValueError("generator: expected a torch.Generator to draw uncertain outcomes, got None")
        outcomes *= uniform(outcomes.shape, generator, outcomes.device) < outcome_probability
    return features, outcomes


def ridge(features: Tensor, values: Tensor, regularization: float = 0.001) -> Tensor:
    """Fit a linear read-out.

    w = (FᵀF + λI)⁻¹Fᵀy, which minimises ‖Fw − y‖² + λ‖w‖².

    Parameters
    ----------
    features
        F, (n, k).
    values
        y, (n, m).
    regularization
        λ, above 0.

    Returns
    -------
    Tensor
        (k, m); `features @ ridge(features, values)` are the predictions.

    Example
    -------
    >>> ridge(torch.eye(2), torch.tensor([[2.0], [4.0]]), regularization=1.0)
    tensor([[1.],
            [2.]])
    """
    check_matrix("features", features, "(n, k)")
    check_matrix("values", values, "(n, m)")
    check_positive("regularization", regularization)
    if features.ndim != 2 or values.ndim != 2 or len(features) != len(values):
        raise ValueError(
            f"values: expected shape ({features.shape[0]}, m), one row per row of features, got {shape_text(values)}"
        )
    identity = torch.eye(features.shape[1], dtype=features.dtype, device=features.device)
    weights: Tensor = torch.linalg.solve(features.mT @ features + regularization * identity, features.mT @ values)
    return weights


def sensory_preconditioning(
    network: Autoencoder,
    generator: torch.Generator,
    *,
    pretrain: bool = True,
    outcome_probability: float = 1.0,
    n_trials: int = 1,
    n_epochs: int = 2000,
) -> Responses:
    """Run the three phases on one network.

    Phase 1: an autoencoder sees s1 and s2 together. Phase 2: a read-out of its hidden layer learns
    the outcome of s1. Phase 3: s1, s2 and neither are presented alone.

    Parameters
    ----------
    network
        Of 4 inputs and fewer hidden units, so that s1 and s2 have to share; trained in place.
    generator
        Draws the batches of phase 1 and the outcomes of phase 2.
    pretrain
        False leaves phase 1 out: the hidden layer stays as it is.
    outcome_probability, n_trials
        Phase 2, as in `conditioning_table`.
    n_epochs
        Phase 1: epochs with binary cross-entropy, Adam at 0.1 and batches of 8.

    Example
    -------
    >>> net = Autoencoder(4, 3, generator=torch.Generator().manual_seed(1))
    >>> r = sensory_preconditioning(net, torch.Generator().manual_seed(1), n_epochs=300)
    >>> abs(float(r.s1.mean() - r.s2.mean())) < 0.13
    True
    """
    if network.num_inputs != 4:
        raise ValueError(f"network: expected 4 inputs, s1, s2, c1 and c2, got {network.num_inputs}")
    history = History()
    if pretrain:
        history = train(
            network,
            pretraining_table(),
            loss=nn.functional.binary_cross_entropy,
            optimizer=torch.optim.Adam(network.parameters(), lr=0.1),
            n_epochs=n_epochs,
            batch_size=8,
            generator=generator,
        )
    features, outcomes = conditioning_table(outcome_probability, n_trials, generator)
    with torch.no_grad():
        weights = ridge(network.encoder(features), outcomes)
        s1, s2, neither = (
            (network.encoder(stimulus_table(*stimuli)) @ weights).squeeze(-1) for stimuli in ((1, 0), (0, 1), (0, 0))
        )
    return Responses(s1, s2, neither, history)
