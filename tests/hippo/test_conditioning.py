import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo import conditioning
from hippo.autoencoder import Autoencoder


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def respond(seed, **changes):
    return conditioning.sensory_preconditioning(Autoencoder(4, 3, generator=seeded(seed)), seeded(seed), **changes)


def test_phase_1_shows_s1_and_s2_together_in_every_context():
    rows = conditioning.pretraining_table()
    assert sorted("".join(str(int(v)) for v in row) for row in rows) == sorted(
        ["0000", "0000", "0010", "0001", "0011", "1100", "1100", "1110", "1101", "1111"]
    )


def test_phase_2_shows_s1_without_s2_in_every_context():
    features, outcomes = conditioning.conditioning_table(n_trials=3)
    assert features.shape == (24, 4)
    assert torch.equal(outcomes[:, 0], features[:, 0])
    assert not features[:, 1].any()
    assert len(features.unique(dim=0)) == 8


def test_an_uncertain_outcome_follows_its_probability(generator):
    features, outcomes = conditioning.conditioning_table(0.7, 5000, generator)
    # n = 20,000 trials with s1: 5 s.d. are 0.0162; without s1 there is never an outcome.
    assert abs(float(outcomes[features[:, 0] == 1].mean()) - 0.7) < 0.0163
    assert not outcomes[features[:, 0] == 0].any()


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 5), st.integers(1, 3), st.floats(1e-3, 10))
def test_ridge_is_the_minimum_of_its_objective(seed, n, k, m, regularization):
    g = seeded(seed)
    features = torch.randn(n, k, generator=g, dtype=torch.float64)
    values = torch.randn(n, m, generator=g, dtype=torch.float64)
    w = conditioning.ridge(features, values, regularization).requires_grad_()
    objective = (features @ w - values).square().sum() + regularization * w.square().sum()
    (gradient,) = torch.autograd.grad(objective, w)
    assert gradient.abs().max() < 1e-9


def test_the_response_travels_from_s1_to_s2_if_they_were_bound():
    r = respond(1)
    assert abs(float(r.s1.mean() - r.s2.mean())) < 0.13
    assert min(float(r.s1.mean()), float(r.s2.mean())) > float(r.neither.mean())
    assert len(r.history.losses) == 2000
    assert r.history.losses[-1] < 0.01


def test_without_phase_1_the_network_is_left_as_it_was():
    net = Autoencoder(4, 3, generator=seeded(1))
    before = [p.clone() for p in net.parameters()]
    r = conditioning.sensory_preconditioning(net, seeded(1), pretrain=False)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), before, strict=True))
    assert r.history.losses == []
    assert abs(float(r.s1.mean() - r.s2.mean())) > 0.5


def test_an_uncertain_outcome_weakens_the_response():
    certain, uncertain = (respond(1, n_epochs=600, n_trials=100, outcome_probability=p).s1.mean() for p in (1.0, 0.5))
    assert 0 < float(uncertain) < float(certain)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conditioning.ridge(torch.ones(3, 2), torch.ones(4, 1)), r"values: expected shape \(3, m\)"),
        (lambda: conditioning.ridge(torch.ones(3, 2), torch.ones(3, 1), 0), "regularization: expected a number above"),
        (lambda: conditioning.conditioning_table(2.0), "outcome_probability: expected a number from 0 to 1"),
        (lambda: conditioning.conditioning_table(0.5), "generator: expected a torch.Generator"),
        (
            lambda: conditioning.sensory_preconditioning(Autoencoder(5, 3), seeded(0)),
            "network: expected 4 inputs, s1, s2, c1 and c2, got 5",
        ),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
