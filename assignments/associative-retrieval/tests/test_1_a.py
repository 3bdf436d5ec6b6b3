"""A step of the mixture on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("1.a")


@pytest.mark.hint("Weights are a softmax over patterns of minus the squared distance over 2 sigma^2.")
def test_a_step_between_two_patterns(student, same):
    """The example of the docstring: 0.5 stays, and 0 becomes 0.3775; nothing is changed in place."""
    patterns, states = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.5], [0.0]])
    kept, cues = student.keep(patterns), student.keep(states)
    same(student.mixture_step(kept, cues, 1.0), torch.tensor([[0.5], [0.3775407]]))
    same(kept.value(), patterns, atol=0)
    same(cues.value(), states, atol=0)


@pytest.mark.hint("The width enters as sigma squared.")
def test_a_narrow_mixture_gives_the_nearest_pattern(student, same):
    """With sigma 0.1 a state near one of three patterns becomes that pattern, whatever their norms are."""
    patterns = torch.tensor([[0.0, 0.0], [2.0, 2.0], [1.0, 0.0]])
    same(student.mixture_step(patterns, torch.tensor([[1.25, 0.25], [0.0, -0.5]]), 0.1), patterns[[2, 0]])


@pytest.mark.hint("Use torch.softmax, or subtract the largest exponent before exp.")
def test_a_state_far_from_all_patterns_still_finds_the_nearest(student, same):
    """A state 60 widths away from everything becomes the nearest pattern, not nan."""
    patterns = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    same(student.mixture_step(patterns, torch.tensor([[8.0, 0.0]]), 0.125), patterns[:1])
