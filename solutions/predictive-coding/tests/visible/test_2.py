"""The pull of the prior on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("2")


@pytest.mark.hint("Divide by 2 sigma^2, and mind the sign: towards the prototype.")
def test_one_prototype_pulls(student, same):
    """With the one prototype 0, g(c) is -c / (2 sigma^2)."""
    same(student.prior_gradient(torch.tensor([[3.0]]), torch.zeros(1, 1), 1.0), torch.tensor([[-1.5]]))
    got = student.prior_gradient(torch.tensor([[3.0, -1.0]]), torch.zeros(1, 2), 0.5)
    same(got, torch.tensor([[-6.0, 2.0]]))


@pytest.mark.hint("The shares r_k sum to 1; half way between two prototypes each is 1/2.")
def test_half_way_nothing_pulls(student, same):
    """Half way between two prototypes the pulls cancel."""
    same(student.prior_gradient(torch.zeros(1, 1), torch.tensor([[-1.0], [1.0]]), 0.7), torch.zeros(1, 1))


@pytest.mark.hint("torch.softmax of -|c - mu|^2 / (2 sigma^2) never divides 0 by 0.")
def test_a_far_cause_is_pulled_to_the_nearest_prototype(student, same):
    """From far away only the nearest prototype pulls, and no number is nan."""
    got = student.prior_gradient(torch.tensor([[50.0]]), torch.tensor([[-1.0], [1.0]]), 0.5)
    same(got, torch.tensor([[-98.0]]), atol=0.1)
