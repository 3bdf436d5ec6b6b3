"""The three measures on a small example."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("identity: argmax of the products with all patterns; exact: all units; overlap: mean product.")
def test_measures_of_two_small_states(student, same):
    """The example of the docstring gives (0.5, 0.5, 0.75)."""
    recalled = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, -1.0]])
    patterns = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, -1.0, -1.0]])
    identity, exact, overlap = student.measures(recalled, patterns)
    same(identity, 0.5)
    same(exact, 0.5)
    same(overlap, 0.75)


@pytest.mark.hint("A negative is far from its own pattern: compare products with their sign.")
def test_negatives_are_not_recalled(student, same):
    """Patterns that come back as their negatives count as nothing, and overlap by -1."""
    patterns = torch.tensor([[1.0, 1.0, 1.0, -1.0], [1.0, -1.0, 1.0, 1.0]])
    identity, exact, overlap = student.measures(-patterns, patterns)
    same(identity, 0.0)
    same(exact, 0.0)
    same(overlap, -1.0)
