"""Leave one out on small examples."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("1.b")


@pytest.mark.hint("Entry k is the mean over the others: K - 1 of them, and never w_k.")
def test_leave_one_out_of_small_rows(student, same):
    """Of two samples each leaves the other; of three equal ones each leaves their common value."""
    same(student.leave_one_out(torch.tensor([[1.5, -2.0]])), torch.tensor([[-2.0, 1.5]]))
    same(student.leave_one_out(torch.tensor([[-3.0, -3.0, -3.0]])), torch.full((1, 3), -3.0))
    log_w = torch.tensor([[0.0, math.log(2), math.log(4)]])
    same(student.leave_one_out(log_w), torch.log(torch.tensor([[3.0, 2.5, 1.5]])))


@pytest.mark.hint("Do not subtract w_k from the sum of all: set it to minus infinity and sum the others.")
def test_leave_one_out_of_a_leading_sample(student, same, holds):
    """The example of the docstring comes out: without the leader the others are left, however small."""
    got = torch.as_tensor(student.leave_one_out(torch.tensor([[0.0, -50.0, -60.0, -70.0]])))
    holds(bool(got.isfinite().all()), "An entry is not finite.")
    same(got, torch.tensor([[-51.0986, -1.0986, -1.0986, -1.0986]]))
