"""One step top down and a rollout, on small examples."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("1.a")

ONE = {
    "W_r": torch.tensor([[0.0]]),
    "b_r": torch.tensor([0.0]),
    "W_c": torch.tensor([[3.0]]),
    "W_o": torch.tensor([[2.0]]),
    "b_o": torch.tensor([0.5]),
}


@pytest.mark.hint("1/2 of the old state, 1/2 of what drives it; the output is read from tanh of the new state.")
def test_one_step_of_one_unit(student, same):
    """One unit does what was worked out by hand: h becomes 2, the output 2 tanh(2) + 0.5."""
    h, x_hat = student.top_down(ONE, torch.tensor([[1.0]]), torch.tensor([[1.0]]), 2.0)
    same(h, torch.tensor([[2.0]]))
    same(x_hat, torch.tensor([[2 * math.tanh(2) + 0.5]]))


@pytest.mark.hint("The recurrent weights see tanh(h), and row i holds what unit i receives: tanh(h) @ W_r.T.")
def test_the_second_unit_hears_the_first(student, same):
    """With W_r = [[0, 0], [1, 0]] and tau = 1, the second unit becomes tanh of the first."""
    net = {
        "W_r": torch.tensor([[0.0, 0.0], [1.0, 0.0]]),
        "b_r": torch.tensor([0.25, 0.0]),
        "W_c": torch.zeros(2, 1),
        "W_o": torch.eye(2),
        "b_o": torch.zeros(2),
    }
    h, x_hat = student.top_down(net, torch.tensor([[2.0, -1.0]]), torch.tensor([[7.0]]), 1.0)
    same(h, torch.tensor([[0.25, math.tanh(2)]]))
    same(x_hat, torch.tensor([[math.tanh(0.25), math.tanh(math.tanh(2))]]))


@pytest.mark.hint("The first output comes after the first step, not before it; time is the first axis.")
def test_rollout_of_one_unit(student, same):
    """With tau = 2 and c = 1 the unit goes 1, 2, 2.5, and every output is 2 tanh(h) + 0.5."""
    got = student.rollout(ONE, torch.tensor([1.0]), torch.tensor([[1.0]]), 2, 2.0)
    same(got, torch.tensor([[[2 * math.tanh(2) + 0.5]], [[2 * math.tanh(2.5) + 0.5]]]))
