"""A learnt precision on small examples."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("4")


@pytest.mark.hint("Each squared difference is multiplied by exp(rho_d) before the sum over d.")
def test_a_step_with_two_precisions(student, same):
    """The example of the docstring: [0, 1] becomes [0.2689, 0.5379]; nothing is changed in place."""
    patterns, states = torch.tensor([[0.0, 0.0], [1.0, 2.0]]), torch.tensor([[0.0, 1.0]])
    kept, cues = student.keep(patterns), student.keep(states)
    rho = torch.tensor([math.log(2), 0.0])
    same(student.precision_step(kept, cues, rho), torch.tensor([[0.2689414, 0.5378828]]))
    same(kept.value(), patterns, atol=0)
    same(cues.value(), states, atol=0)


@pytest.mark.hint("Start at 0; every step subtracts rate times the gradient of the mean over rows and columns.")
def test_the_number_that_is_always_wrong_loses(student, same):
    """The example of the docstring: 0 steps give 0, one step with rate 4 gives [0.5, -0.5]."""
    patterns, cues = torch.tensor([[0.0, 0.0], [1.0, 1.0]]), torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    same(student.learn_precision(patterns, cues, 0, 4.0), torch.zeros(2))
    same(student.learn_precision(patterns, cues, 1, 4.0), torch.tensor([0.5, -0.5]))


@pytest.mark.hint("The gradient is taken anew at every step, at the rho that the step before left.")
def test_it_goes_on_losing(student, holds):
    """After 40 steps the right number weighs more than ten times as much as the wrong one."""
    patterns, cues = torch.tensor([[0.0, 0.0], [1.0, 1.0]]), torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    rho = torch.as_tensor(student.learn_precision(patterns, cues, 40, 4.0), dtype=torch.float32)
    holds(bool(rho[0] - rho[1] > math.log(10)), "after 40 steps the second number weighs more than a tenth")
