"""Reading from states instead of a matrix, by hand."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("The newest state counts in full, each older one once more times the decay.")
def test_two_states_are_read(student, same):
    """The example of the docstring gives [[6, 5]]."""
    states, v = torch.tensor([[[1.0, 0.0], [1.0, 1.0]]]), torch.tensor([[2.0, 3.0]])
    same(student.read_by_attention(states, v, 0.5, 1.0), torch.tensor([[6.0, 5.0]]))


@pytest.mark.hint("The rate is a factor of all that is read; weights may be negative.")
def test_an_opposite_state_is_read_with_a_minus(student, same):
    """From the state [1, -1] with v = [0, 2] and rate 0.5 comes [-1, 1]."""
    states, v = torch.tensor([[[1.0, -1.0]]]), torch.tensor([[0.0, 2.0]])
    same(student.read_by_attention(states, v, 0.9, 0.5), torch.tensor([[-1.0, 1.0]]))


@pytest.mark.hint("A sum over no states is 0.")
def test_nothing_written_reads_as_nothing(student, same):
    """Without any state, zeros are read."""
    same(student.read_by_attention(torch.zeros(2, 0, 3), torch.ones(2, 3), 0.9, 0.5), torch.zeros(2, 3))
