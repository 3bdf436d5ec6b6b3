import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo import metrics
from hippo.patterns import random_patterns

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 5), st.integers(1, 40))
def test_overlap_bit_errors_and_mse_agree(seed, n_patterns, n_units):
    g = torch.Generator().manual_seed(seed)
    s, x = (random_patterns(n_patterns, n_units, generator=g, dtype=torch.float64) for _ in range(2))
    errors = metrics.bit_errors(s, x)
    assert torch.allclose(errors.double(), n_units * (1 - metrics.overlap(s, x)) / 2)
    assert torch.allclose(metrics.mse(s, x), 4 * errors.double().mean() / n_units)
    pairs = zip(s.tolist(), x.tolist(), strict=True)
    assert errors.tolist() == [sum(a != b for a, b in zip(*pair, strict=True)) for pair in pairs]


def test_overlaps_compare_each_state_with_each_pattern(generator):
    states, patterns = random_patterns(3, 20, generator=generator), random_patterns(4, 20, generator=generator)
    expected = torch.stack([torch.stack([metrics.overlap(s, x) for x in patterns]) for s in states])
    assert torch.allclose(metrics.overlaps(states, patterns), expected)
    assert metrics.overlaps(states[0], patterns).shape == (4,)


def test_overlap_is_one_with_itself_and_minus_one_with_the_negative(generator):
    x = random_patterns(3, 7, generator=generator)
    assert torch.allclose(metrics.overlap(x, x), torch.ones(3))
    assert torch.allclose(metrics.overlap(-x, x), -torch.ones(3))


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (metrics.capacity_amit, 13.8),
        (metrics.capacity_mceliece, 100 / (2 * math.log(100))),
        (metrics.capacity_mceliece_all, 100 / (4 * math.log(100))),
        (metrics.capacity_binary, 100 / (2 * math.log2(100))),
        (metrics.capacity_storkey, 100 / math.sqrt(2 * math.log(100))),
        (metrics.capacity_projection, 100.0),
        (lambda n: metrics.capacity_polynomial(n, 2), 100 / (2 * math.log(100))),
        (lambda n: metrics.capacity_polynomial(n, 4), 100**3 / (2 * 15 * math.log(100))),
    ],
)
def test_capacity_bounds_follow_their_formulas(bound, expected):
    assert bound(100) == pytest.approx(expected)


def test_the_course_bound_is_41_for_mnist_and_stricter_than_the_natural_one():
    assert round(metrics.capacity_binary(784)) == 41
    assert metrics.capacity_mceliece(784) / metrics.capacity_binary(784) == pytest.approx(1 / math.log(2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.overlap(torch.ones(3), torch.ones(4)), r"states: expected as many units .*\(4,\), got \(3,\)"),
        (lambda: metrics.mse(torch.ones(3, 1), torch.ones(3)), r"values: expected the shape of expected, \(3,\)"),
        (lambda: metrics.mse(torch.ones(3, dtype=torch.uint8), torch.ones(3)), "values: expected a floating-point"),
        (lambda: metrics.capacity_mceliece(1), "n_units: expected a whole number of at least 2, got 1"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_nearest_pattern_is_the_one_at_the_least_distance(generator):
    states, patterns = random_patterns(30, 21, generator=generator), random_patterns(9, 21, generator=generator)
    distances = torch.cdist(states, patterns)
    assert torch.equal(metrics.nearest(states, patterns), distances.argmin(-1))
    batch = metrics.nearest(states.reshape(3, 10, 21), patterns.reshape(3, 3, 21))
    expected = [
        metrics.nearest(s, x) for s, x in zip(states.reshape(3, 10, 21), patterns.reshape(3, 3, 21), strict=True)
    ]
    assert torch.equal(batch, torch.stack(expected))
    assert metrics.nearest(torch.ones(2), torch.ones(3, 2)) == 0
