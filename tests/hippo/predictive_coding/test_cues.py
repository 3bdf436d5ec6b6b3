"""Poor cues carry the noise they are said to."""

import pytest
import torch

from hippo.predictive_coding import MixturePrior, expected_error_norm, first_steps, infer_traced, noisy
from hippo.predictive_coding.inference import InferenceConfig


def test_noise_has_its_standard_deviation_and_leaves_the_target_alone(data):
    kept = data.x.clone()
    cue = noisy(data.x, 0.3, torch.Generator().manual_seed(0))
    # 1,080 numbers: the s.d. of their s.d. is 0.0065.
    assert float((cue - data.x).std()) == pytest.approx(0.3, abs=0.033)
    assert torch.equal(data.x, kept)
    assert torch.equal(noisy(data.x, 0.0, torch.Generator()), data.x)


def test_the_expected_floor_is_what_right_causes_really_leave(trained, data):
    floor = expected_error_norm(trained, 60, 0.5, 0.1, torch.Generator().manual_seed(0))
    ideal = trained.predict(trained.causes, 60).detach()
    config = InferenceConfig(alpha_h=0, alpha_c=0, noise="none")
    sizes = []
    for seed in range(8):
        cue = noisy(ideal, 0.5, torch.Generator().manual_seed(100 + seed))
        _, trace = infer_traced(trained, cue, trained.causes.detach(), config, MixturePrior(trained.causes, 1.0))
        sizes.append(trace.hidden_error.norm(dim=-1).mean())
    # Two means of 8 · 9 · 60 = 4,320 norms with a coefficient of variation near 0.6 (Rayleigh: 0.52): five
    # standard errors of their difference are 7 %.
    assert floor == pytest.approx(float(torch.stack(sizes).mean()), rel=0.07)
    assert expected_error_norm(trained, 60, 0.0, 0.1, torch.Generator()) < 1e-6


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: noisy(x, -1.0, torch.Generator()), "noise_std: expected a number of at least 0, got -1.0"),
        (lambda x: first_steps(4, 5), "n_known: expected at most the 4 steps there are, got 5"),
        (lambda x: first_steps(4, 0), "n_known"),
    ],
)
def test_wrong_cues_are_named(data, call, words):
    with pytest.raises(ValueError, match=words):
        call(data.x)
