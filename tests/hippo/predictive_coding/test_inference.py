"""Inference: its steps are gradients, its fast form is the slow one, nothing overflows."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.predictive_coding import (
    InferenceConfig,
    MixturePrior,
    bottom_up,
    energies,
    first_steps,
    free_run_error,
    infer,
    infer_traced,
)
from tests.hippo.predictive_coding.literal import arrays, trial

CONFIGS = {
    "published": InferenceConfig(),
    "no gradient on causes": InferenceConfig(alpha_h=0.0),
    "no prior": InferenceConfig(alpha_c=0.0),
    "no noise": InferenceConfig(noise="none"),
    "constant noise": InferenceConfig(noise="constant", sigma_r=0.05),
    "prior and constant noise alone": InferenceConfig(alpha_x=0.0, noise="constant", sigma_r=0.05),
    "prior alone": InferenceConfig(alpha_x=0.0),
    "noise above a floor": InferenceConfig(noise_floor=0.02),
}


def draws(n_steps, n_chains, seed=0, dtype=torch.float32):
    g = torch.Generator().manual_seed(seed)
    c = torch.randn(n_chains, 2, generator=g, dtype=dtype)
    return c, torch.randn(n_steps, n_chains, 2, generator=g, dtype=dtype)


def test_the_hidden_step_is_the_gradient_of_the_output_energy(untrained):
    model = untrained.double()
    h = torch.randn(5, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    x = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    error = h.tanh() @ model.output_weights.T + model.output_bias - x
    (gradient,) = torch.autograd.grad(error.square().sum() / 2, [h])
    after, hidden_error = bottom_up(model, h, error, 0.3)
    torch.testing.assert_close(after, h - 0.3 * gradient, atol=1e-14, rtol=0)
    torch.testing.assert_close(hidden_error, 0.3 * gradient, atol=1e-14, rtol=0)


def test_the_step_of_the_causes_is_tau_times_the_gradient_of_the_hidden_energy(untrained):
    model = untrained.double()
    c = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    before, _ = model.top_down(model.h0.expand(5, -1), c)
    target = torch.randn(5, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    error = before - target  # h⁻ − h⁺ with h⁺ held
    (gradient,) = torch.autograd.grad(error.square().sum() / 2, [c])
    torch.testing.assert_close(error @ model.cause_weights, model.config.time_constant * gradient)


@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 3), st.floats(0.05, 2.0))
def test_the_pull_of_the_prior_is_half_the_gradient_of_its_log_density(seed, n_prototypes, d_c, sigma):
    g = torch.Generator().manual_seed(seed)
    means = torch.randn(n_prototypes, d_c, generator=g, dtype=torch.float64)
    c = (2 * torch.randn(5, d_c, generator=g, dtype=torch.float64)).requires_grad_()
    prior = MixturePrior(means, sigma)
    plain = torch.logsumexp(-(c[:, None] - means).square().sum(dim=-1) / (2 * sigma**2), dim=1)
    (gradient,) = torch.autograd.grad(plain.sum(), [c])
    # Scores of up to (10/0.05)² = 4e4, of which float64 keeps 1e-11, divided by σ² ≥ 2.5e-3.
    torch.testing.assert_close(prior.half_gradient(c), gradient / 2, atol=1e-7, rtol=1e-7)
    torch.testing.assert_close(prior.log_density(c), plain, atol=1e-7, rtol=1e-7)
    torch.testing.assert_close(prior.responsibilities(c).sum(dim=1), torch.ones(5, dtype=torch.float64))
    assert torch.equal(prior.energy(c), -prior.log_density(c))


@pytest.mark.parametrize("flushed", [False, True])
def test_far_causes_go_to_the_nearest_prototype_and_nothing_is_nan(trained, prior, data, flushed):
    angles = torch.linspace(0, 6.2, 9)
    far = 1e3 * torch.stack([angles.cos(), angles.sin()], dim=1)
    if not torch.set_flush_denormal(flushed):
        pytest.skip("this processor cannot flush denormals")
    try:
        # Along a direction u the nearest of far away prototypes is the one with the largest u·μ.
        shares = prior.responsibilities(far)
        assert torch.equal(shares.argmax(dim=1), (far @ prior.means.T).argmax(dim=1))
        assert bool(prior.half_gradient(far).isfinite().all())
        _, noise = draws(60, 9)
        c = infer(trained, data.x, far, InferenceConfig(), prior, noise=noise)
        assert bool(c.isfinite().all())
        assert float(c.norm(dim=1).max()) < 100
        assert bool(free_run_error(trained, data.x, far).isfinite().all())
    finally:
        torch.set_flush_denormal(False)


def test_without_an_output_error_only_the_prior_moves_a_cause(trained, prior):
    c, noise = draws(60, 9)
    x = trained.predict(c, 60).detach()
    config = InferenceConfig(alpha_c=0.0)
    # e_x is rounding, 1e-6; α_x σ_r |W_o| |ξ| makes at most ten times of that a step, 60 steps.
    torch.testing.assert_close(infer(trained, x, c, config, prior, noise=noise), c, atol=1e-3, rtol=0)
    _, trace = infer_traced(trained, x[:, :9], c, config, prior, noise=noise)
    assert float(trace.hidden_error.abs().max()) < 1e-4


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("n_known", [60, 20])
def test_the_fast_form_is_the_slow_one(trained, data, name, n_known):
    model = _doubled(trained)
    c, noise = draws(60, 9, dtype=torch.float64)
    prior = MixturePrior(model.causes, 0.096)
    observed = None if n_known == 60 else first_steps(60, n_known)
    x = data.x.double()
    fast = infer(model, x, c, CONFIGS[name], prior, noise=noise, observed=observed)
    slow, _ = infer_traced(model, x, c, CONFIGS[name], prior, noise=noise, observed=observed)
    # Between basins a rounding of 1e-13 grows tenfold in some steps; six digits are left at least.
    torch.testing.assert_close(fast, slow, atol=1e-6, rtol=0)
    assert not torch.equal(fast, c)


def _doubled(model):
    other = type(model)(model.config, torch.Generator())
    other.load_state_dict(model.state_dict())
    return other.double()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_six_trials_follow_a_literal_oracle_given_the_same_noise(trained, data, dtype):
    model = _doubled(trained).to(dtype)
    prior = MixturePrior(model.causes, 0.096)
    w, x = arrays(model), data.x
    c, _ = draws(1, 9)
    noise = torch.randn(6, 60, 9, 2, generator=torch.Generator().manual_seed(7))
    fast, literal = c.to(dtype), c.numpy().astype(np.float64)
    for k in range(6):
        fast = infer(model, x.to(dtype), fast, InferenceConfig(), prior, noise=noise[k].to(dtype))
        literal = np.array(
            [
                trial(
                    w, model.config.time_constant, x[:, b].numpy(), literal[b], (0.1, 0.019, 0.0085, 2.6), 0.096,
                    noise[k, :, b].numpy(),
                )[0][-1]
                for b in range(9)
            ]
        )  # fmt: skip
        np.testing.assert_allclose(fast.numpy(), literal, atol=1e-4 if dtype == torch.float32 else 1e-9)


def test_permuting_chains_permutes_results(trained, prior, data):
    c, noise = draws(60, 9)
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    straight = infer(trained, data.x, c, InferenceConfig(), prior, noise=noise)
    permuted = infer(trained, data.x[:, order], c[order], InferenceConfig(), prior, noise=noise[:, order])
    # Products of matrices may round differently by row; a hop over 60 steps makes up to 1e-4 of it.
    torch.testing.assert_close(permuted, straight[order], atol=1e-4, rtol=0)


def test_steps_that_were_not_observed_leave_no_error(trained, prior, data):
    c, noise = draws(60, 9)
    _, trace = infer_traced(trained, data.x, c, InferenceConfig(), prior, noise=noise, observed=first_steps(60, 25))
    assert bool((trace.output_error[25:] == 0).all())
    assert bool((trace.hidden_error[25:] == 0).all())
    assert bool((trace.output_error[:25].abs().amax(dim=(1, 2)) > 0).all())
    other = data.x.clone()
    other[25:] += 1
    for x in (data.x, other):
        got = infer(trained, x, c, InferenceConfig(), prior, noise=noise, observed=first_steps(60, 25))
        torch.testing.assert_close(got, trace.causes[-1], atol=1e-4, rtol=0)


def test_arguments_are_left_as_they_were(trained, prior, data):
    c, noise = draws(60, 9)
    kept = [tensor.clone() for tensor in (data.x, c, noise, trained.h0, prior.means)]
    infer(trained, data.x, c, InferenceConfig(), prior, noise=noise)
    for before, after in zip(kept, (data.x, c, noise, trained.h0, prior.means), strict=True):
        assert torch.equal(before, after)


def test_the_free_run_error_is_the_mean_distance_of_what_is_predicted(trained, data):
    c, _ = draws(1, 9)
    expected = (trained.predict(c, 60) - data.x).norm(dim=-1).mean(dim=0)
    torch.testing.assert_close(free_run_error(trained, data.x, c), expected.detach())
    several = free_run_error(trained, data.x, torch.stack([c, c.flip(0)]))
    assert several.shape == (2, 9)
    torch.testing.assert_close(several[0], expected.detach())
    early = (trained.predict(c, 60)[:10] - data.x[:10]).norm(dim=-1).mean(dim=0)
    torch.testing.assert_close(free_run_error(trained, data.x, c, observed=first_steps(60, 10)), early.detach())


def test_energies_are_what_their_equations_say(trained, prior, data):
    c, noise = draws(60, 9)
    config = InferenceConfig()
    _, trace = infer_traced(trained, data.x, c, config, prior, noise=noise)
    found = energies(trace, prior)
    torch.testing.assert_close(found.output[7, 3], (trace.output_error[7, 3] ** 2).sum() / 2)
    torch.testing.assert_close(found.hidden[7, 3], (trace.hidden_error[7, 3] ** 2).sum() / 2)
    torch.testing.assert_close(found.prior[7], prior.energy(trace.causes[7]))
    torch.testing.assert_close(found.free_energy(config), 0.1 * found.output + 0.019 * found.hidden)
    torch.testing.assert_close(found.per_trial().output, found.output.mean(dim=0))


def test_small_steps_of_the_hidden_state_lower_the_output_energy(trained, prior, data):
    c, noise = draws(60, 9)
    _, trace = infer_traced(trained, data.x, c, InferenceConfig(alpha_x=0.01), prior, noise=noise)
    read = trace.hidden_posterior.tanh() @ trained.output_weights.T + trained.output_bias - data.x
    after, before = (e.square().sum(dim=-1) for e in (read, trace.output_error))
    assert bool((after <= before + 1e-6).all())


def test_configurations_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        InferenceConfig().alpha_x = 1.0
    assert not InferenceConfig(sigma_r=0).is_noisy
    assert not InferenceConfig(alpha_x=0).is_noisy
    assert InferenceConfig(alpha_x=0, noise="constant").is_noisy
