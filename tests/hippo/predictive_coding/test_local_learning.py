"""The local rule: its changes are sums over steps, gradients where theory says so, and they learn."""

import numpy as np
import pytest
import torch

from hippo.predictive_coding import PCRNN, InferenceConfig, LocalConfig, PCRNNConfig, infer_traced, learn_locally
from hippo.predictive_coding.local_learning import local_changes
from hippo.trajectories import letters
from tests.hippo.predictive_coding.literal import arrays


def three_letters(n_steps=60):
    model = PCRNN(
        PCRNNConfig(n_trajectories=3, n_hidden=30, n_causes=3, time_constant=30.0), torch.Generator().manual_seed(0)
    )
    model.causes.data = torch.eye(3)
    return model, letters(n_steps, "abc").x


def test_changes_are_those_of_a_literal_loop():
    model, x = three_letters(9)
    model, x = model.double(), x.double()
    config = LocalConfig(alpha_x=0.05, alpha_h=3.0, output_rate=0.3, cause_rate=0.7, recurrent_rate=1.1)
    w, tau = arrays(model), 30.0
    wanted = dict.fromkeys(("W_o", "b_o", "W_c", "W_r", "b_r"), 0.0)
    for b in range(3):
        h, c = w["h_0"], np.eye(3)[b]
        for t in range(9):
            before = (1 - 1 / tau) * h + (w["W_r"] @ np.tanh(h) + w["W_c"] @ c + w["b_r"]) / tau
            e_x = w["W_o"] @ np.tanh(before) + w["b_o"] - x[t, b].numpy()
            e_h = 0.05 * (1 - np.tanh(before) ** 2) * (w["W_o"].T @ e_x)
            c = c - 3.0 * w["W_c"].T @ e_h
            wanted["W_o"] -= 0.3 * np.outer(e_x, np.tanh(before))
            wanted["b_o"] -= 0.3 * e_x
            wanted["W_c"] -= 0.7 * np.outer(e_h, c)
            wanted["W_r"] -= 1.1 * np.outer(e_h, np.tanh(h))
            wanted["b_r"] -= 1.1 * e_h
            h = before - e_h
    changes, _ = local_changes(model, x, torch.eye(3, dtype=torch.float64), config)
    names = ("output_weights", "output_bias", "cause_weights", "recurrent_weights", "recurrent_bias")
    for letter, name in zip(wanted, names, strict=True):
        # Sums of 27 products in float64.
        np.testing.assert_allclose(changes[name].numpy(), wanted[letter], atol=1e-12)


def test_the_change_of_the_output_is_a_gradient_with_the_hidden_states_held():
    model, x = three_letters(9)
    changes, _ = local_changes(model, x, torch.eye(3), LocalConfig(output_rate=1.0))
    _, trace = infer_traced(model, x, torch.eye(3), InferenceConfig(0.001, 10.0, 0.0, noise="none"), None)
    read = trace.hidden_prior.tanh() @ model.output_weights.T + model.output_bias
    weights, bias = torch.autograd.grad((read - x).square().sum() / 2, [model.output_weights, model.output_bias])
    torch.testing.assert_close(changes["output_weights"], -weights)
    torch.testing.assert_close(changes["output_bias"], -bias)


def test_the_local_rule_learns():
    model, x = three_letters()
    losses = learn_locally(model, x, LocalConfig(n_iterations=60))
    # Published, after 100 of 3,000 iterations: 0.40 and 0.44 of the first loss.
    assert losses[-1] < 0.75 * losses[0]
    assert torch.equal(model.causes.detach(), torch.eye(3))


def test_inference_with_a_prior_rate_needs_a_prior():
    model, x = three_letters(5)
    with pytest.raises(ValueError, match=r"prior: expected a MixturePrior, as alpha_c is 0\.0085, got None"):
        infer_traced(model, x, torch.eye(3), InferenceConfig(noise="none"), None)
