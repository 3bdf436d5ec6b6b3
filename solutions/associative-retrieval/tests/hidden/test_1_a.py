"""A step of the mixture on fresh patterns, quarters whose squared distances are exact."""

import pytest
import torch

pytestmark = pytest.mark.question("1.a")


@pytest.mark.hint("Take N, B and D from the arguments; sigma is squared; the softmax runs over patterns.")
def test_steps_of_other_mixtures(student, generator, reference, same):
    """The step is right for other sizes and widths."""
    for n, b, d, sigma in ((1, 3, 2, 0.5), (6, 6, 3, 1.5), (5, 1, 12, 2.0), (9, 4, 4, 0.75)):
        patterns = torch.randint(-8, 9, (n, d), generator=generator) / 4
        states = torch.randint(-8, 9, (b, d), generator=generator) / 4
        expected = reference.mixture_step(patterns.double(), states.double(), sigma)
        same(student.mixture_step(patterns, states, sigma), expected)
