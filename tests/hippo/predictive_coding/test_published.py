"""With the published rates and trajectories the published program's figures come out."""

import os
from pathlib import Path

import pytest
import torch

from hippo.experiments.pc_models import chain_targets, seeded, train_models
from hippo.predictive_coding import InferenceConfig, PCRNNConfig, noisy, retrieve, success
from hippo.trajectories import least_distance, load_trajectories

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module")
def x():
    folder = os.environ.get("HIPPO_DATA")
    if not folder or not Path(folder, "handwriting_trajs_20.npz").exists():
        pytest.skip("needs handwriting_trajs_20.npz in $HIPPO_DATA")
    return load_trajectories().x


@pytest.fixture(scope="module")
def models(x):
    return train_models(x, 3, 1000, seed=0)


def shares(models, x, n_trials, config=None):
    """Mean share of chains by each definition, after each trial, over three models of 80 chains."""
    right = chain_targets(20, 4, x.device)
    found = {}
    for i, trained in enumerate(models):
        g = seeded(0, 100 + i)
        search = retrieve(trained.model, x, trained.prior, config, generator=g, n_trials=n_trials, keep_history=True)
        judged = success(search.history, trained.prior.means, right)
        for name in ("within", "visited", "best_so_far"):
            found.setdefault(name, []).append(getattr(judged, name).double().mean(dim=1))
    return {name: torch.stack(values).mean(dim=0) for name, values in found.items()}


def test_the_published_trajectories_are_those_that_were_described(x):
    assert float(x.var(unbiased=False)) == pytest.approx(0.6944, abs=1e-3)
    assert least_distance(x) == pytest.approx(0.520, abs=1e-3)
    assert float((x[0] - torch.tensor([-0.04, 0.54])).abs().max()) < 0.05


def test_training_reaches_the_published_loss(models):
    assert max(trained.fit.best_loss for trained in models) < 0.02


def test_retrieval_succeeds_as_often_as_published_and_the_best_cause_so_far_nearly_always(models, x):
    found = shares(models, x, 300)
    assert found["visited"][99] >= 0.95
    assert 0.60 <= found["within"][299] <= 0.90
    assert found["best_so_far"][99] >= 0.95
    assert found["best_so_far"][299] >= 0.99


def test_without_noise_nothing_is_found(models, x):
    assert shares(models, x, 100, InferenceConfig(sigma_r=0))["within"][99] <= 0.10


def test_noise_on_the_cue_does_not_harm_the_best_cause_so_far(models, x):
    right, hits = chain_targets(20, 4, x.device), []
    for i, trained in enumerate(models):
        cue = noisy(x, 0.2, seeded(0, 500 + i))
        found = retrieve(trained.model, cue, trained.prior, generator=seeded(1, i), n_trials=100)
        hits.append(found.labels == right)
    assert float(torch.stack(hits).double().mean()) >= 0.95


def test_a_time_constant_of_ten_leaves_a_fifth_of_the_loss(x):
    short = train_models(x, 2, 1000, seed=0, config=PCRNNConfig(time_constant=10.0))
    assert max(trained.fit.best_loss for trained in short) < 0.005
