"""Three answers on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("2.b")


@pytest.mark.hint("rate and relative look at the own pattern's distance, identity at the nearest pattern.")
def test_three_patterns_on_a_line(student, same):
    """The example of the docstring gives 1, 2/3 and 2/3; with a threshold of 1.5 the rate is 1/3."""
    patterns, readouts = torch.tensor([[0.0], [3.0], [9.0]]), torch.tensor([[2.0], [3.0], [7.0]])
    for got, expected in zip(student.success(patterns, readouts, 2.5), (1.0, 2 / 3, 2 / 3), strict=True):
        same(got, expected)
    for got, expected in zip(student.success(patterns, readouts, 1.5), (1 / 3, 2 / 3, 2 / 3), strict=True):
        same(got, expected)


@pytest.mark.hint("A pattern is not its own neighbour; of two equal patterns the first is the nearest.")
def test_a_duplicate_pattern(student, same):
    """Of two equal patterns both are within the threshold, one is identified, neither is near enough in relation."""
    patterns = torch.tensor([[0.0, 0.0], [0.0, 0.0], [9.0, 9.0]])
    for got, expected in zip(student.success(patterns, patterns, 1.0), (1.0, 2 / 3, 1 / 3), strict=True):
        same(got, expected)
