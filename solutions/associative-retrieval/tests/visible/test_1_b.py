"""A step of the modern Hopfield network on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("1.b")


@pytest.mark.hint("Weights are a softmax over patterns of beta times the products.")
def test_an_update_between_two_patterns(student, same):
    """The example of the docstring: [1, 0] becomes [0.8808, 0.1192]; nothing is changed in place."""
    patterns, states = torch.eye(2), torch.tensor([[1.0, 0.0]])
    kept, cues = student.keep(patterns), student.keep(states)
    same(student.hopfield_step(kept, cues, 2.0), torch.tensor([[0.8807971, 0.1192029]]))
    same(kept.value(), patterns, atol=0)
    same(cues.value(), states, atol=0)


@pytest.mark.hint("Nothing corrects for the norm: the larger product wins.")
def test_the_largest_product_wins(student, same):
    """A large pattern takes over from the one that was shown."""
    patterns = torch.tensor([[1.0, 0.0], [3.0, 3.0]])
    same(student.hopfield_step(patterns, patterns[:1], 20.0), patterns[1:])
