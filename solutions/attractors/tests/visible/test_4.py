"""Sequence weights on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("4")

PATTERNS = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0]])


@pytest.mark.hint("J x^mu is x^mu plus strength times the pattern that follows (minus what the diagonal held).")
def test_a_pattern_is_pushed_to_the_next(student, holds):
    """From each of three patterns the fields point to the next of the cycle."""
    cycle = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    weights = torch.as_tensor(student.sequence_weights(PATTERNS, cycle, 3.0), dtype=torch.float32)
    fields = PATTERNS @ weights.T
    holds(bool((fields.sign() == PATTERNS.roll(-1, 0)).all()), "the fields of a pattern do not point to the next one")


@pytest.mark.hint("Without transitions it is Hebb's rule; the diagonal is 0.")
def test_without_strength_it_is_hebb(student, same):
    """With strength 0 the weights are Hebb's, and the patterns are left alone."""
    kept = student.keep(PATTERNS[:1])
    same(student.sequence_weights(kept, torch.zeros(1, 1), 0.0), (torch.ones(4, 4) - torch.eye(4)) / 4)
    same(kept.value(), PATTERNS[:1])
