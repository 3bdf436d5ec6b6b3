"""A step of the modern Hopfield network on fresh patterns."""

import pytest
import torch

pytestmark = pytest.mark.question("1.b")


@pytest.mark.hint("beta multiplies the products; torch.softmax runs over patterns and stands large exponents.")
def test_steps_of_other_networks(student, generator, reference, same):
    """The step is right for other sizes, and for products whose exponentials are too large for the computer."""
    for n, b, d, beta in ((1, 3, 2, 0.5), (6, 6, 3, 1.5), (5, 1, 12, 0.25), (4, 3, 6, 100.0)):
        patterns = torch.randint(-8, 9, (n, d), generator=generator) / 4
        states = torch.randint(-8, 9, (b, d), generator=generator) / 4
        expected = reference.hopfield_step(patterns.double(), states.double(), beta)
        same(student.hopfield_step(patterns, states, beta), expected)
