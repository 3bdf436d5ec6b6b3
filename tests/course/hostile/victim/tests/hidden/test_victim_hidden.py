"""What is run with fresh numbers only; sizes are odd, so that no overlap is zero."""

import pytest
import torch


def signs(generator, *shape):
    return torch.randint(0, 2, shape, generator=generator).double() * 2 - 1


@pytest.mark.question("1")
def test_overlap_for_any_number_of_units(student, reference, generator, same):
    """The overlap is right for random patterns of any length."""
    for n_units in (7, 31):
        pattern, state = signs(generator, 2, n_units)
        same(student.overlap(pattern.float(), state.float()), reference.overlap(pattern, state))


@pytest.mark.question("2")
def test_weights_of_random_patterns(student, reference, generator, same):
    """The weights are right for random patterns."""
    patterns = signs(generator, 3, 9)
    same(student.weights(patterns.float()), reference.weights(patterns))


@pytest.mark.question("3")
def test_flips_of_random_patterns(student, reference, generator, same):
    """The number of flipped units is right for random patterns."""
    pattern, state = signs(generator, 2, 31)
    same(student.flips(pattern.float(), state.float()), reference.flips(pattern, state))
