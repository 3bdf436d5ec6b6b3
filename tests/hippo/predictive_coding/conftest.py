"""Small generators of letters, trained for a moment."""

import pytest
import torch

from hippo.predictive_coding import PCRNN, MixturePrior, PCRNNConfig, fit
from hippo.trajectories import letters


@pytest.fixture(scope="session")
def data():
    return letters(60, "abdghlmoz")


@pytest.fixture(scope="session")
def trained(data):
    """Nine letters, known well enough that all are told apart."""
    config = PCRNNConfig(n_trajectories=9, time_constant=10.0)
    model = PCRNN(config, torch.Generator().manual_seed(0))
    fit(model, data.x, n_iterations=300)
    return model


@pytest.fixture(scope="session")
def prior(trained):
    return MixturePrior(trained.causes, 0.096)


@pytest.fixture
def untrained():
    return PCRNN(PCRNNConfig(n_trajectories=3, n_hidden=7), torch.Generator().manual_seed(1))
