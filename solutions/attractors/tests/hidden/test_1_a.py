"""Hebb's rule on fresh patterns."""

import pytest
import torch

pytestmark = [pytest.mark.question("1.a"), pytest.mark.category("fresh inputs")]


@pytest.mark.hint("Take P and N from the patterns; more patterns than units and biased ones are allowed.")
def test_hebb_of_other_sizes(student, generator, reference, same):
    """The weights are right for other numbers of patterns and units."""
    for n_patterns, n_units in ((1, 5), (7, 4), (12, 40), (3, 1)):
        x = torch.where(torch.rand(n_patterns, n_units, generator=generator) < 0.4, 1.0, -1.0)
        same(student.hebb_weights(x), reference.hebb_weights(x.double()))
