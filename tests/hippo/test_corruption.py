import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.corruption import (
    add_gaussian_noise,
    flip,
    flip_exactly,
    occlude,
    occlude_every_second,
    salt_and_pepper,
)
from hippo.patterns import random_patterns

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 6), st.integers(1, 30))
fractions = st.floats(0, 1)

NOISE = {
    "flip": lambda x, g: flip(x, 0.3, g),
    "flip_exactly": lambda x, g: flip_exactly(x, 0.3, g),
    "salt_and_pepper": lambda x, g: salt_and_pepper(x, 0.7, g),
    "occlude": lambda x, g: occlude(x, slice(0, 2), slice(1, 3)),
    "occlude_every_second": lambda x, g: occlude_every_second(x),
    "add_gaussian_noise": lambda x, g: add_gaussian_noise(x, 0.3, g),
}


@pytest.mark.parametrize("name", NOISE)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_noise_leaves_its_input_alone_and_keeps_shape_and_dtype(name, dtype, generator):
    x = random_patterns(4, 6, generator=generator, dtype=dtype)
    before = x.clone()
    noisy = NOISE[name](x, generator)
    assert torch.equal(x, before)
    assert not torch.equal(noisy, before)
    assert (noisy.shape, noisy.dtype, noisy.device) == (x.shape, x.dtype, x.device)


@pytest.mark.parametrize("name", ["flip", "flip_exactly", "salt_and_pepper", "add_gaussian_noise"])
def test_noise_comes_from_the_generator_alone(name):
    x = torch.full((3, 50), 0.5)
    torch.manual_seed(1)
    first = NOISE[name](x, torch.Generator().manual_seed(7))
    torch.manual_seed(2)
    state = torch.random.get_rng_state()
    assert torch.equal(first, NOISE[name](x, torch.Generator().manual_seed(7)))
    assert torch.equal(state, torch.random.get_rng_state())


@given(seeds, sizes, fractions)
def test_exactly_so_many_units_are_flipped(seed, size, fraction):
    g = torch.Generator().manual_seed(seed)
    x = random_patterns(*size, generator=g)
    changed = flip_exactly(x, fraction, g) != x
    assert (changed.sum(-1) == int(size[1] * fraction)).all()


def test_every_unit_is_flipped_equally_often():
    # Each unit of 10 is flipped in 3 of 10 draws: n = 20,000, 5 s.d. are 0.0162; false alarms 6 in 10⁶.
    flipped = flip_exactly(torch.ones(20_000, 10), 0.3, torch.Generator().manual_seed(0)) < 0
    assert (flipped.double().mean(0) - 0.3).abs().max() < 0.0163


def test_rows_are_flipped_independently(generator):
    flipped = flip_exactly(torch.ones(2, 1000), 0.5, generator) < 0
    # Expected 250 units in common, hypergeometric s.d. 7.9; 5 of them.
    assert abs(int(flipped.all(0).sum()) - 250) < 40


def test_flip_probability_is_the_mean_share_and_its_count_varies(generator):
    counts = (flip(torch.ones(2000, 100), 0.2, generator) < 0).sum(-1).double()
    # Binomial(100, 0.2): mean 20, s.d. 4; over 2,000 rows 5 standard errors are 0.45 and 0.32.
    assert abs(float(counts.mean()) - 20) < 0.45
    assert abs(float(counts.std()) - 4) < 0.35


@given(seeds, sizes, fractions)
def test_salt_and_pepper_sets_halves_to_zero_and_one(seed, size, fraction):
    g = torch.Generator().manual_seed(seed)
    noisy = salt_and_pepper(torch.full(size, 0.5), fraction, g)
    count = int(size[1] * fraction)
    assert ((noisy == 0).sum(-1) == count // 2).all()
    assert ((noisy == 1).sum(-1) == count - count // 2).all()


def test_occlusion_covers_the_rectangle_only():
    x = torch.ones(2, 5, 5)
    covered = occlude(x, slice(1, 3), slice(2, None), value=-1.0)
    assert (covered[:, 1:3, 2:] == -1).all()
    assert int((covered != 1).sum()) == 2 * 2 * 3


@pytest.mark.parametrize("first", [0, 1])
def test_every_second_unit_is_covered(first):
    covered = occlude_every_second(torch.ones(2, 8), first=first)
    assert covered[0].tolist() == [float(i % 2 != first) for i in range(8)]


def test_gaussian_noise_has_its_standard_deviation(generator):
    noise = add_gaussian_noise(torch.zeros(100_000), 0.5, generator)
    # 5 standard errors of mean and s.d. over n = 100,000.
    assert abs(float(noise.mean())) < 0.008
    assert abs(float(noise.std()) - 0.5) < 0.006


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: flip(torch.ones(3), 1.1, g), "flip_probability: expected a number from 0 to 1, got 1.1"),
        (lambda g: flip(torch.ones(3, dtype=torch.uint8), 0.1, g), "patterns: expected a floating-point tensor"),
        (lambda g: flip_exactly(torch.ones(3), float("nan"), g), "flip_fraction: expected a number from 0 to 1"),
        (lambda g: salt_and_pepper(torch.ones(3), -0.1, g), "fraction: expected a number from 0 to 1"),
        (lambda g: occlude(torch.ones(3), slice(1), slice(1)), "images: expected shape"),
        (lambda g: occlude_every_second(torch.ones(3), first=2), "first: expected 0 or 1, got 2"),
        (lambda g: add_gaussian_noise(torch.ones(3), -1.0, g), "noise_std: expected a number of at least 0"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message, generator):
    with pytest.raises(ValueError, match=message):
        call(generator)
