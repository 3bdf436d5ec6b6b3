"""Summary of other evaluations."""

import pytest
import torch

pytestmark = pytest.mark.question("4")


@pytest.mark.hint("n is the number of tasks, not of queries.")
def test_summary_of_other_tasks(student, generator, reference, same):
    """The three numbers are right for other numbers of tasks and queries."""
    for n, m in ((2, 3), (7, 10), (40, 1), (200, 5)):
        right = (torch.rand(n, m, generator=generator) < torch.rand(n, 1, generator=generator)).float()
        for got, expected in zip(student.summary(right), reference.summary(right), strict=True):
            same(got, expected)
