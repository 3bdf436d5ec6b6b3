"""Storkey's rule on fresh patterns."""

import pytest
import torch

pytestmark = [pytest.mark.question("2.a"), pytest.mark.category("fresh inputs")]


@pytest.mark.hint("One pattern after the other, in the order of the rows; see the formula for what is subtracted.")
def test_storkey_of_other_sizes(student, generator, reference, same):
    """The weights are right for other numbers of patterns and units."""
    for n_patterns, n_units in ((1, 6), (2, 9), (5, 12), (12, 20)):
        x = torch.where(torch.rand(n_patterns, n_units, generator=generator) < 0.5, 1.0, -1.0)
        same(student.storkey_weights(x), reference.storkey_weights(x))
