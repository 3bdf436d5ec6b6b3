"""Layer norm, writing and the recurrence on examples by hand."""

import pytest
import torch

pytestmark = pytest.mark.question("2")


@pytest.mark.hint("Mean and std over the units of each state; the std has 1/H, not 1/(H - 1).")
def test_layer_norm_of_two_units(student, same):
    """The example of the docstring gives [[-2, 6]]."""
    u, gain, bias = torch.tensor([[1.0, 3.0]]), torch.tensor([2.0, 1.0]), torch.tensor([0.0, 5.0])
    same(student.layer_norm(u, gain, bias), torch.tensor([[-2.0, 6.0]]))


@pytest.mark.hint("The 1e-5 is there for states without spread: 0 / 1e-5 is 0.")
def test_units_that_are_all_alike_give_the_bias(student, same):
    """For a state without spread the result is the bias."""
    bias = torch.tensor([1.0, 2.0, 3.0])
    same(student.layer_norm(torch.full((2, 3), 4.0), torch.ones(3), bias), bias.expand(2, 3))


@pytest.mark.hint("A <- decay A + rate h h^T: the old memory fades, the new state is written in full.")
def test_a_state_is_written(student, same):
    """The example of the docstring gives [[[1, 2], [2, 5]]]."""
    memory, h = torch.tensor([[[0.0, 0.0], [0.0, 2.0]]]), torch.tensor([[1.0, 2.0]])
    same(student.write(memory, h, 0.5, 1.0), torch.tensor([[[1.0, 2.0], [2.0, 5.0]]]))


@pytest.mark.hint("Each sequence has a memory of its own.")
def test_sequences_do_not_share_a_memory(student, same):
    """Two sequences that write different states get different memories."""
    h = torch.tensor([[1.0, 0.0], [0.0, 3.0]])
    written = torch.tensor([[[0.5, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 4.5]]])
    same(student.write(torch.zeros(2, 2, 2), h, 0.9, 0.5), written)


def two_tokens(student, rate):
    x, c = torch.eye(2)[None], torch.tensor([[1.0, 3.0], [1.0, 0.8]])
    return student.states_by_matrix(x, torch.zeros(2, 2), c, torch.ones(2), torch.zeros(2), 0.9, rate, 1)


@pytest.mark.hint("The memory is written before it is read, and read with h^(0) = ReLU(z).")
def test_the_memory_changes_the_second_state(student, same):
    """The example of the docstring gives [[[0, 1], [0, 1]]]."""
    same(two_tokens(student, 0.5), torch.tensor([[[0.0, 1.0], [0.0, 1.0]]]))


@pytest.mark.hint("With rate 0 the memory stays empty.")
def test_without_writing_there_is_no_memory(student, same):
    """With rate 0 the example gives [[[0, 1], [1, 0]]]."""
    same(two_tokens(student, 0.0), torch.tensor([[[0.0, 1.0], [1.0, 0.0]]]))


@pytest.mark.hint("h_(t-1) W: a row times a matrix.")
def test_the_slow_weights_carry_the_state(student, same):
    """Without layer norm and memory, [1, 0] and W = [[0, 2], [0, 0]] lead to [0, 2]."""
    x, w = torch.tensor([[[1.0, 0.0], [0.0, 0.0]]]), torch.tensor([[0.0, 2.0], [0.0, 0.0]])
    states = student.states_by_matrix(x, w, torch.eye(2), None, None, 0.9, 0.0, 1)
    same(states, torch.tensor([[[1.0, 0.0], [0.0, 2.0]]]))
