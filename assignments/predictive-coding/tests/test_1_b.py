"""One correction bottom up, on small examples."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("1.b")

ONE = {"W_o": torch.tensor([[2.0]]), "W_c": torch.tensor([[3.0]])}


@pytest.mark.hint("e_h = alpha_x (1 - tanh(h)^2) W_o^T e_x; h_plus = h - e_h; the cause moves against W_c^T e_h.")
def test_one_unit_by_hand(student, same):
    """The example of the docstring: h_plus = -0.2, e_h = 0.2, c_new = 0.9."""
    args = torch.tensor([[0.0]]), torch.tensor([[1.0]]), torch.tensor([[1.0]]), torch.tensor([[0.5]])
    h_plus, e_h, c_new = student.bottom_up(ONE, *args, 0.1, 0.5, 2.0)
    same(h_plus, torch.tensor([[-0.2]]))
    same(e_h, torch.tensor([[0.2]]))
    same(c_new, torch.tensor([[0.9]]))


@pytest.mark.hint("The slope of tanh at h_minus is 1 - tanh(h_minus)^2.")
def test_a_saturated_unit_hardly_moves(student, same):
    """At h = 2 the correction is smaller by the slope of tanh there."""
    args = torch.tensor([[2.0]]), torch.tensor([[1.0]]), torch.tensor([[1.0]]), torch.tensor([[0.0]])
    h_plus, _, _ = student.bottom_up(ONE, *args, 0.1, 0.5, 2.0)
    same(h_plus, torch.tensor([[2 - 0.2 * (1 - math.tanh(2) ** 2)]]))


@pytest.mark.hint("No error, no correction; and noise counts only in proportion to the size of e_h.")
def test_without_an_error_nothing_moves(student, same):
    """With e_x = 0 the hidden state and the cause stay, whatever the noise."""
    h, c = torch.tensor([[0.3], [-1.0]]), torch.tensor([[1.0], [2.0]])
    h_plus, e_h, c_new = student.bottom_up(ONE, h, torch.zeros(2, 1), c, torch.ones(2, 1), 0.1, 0.5, 2.0)
    same(h_plus, h)
    same(e_h, torch.zeros(2, 1))
    same(c_new, c)
