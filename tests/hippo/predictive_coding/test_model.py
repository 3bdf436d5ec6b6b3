"""The generator against loops, finite differences and examples worked out by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.predictive_coding import PCRNN, InferenceConfig, MixturePrior, PCRNNConfig, bottom_up, infer, infer_traced
from hippo.predictive_coding.unrolled import leaky_rates
from tests.hippo.predictive_coding.literal import arrays, trial


@given(st.integers(0, 1000), st.integers(1, 4), st.integers(1, 5), st.integers(1, 6), st.sampled_from([1.0, 2.5, 50.0]))
def test_gradients_of_the_unrolled_network_equal_finite_differences(seed, n_rows, n_hidden, n_steps, tau):
    g = torch.Generator().manual_seed(seed)
    h0, drive, recurrent = (
        torch.randn(*shape, generator=g, dtype=torch.float64, requires_grad=True)
        for shape in ((n_rows, n_hidden), (n_rows, n_hidden), (n_hidden, n_hidden))
    )
    assert torch.autograd.gradcheck(lambda *inputs: leaky_rates(*inputs, tau, n_steps), (h0, drive, recurrent))


def test_prediction_is_the_literal_rollout(untrained):
    model = untrained.double()
    c = torch.randn(4, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    w, tau = arrays(model), model.config.time_constant
    predicted = model.predict(c, 9).detach().numpy()
    for b in range(4):
        h = w["h_0"]
        for t in range(9):
            h = (1 - 1 / tau) * h + (w["W_r"] @ np.tanh(h) + w["W_c"] @ c[b].numpy() + w["b_r"]) / tau
            # Sums of at most 7 products of float64 over 9 steps: 1e-14 at most.
            np.testing.assert_allclose(predicted[t, b], w["W_o"] @ np.tanh(h) + w["b_o"], atol=1e-12)


def test_prediction_is_inference_with_all_rates_zero(untrained):
    model = untrained.double()
    c = torch.randn(4, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    config = InferenceConfig(alpha_x=0, alpha_h=0, alpha_c=0, sigma_r=0)
    x = torch.randn(9, 4, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    after, trace = infer_traced(model, x, c, config, MixturePrior(model.causes, 0.1))
    torch.testing.assert_close(trace.predicted, model.predict(c, 9), atol=1e-12, rtol=0)
    assert torch.equal(after, c)


def hand_made(tau=2.0):
    """One hidden unit, one output, one cause, all weights of simple size."""
    model = PCRNN(PCRNNConfig(1, 1, 1, 1, tau), torch.Generator())
    values = {"output_weights": 2.0, "output_bias": 0.5, "cause_weights": 3.0, "recurrent_weights": 0.0}
    values |= {"recurrent_bias": 0.0, "h0": 1.0, "causes": 0.0}
    with torch.no_grad():
        for name, value in values.items():
            getattr(model, name).fill_(value)
    return model.double()


def test_one_step_of_one_unit_is_what_a_pencil_finds():
    model = hand_made()
    c = torch.tensor([[1.0]], dtype=torch.float64)
    before, predicted = model.top_down(model.h0[None], c)
    # h⁻ = ½ · 1 + ½ (0 + 3 · 1 + 0) = 2; x̂ = 2 tanh 2 + ½.
    assert before.item() == pytest.approx(2)
    assert predicted.item() == pytest.approx(2 * math.tanh(2) + 0.5)
    after, error = bottom_up(model, before, torch.tensor([[1.0]], dtype=torch.float64), 0.1)
    # e_h = 0.1 (1 − tanh² 2) · 2 · 1.
    expected = 0.2 * (1 - math.tanh(2) ** 2)
    assert error.item() == pytest.approx(expected)
    assert after.item() == pytest.approx(2 - expected)
    # Then c = 1 − ¼ · 3 e_h, then + 2 |e_h| ½, then a pull towards the prototype 0 of −c / (2 · 4) by the rate ½.
    moved = 1 - 0.75 * expected + expected
    target = predicted[None].detach() - 1  # so that e_x = 1
    config = InferenceConfig(alpha_x=0.1, alpha_h=0.25, alpha_c=0.5, sigma_r=2.0)
    xi = torch.full((1, 1, 1), 0.5, dtype=torch.float64)
    got = infer(model, target, c, config, MixturePrior(model.causes, 2.0), noise=xi)
    assert got.item() == pytest.approx(moved - 0.5 * moved / 8)


def test_the_published_sizes_have_2792_trained_numbers():
    model = PCRNN(PCRNNConfig(), torch.Generator())
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == 2792
    learnt = PCRNN(PCRNNConfig(learn_h0=True), torch.Generator())
    assert sum(p.numel() for p in learnt.parameters() if p.requires_grad) == 2792 + 50


def test_initial_weights_have_the_published_scales():
    model = PCRNN(PCRNNConfig(n_trajectories=500, n_hidden=200, n_outputs=50), torch.Generator().manual_seed(0))
    scales = {"output_weights": 1 / 200, "recurrent_weights": 1 / 200, "cause_weights": 1 / 2, "causes": 0.01, "h0": 1}
    for name, scale in scales.items():
        values = getattr(model, name).detach()
        # The s.d. of a sample s.d. is s/√(2n), n ≥ 200: five of them are 25 %.
        assert values.std().item() == pytest.approx(scale, rel=0.25)


def test_the_same_seed_draws_the_same_model_and_leaves_torchs_generator_alone():
    before = torch.random.get_rng_state()
    first, second = (PCRNN(PCRNNConfig(), torch.Generator().manual_seed(5)).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: m.predict(torch.zeros(3, 5), 4), r"causes: expected shape \(B, 2\), got \(3, 5\)"),
        (lambda m: m.predict(torch.zeros(3, 2), 0), "n_steps: expected a whole number of at least 1, got 0"),
        (lambda m: m.check_targets(torch.zeros(3, 4, 2), 5), r"expected shape \(T, 5, 2\), time first, got \(3, 4, 2\)"),
        (lambda m: PCRNNConfig(time_constant=0.5), "time_constant: expected at least 1 step, got 0.5"),
        (lambda m: PCRNNConfig(n_hidden=0), "n_hidden"),
        (lambda m: InferenceConfig(alpha_x=-1), "alpha_x: expected a number of at least 0, got -1"),
        (lambda m: InferenceConfig(noise="loud"), "noise: expected 'error', 'constant' or 'none', got 'loud'"),
        (lambda m: MixturePrior(torch.zeros(3, 2), 0.0), "sigma"),
        (
            lambda m: infer(m, torch.zeros(4, 3, 2), torch.zeros(3, 2), InferenceConfig(), MixturePrior(m.causes, 0.1)),
            r"noise: expected standard normal numbers \(4, 3, 2\) for a noisy config, got None",
        ),
    ],
)
def test_wrong_arguments_are_named(untrained, call, words):
    with pytest.raises(ValueError, match=words):
        call(untrained)


def test_the_oracle_and_the_traced_trial_agree_in_every_hidden_state(untrained):
    model = untrained.double()
    g = torch.Generator().manual_seed(4)
    x, xi = (torch.randn(6, 5, 2, generator=g, dtype=torch.float64) for _ in range(2))
    c = torch.randn(5, 2, generator=g, dtype=torch.float64)
    after, trace = infer_traced(model, x, c, InferenceConfig(), MixturePrior(model.causes, 0.096), noise=xi)
    for b in range(5):
        args = arrays(model), 50.0, x[:, b].numpy(), c[b].numpy(), (0.1, 0.019, 0.0085, 2.6), 0.096, xi[:, b].numpy()
        causes, befores, afters = trial(*args)
        # Exponents up to (‖c‖/σ)² ≈ 500 cost three digits of float64's sixteen.
        np.testing.assert_allclose(trace.causes[:, b], causes, atol=1e-9)
        np.testing.assert_allclose(trace.hidden_prior[:, b], befores, atol=1e-9)
        np.testing.assert_allclose(trace.hidden_posterior[:, b], afters, atol=1e-9)
    assert torch.equal(after, trace.causes[-1])
    torch.testing.assert_close(trace.hidden_error, trace.hidden_prior - trace.hidden_posterior)
    torch.testing.assert_close(trace.output_error, trace.predicted - x)
