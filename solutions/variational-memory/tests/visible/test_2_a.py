"""The loss and its gradient on small examples."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("2.a")


@pytest.mark.hint("-(L_K + sum of brackets times log q); the bracket of two equal weights is 0 - 0 - 1/2.")
def test_loss_of_two_equal_samples(student, same):
    """The example of the docstring comes out."""
    same(student.surrogate_loss(torch.zeros(1, 2), torch.tensor([[-1.0, -3.0]]), torch.zeros(1, 2)), -2.0)


@pytest.mark.hint("The mean over queries, not the sum.")
def test_loss_is_a_mean_over_queries(student, same):
    """Twice the same query has the loss of one."""
    same(student.surrogate_loss(torch.zeros(2, 2), torch.tensor([[-1.0, -3.0], [-1.0, -3.0]]), torch.zeros(2, 2)), -2.0)


@pytest.mark.hint("Rising is the opposite of the loss; each tuple of addresses has a gradient of its own.")
def test_gradient_of_two_equal_addresses(student, same):
    """The examples of the docstring come out."""
    tuples, baselines = torch.tensor([[0, 1], [0, 0]]), torch.full((2, 2), math.log(2))
    got = student.address_gradient(torch.zeros(2), torch.zeros(2), tuples, baselines)
    same(got, torch.tensor([[0.0, 0.0], [-0.5, 0.5]]))
