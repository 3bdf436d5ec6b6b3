import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.patterns import binarize, random_patterns, sign

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 5), st.integers(1, 20))
def test_random_patterns_are_bipolar_and_repeat_with_the_seed(seed, n_patterns, n_units):
    first, second = (
        random_patterns(n_patterns, n_units, generator=torch.Generator().manual_seed(seed)) for _ in range(2)
    )
    assert first.shape == (n_patterns, n_units)
    assert ((first == 1) | (first == -1)).all()
    assert torch.equal(first, second)


@pytest.mark.parametrize("p_up", [0.0, 0.4, 0.6, 1.0])
def test_share_of_up_units_is_p_up(p_up, generator):
    # n = 100,000 bits: 5 standard deviations are below 0.008, false alarms 1 in 10⁶.
    share = (random_patterns(100, 1000, p_up=p_up, generator=generator) > 0).double().mean()
    assert abs(float(share) - p_up) < 0.008


def test_two_biased_patterns_overlap_by_the_square_of_their_mean(generator):
    x = random_patterns(2, 200_000, p_up=0.4, generator=generator)
    # Expected 0.04; the standard deviation is below 1/√200,000 = 0.0022, the bound is 5 of them.
    assert abs(float((x[0] * x[1]).mean()) - 0.04) < 0.011


def test_random_patterns_have_the_dtype_that_was_asked_for(generator):
    assert random_patterns(1, 1, generator=generator, dtype=torch.float64).dtype == torch.float64


def test_a_tie_goes_up_or_stays():
    zero = torch.zeros(3)
    assert torch.equal(sign(zero), torch.ones(3))
    assert torch.equal(sign(zero, previous=torch.tensor([1.0, -1.0, 0.0])), torch.tensor([1.0, -1.0, 1.0]))


@given(seeds)
def test_sign_is_odd_away_from_ties(seed):
    x = torch.randn(50, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    assert torch.equal(sign(-x), -sign(x))
    assert sign(x).dtype == x.dtype


def test_binarize_reads_bytes_and_shares_alike():
    grey = torch.arange(256, dtype=torch.uint8)
    expected = torch.where(grey.double() / 255 > 0.5, 1.0, -1.0)
    assert torch.equal(binarize(grey), expected.float())
    assert torch.equal(binarize(grey.double() / 255), expected.double())


def test_a_pixel_at_the_threshold_is_down():
    assert float(binarize(torch.tensor(0.5))) == -1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: random_patterns(0, 3, generator=g), "n_patterns: expected a whole number of at least 1, got 0"),
        (lambda g: random_patterns(3, 3, p_up=1.5, generator=g), "p_up: expected a number from 0 to 1, got 1.5"),
        (lambda g: binarize(torch.ones(3, dtype=torch.int64)), "images: expected uint8 or floating point"),
        (lambda g: binarize(torch.ones(3), threshold=-1), "threshold: expected a number from 0 to 1"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message, generator):
    with pytest.raises(ValueError, match=message):
        call(generator)
