"""A learnt precision of fresh patterns."""

import pytest
import torch

pytestmark = pytest.mark.question("4")


@pytest.mark.hint("Precisions are exp(rho); the softmax runs over patterns; a half stands before the sum.")
def test_steps_with_other_precisions(student, generator, reference, same):
    """The step is right for other sizes and precisions, also far from all patterns."""
    for n, b, d, scale in ((1, 2, 3, 1.0), (6, 4, 2, 1.0), (5, 5, 8, 0.5), (4, 3, 3, 20.0)):
        patterns = torch.randint(-8, 9, (n, d), generator=generator) / 4
        states = scale * torch.randint(-8, 9, (b, d), generator=generator) / 4
        rho = torch.randn(d, generator=generator)
        same(student.precision_step(patterns, states, rho), reference.precision_step(patterns, states, rho))


@pytest.mark.hint("Every step uses all cues at once; cue b belongs to pattern b.")
def test_precisions_learnt_from_other_cues(student, generator, reference, same):
    """What is learnt is right for other patterns, numbers of steps and rates."""
    for n, d, n_steps, rate in ((4, 3, 1, 2.0), (8, 5, 10, 1.0), (6, 2, 30, 0.5)):
        patterns = torch.randn(n, d, generator=generator)
        cues = patterns + torch.linspace(0, 1.5, d) * torch.randn(n, d, generator=generator)
        expected = reference.learn_precision(patterns, cues, n_steps, rate)
        same(student.learn_precision(patterns, cues, n_steps, rate), expected)
