"""Sequence weights for fresh patterns and transitions."""

import pytest
import torch

pytestmark = [pytest.mark.question("4"), pytest.mark.category("fresh inputs")]


@pytest.mark.hint("T[mu, nu] leads from mu to nu; its diagonal does not count; divide by N; J_ii = 0.")
def test_sequence_weights_of_other_transitions(student, generator, reference, same):
    """The weights are right for any matrix of transitions and any strength."""
    for n_patterns, n_units, strength in ((2, 6, 3.0), (5, 20, 1.5), (4, 9, 0.5), (7, 5, 4.0)):
        x = torch.where(torch.rand(n_patterns, n_units, generator=generator) < 0.5, 1.0, -1.0)
        transitions = torch.rand(n_patterns, n_patterns, generator=generator)
        same(student.sequence_weights(x, transitions, strength), reference.sequence_weights(x, transitions, strength))
