import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.hopfield import recall, update
from hippo.learning_rules import covariance, hebb, outer_product, projection, pseudo_inverse, without_self_coupling
from hippo.metrics import overlap
from hippo.patterns import random_patterns

seeds = st.integers(0, 2**32 - 1)
# One unit, one pattern and more patterns than units are in the range on purpose.
sizes = st.tuples(st.integers(1, 12), st.integers(1, 10))

RULES = {
    "covariance": lambda x: covariance(x, 0.4),
    "hebb": hebb,
    "outer_product": outer_product,
    "pseudo_inverse": pseudo_inverse,
    "projection": projection,
}


def draw(seed, size, dtype=torch.float64):
    return random_patterns(*size, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("name", RULES)
@given(seeds, sizes)
def test_weights_are_symmetric_and_inputs_unchanged(name, seed, size):
    x = draw(seed, size)
    before = x.clone()
    w = RULES[name](x)
    assert w.shape == (size[1], size[1])
    assert w.dtype == x.dtype
    assert torch.allclose(w, w.mT, atol=1e-10)
    assert torch.equal(x, before)


@pytest.mark.parametrize("rule", [hebb, outer_product])
@given(seeds, sizes)
def test_outer_products_have_no_self_coupling(rule, seed, size):
    assert not rule(draw(seed, size)).diagonal().any()


@pytest.mark.parametrize("name", RULES)
@given(seeds, sizes)
def test_permuting_units_permutes_the_weights(name, seed, size):
    x = draw(seed, size)
    order = torch.randperm(size[1], generator=torch.Generator().manual_seed(seed))
    assert torch.allclose(RULES[name](x[:, order]), RULES[name](x)[order][:, order], atol=1e-10)


@pytest.mark.parametrize("name", RULES)
def test_a_batch_of_pattern_sets_gives_a_batch_of_weights(name, generator):
    x = random_patterns(12, 9, generator=generator, dtype=torch.float64).reshape(4, 3, 9)
    expected = torch.stack([RULES[name](one) for one in x])
    assert torch.allclose(RULES[name](x), expected, atol=1e-10)


@given(seeds, sizes)
def test_hebb_is_additive_over_patterns_and_blind_to_their_sign(seed, size):
    x = draw(seed, size)
    assert torch.allclose(hebb(x), sum(hebb(one[None]) for one in x), atol=1e-12)
    assert torch.equal(hebb(-x), hebb(x))


@given(seeds, sizes)
def test_outer_product_equals_a_slow_loop(seed, size):
    x = draw(seed, size)
    theta = x.mean().item()
    slow = torch.zeros(size[1], size[1], dtype=torch.float64)
    for pattern in x.tolist():
        for i, a in enumerate(pattern):
            for j, b in enumerate(pattern):
                if i != j:
                    slow[i, j] += (a - theta) * (b - theta) / len(x)
    assert torch.allclose(outer_product(x), slow, atol=1e-12)


@given(seeds, sizes)
def test_whole_numbered_outer_products_are_the_same_weights_and_whole(seed, size):
    x = draw(seed, size, torch.float32)
    w = outer_product(x, integer=True)
    scale = size[0] ** 2 * size[1] ** 2
    assert w.dtype == torch.float64
    assert torch.equal(w, w.round())
    assert torch.allclose(w / scale, outer_product(x.double()), atol=1e-10)


@given(seeds, sizes)
def test_whole_numbered_hebb_is_n_times_the_weights(seed, size):
    x = draw(seed, size)
    w = hebb(x, integer=True)
    assert torch.equal(w, w.round())
    assert torch.allclose(w, size[1] * hebb(x), atol=1e-12)


def test_whole_numbers_that_the_dtype_cannot_hold_are_refused():
    with pytest.raises(ValueError, match="patterns: expected fields up to 16777216"):
        hebb(torch.ones(2**13, 2**12), integer=True)


@given(seeds, sizes, st.floats(1e-3, 10))
def test_pseudo_inverse_equals_the_other_form_of_the_equation(seed, size, regularization):
    x = draw(seed, size)
    p, n = size
    other = torch.linalg.inv(x.T @ x + regularization * torch.eye(n, dtype=x.dtype)) @ x.T @ x / p
    assert torch.allclose(pseudo_inverse(x, regularization), other, atol=1e-9)


@given(seeds, sizes)
def test_projection_equals_the_moore_penrose_oracle_and_is_idempotent(seed, size):
    x = draw(seed, size)
    w = projection(x)
    assert torch.allclose(w, torch.linalg.pinv(x) @ x, atol=1e-9)
    assert torch.allclose(w @ w, w, atol=1e-9)
    assert float(w.trace()) == pytest.approx(float(torch.linalg.matrix_rank(x)), abs=1e-8)


@given(seeds, st.integers(1, 20))
def test_projection_keeps_every_stored_pattern_and_pseudo_inverse_nearly(seed, n_patterns):
    x = draw(seed, (n_patterns, 40))
    assert torch.allclose(x @ projection(x), x, atol=1e-8)
    for w in (projection(x), pseudo_inverse(x)):
        assert torch.equal(update(x, w), x)
        assert torch.equal(update(-x, w), -x)


def test_pseudo_inverse_tends_to_the_projection(generator):
    x = random_patterns(5, 30, generator=generator, dtype=torch.float64)
    gaps = [float((len(x) * pseudo_inverse(x, lamb) - projection(x)).abs().max()) for lamb in (1e-1, 1e-2, 1e-3)]
    # First order in λ: ten times less regularisation, ten times less of a gap.
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.05)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.01)


def test_wrong_bits_after_one_step_are_as_many_as_theory_says(generator):
    # Crosstalk of P − 1 random patterns is Gaussian with variance (P − 1)/N (Hertz, Krogh & Palmer
    # 1991, section 2.2): P_error = ½ erfc(√(N / 2(P − 1))). N = 400, α = 0.2, n = 30·80·400 = 960,000
    # bits, of which 11,860 are expected wrong; with correlated bits 10 % is above 5 s.d.
    n_units, n_patterns = 400, 80
    x = random_patterns(30 * n_patterns, n_units, generator=generator).reshape(30, n_patterns, n_units)
    wrong = (update(x, hebb(x, integer=True)) != x).double().mean()
    expected = 0.5 * math.erfc(math.sqrt(n_units / (2 * (n_patterns - 1))))
    assert float(wrong) == pytest.approx(expected, rel=0.1)


def test_without_self_coupling_keeps_everything_else():
    w = without_self_coupling(torch.arange(9.0).reshape(3, 3))
    assert w.tolist() == [[0, 1, 2], [3, 0, 5], [6, 7, 0]]


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("wrong", [torch.ones(5), torch.ones(0, 5), torch.ones(2, 5, dtype=torch.int64)])
def test_wrong_patterns_are_refused_by_name(name, wrong):
    with pytest.raises(ValueError, match="patterns: expected"):
        RULES[name](wrong)


def test_wrong_values_are_refused_by_name():
    with pytest.raises(ValueError, match=r"patterns: expected the values -1, \+1 only, got 0.5"):
        outer_product(torch.full((1, 2), 0.5), integer=True)
    with pytest.raises(ValueError, match="regularization: expected a number above 0, got 0"):
        pseudo_inverse(torch.ones(2, 3), regularization=0)


@given(seeds, sizes, st.floats(0.1, 0.9))
def test_covariance_equals_a_slow_loop(seed, size, p_up):
    x = draw(seed, size)
    mean, n = 2 * p_up - 1, size[1]
    slow = torch.zeros(n, n, dtype=torch.float64)
    for pattern in x.tolist():
        for i, a in enumerate(pattern):
            for j, b in enumerate(pattern):
                if i != j:
                    slow[i, j] += (a - mean) * (b - mean) / (4 * n * p_up * (1 - p_up))
    assert torch.allclose(covariance(x, p_up), slow, atol=1e-12)


@given(seeds, sizes)
def test_covariance_of_unbiased_patterns_is_hebb(seed, size):
    x = draw(seed, size)
    assert torch.allclose(covariance(x, 0.5), hebb(x), atol=1e-12)


def test_covariance_recalls_biased_patterns_that_hebb_runs_together(generator):
    p_up = 0.3
    x = random_patterns(30, 500, p_up=p_up, generator=generator)  # α = 0.06, overlaps of 0.16
    kept = recall(covariance(x, p_up), x, threshold=1 - 2 * p_up, n_steps=20)
    assert float(overlap(kept, x).mean()) > 0.99
    # Hebb's network ends near the mean pattern, which overlaps with each by 0.4.
    assert float(overlap(recall(hebb(x), x, n_steps=20), x).mean()) < 0.7


@pytest.mark.parametrize("arguments", [(torch.ones(2, 3),), (-torch.ones(2, 3),), (torch.ones(2, 3), 1.0)])
def test_patterns_without_variance_have_no_covariance(arguments):
    with pytest.raises(ValueError, match=r"patterns: expected both \+1 and -1"):
        covariance(*arguments)
