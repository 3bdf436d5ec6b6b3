"""The bound on small examples."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("1.a")


@pytest.mark.hint("The logarithm of a mean: log-sum-exp, then minus log K.")
def test_bound_of_two_small_rows(student, same):
    """The examples of the docstring come out, and one sample is its own bound."""
    same(student.bound(torch.tensor([[0.0, 0.0], [0.0, math.log(3)]])), torch.tensor([0.0, math.log(2)]))
    same(student.bound(torch.tensor([[-7.0], [2.0]])), torch.tensor([-7.0, 2.0]))


@pytest.mark.hint("exp(-400) is 0 in float32: subtract the largest log-weight before, or use torch.logsumexp.")
def test_bound_of_very_small_weights(student, same, holds):
    """Log-weights like those of images give a finite bound."""
    got = torch.as_tensor(student.bound(torch.tensor([[-400.0, -400.0], [300.0, 0.0]])))
    holds(bool(got.isfinite().all()), "The bound is not finite.")
    same(got, torch.tensor([-400.0, 300.0 - math.log(2)]))
