"""Causes that gate, and wander."""

import pytest
import torch

from hippo.predictive_coding import MultiplicativePCRNN, WanderConfig, wander


def small(generator):
    return MultiplicativePCRNN(6, 4, 3, time_constant=5.0, generator=generator)


def test_one_step_is_its_equation(generator):
    model = small(generator).double()
    h, c = (torch.randn(2, n, generator=generator, dtype=torch.float64) for n in (6, 3))
    after, output = model.step(h, c)
    for b in range(2):
        gate = (model.projection.T @ h[b].tanh()) * (model.cause_weights.T @ c[b])
        wanted = 0.8 * h[b] + 0.2 * (model.factor_weights @ gate + model.bias)
        torch.testing.assert_close(after[b], wanted)
        torch.testing.assert_close(output[b], model.output_weights @ wanted.tanh() + model.output_bias)


def test_one_cause_alone_is_a_network_with_weights_of_its_own(generator):
    model = small(generator)
    c = torch.tensor([[0.0, 1.0, 0.0]])
    weights = model.factor_weights @ torch.diag(model.cause_weights[1]) @ model.projection.T
    h = model.h0
    for output in model.predict(c, 5)[:, 0]:
        h = 0.8 * h + 0.2 * (weights @ h.tanh() + model.bias)
        torch.testing.assert_close(output, model.output_weights @ h.tanh() + model.output_bias)


def test_training_reaches_two_cycles_by_two_causes(generator):
    model = MultiplicativePCRNN(24, 12, 2, generator=generator)
    u = torch.arange(40) / 20 * 2 * torch.pi
    x = torch.stack([torch.stack([u.cos(), u.sin()], 1), torch.stack([u.sin(), (2 * u).sin()], 1)], 1)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.01)
    losses = []
    for _ in range(30):
        loss = (model.predict(torch.eye(2), 40) - x)[10:].square().mean()
        losses.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.8 * losses[0]


def test_a_wandering_cause_settles_on_each_prototype_as_often_as_on_another(generator):
    config = WanderConfig(n_steps=943)
    start = torch.full((300, 3), 1 / 3)
    causes, outputs = wander(small(generator), start, config, generator=generator)
    assert causes.shape == (943, 300, 3)
    assert outputs.shape == (943, 300, 2)
    torch.testing.assert_close(causes.sum(dim=-1), torch.ones(943, 300))
    assert 0 <= float(causes.min()) <= float(causes.max()) <= 1
    # σ is widest at t = 314: one hill, all in the middle; narrowest at 942: each on a prototype.
    assert float((causes[314] - 1 / 3).abs().max()) < 0.1
    assert float(causes[942].amax(dim=1).min()) > 0.95
    share = torch.bincount(causes[942].argmax(dim=1), minlength=3) / 300
    # Three equal chances, s.d. 0.027 each: five of them.
    assert float((share - 1 / 3).abs().max()) < 0.14


def test_a_start_that_is_no_mixture_is_refused(generator):
    with pytest.raises(ValueError, match="start: expected rows of numbers from 0 to 1 with sum 1"):
        wander(small(generator), torch.ones(1, 3), generator=generator)
    with pytest.raises(ValueError, match=r"causes: expected shape \(B, 3\), got \(2, 4\)"):
        small(generator).predict(torch.zeros(2, 4), 3)
