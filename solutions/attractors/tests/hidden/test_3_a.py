"""The three measures on fresh states."""

import pytest
import torch

pytestmark = [pytest.mark.question("3.a"), pytest.mark.category("fresh inputs")]


@pytest.mark.hint("Shares are of rows, not of units; each row is compared with its own pattern.")
def test_measures_of_other_states(student, generator, reference, same):
    """The measures are right for states that are partly, wholly and not at all recalled."""
    for n_patterns, n_units, noise in ((4, 9, 0.0), (10, 15, 0.1), (20, 7, 0.3), (6, 12, 0.5), (1, 5, 0.2)):
        x = torch.where(torch.rand(n_patterns, n_units, generator=generator) < 0.5, 1.0, -1.0)
        flips = torch.rand(n_patterns, n_units, generator=generator) < noise
        recalled = torch.where(flips, -x, x)
        for got, expected in zip(student.measures(recalled, x), reference.measures(recalled, x), strict=True):
            same(got, expected)
