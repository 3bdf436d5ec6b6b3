"""One visible property per question: an example from the handout, then fresh numbers."""

import pytest
import torch

HANDOUT = torch.tensor([1.0, 1.0, -1.0, -1.0]), torch.tensor([1.0, 1.0, -1.0, 1.0])


def signs(generator, *shape):
    return torch.randint(0, 2, shape, generator=generator).float() * 2 - 1


@pytest.mark.question("1")
def test_overlap_is_a_mean(student, generator, same):
    """The overlap is the mean product of the units."""
    same(student.overlap(*HANDOUT), 0.5)
    pattern, state = signs(generator, 2, 9)
    same(student.overlap(pattern, state), sum(float(p * s) for p, s in zip(pattern, state, strict=True)) / 9)


@pytest.mark.question("2")
def test_weights_join_units_that_agree(student, same):
    """Two units that agree in the only pattern get the weight 1 / N."""
    same(student.weights(torch.tensor([[1.0, 1.0]])), [[0.0, 0.5], [0.5, 0.0]])


@pytest.mark.question("3")
def test_flips_of_the_handout(student, same):
    """One unit of the handout's state is flipped."""
    same(student.flips(*HANDOUT), 1)
