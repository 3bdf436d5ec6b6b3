"""Summary of a small evaluation."""

import pytest
import torch

pytestmark = pytest.mark.question("4")


@pytest.mark.hint("First the accuracy of each task; then mean, deviation and standard error of those n numbers.")
def test_summary_of_three_tasks(student, same):
    """Mean, deviation with n - 1, and standard error of three tasks."""
    right = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0]])
    mean, deviation, error = student.summary(right)
    same(mean, 0.75)
    same(deviation, 0.25)
    same(error, 0.1443376)
