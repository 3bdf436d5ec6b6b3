"""Energy and recall on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("1.b")


@pytest.mark.hint("Minus a half of the sum over both indices; one number per row.")
def test_energy_of_two_states(student, same):
    """Two states of two units have the energies worked out by hand."""
    weights = torch.tensor([[0.0, 2.0], [2.0, 0.0]])
    same(student.energy(weights, torch.tensor([[1.0, 1.0], [1.0, -1.0]])), torch.tensor([-2.0, 2.0]))


@pytest.mark.hint("Compute all fields from the old states before any unit changes.")
def test_two_units_swap(student, same):
    """Two units that copy each other swap at every step, and 0 steps change nothing."""
    weights = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    cues = student.keep(torch.tensor([[1.0, -1.0]]))
    for n_steps, expected in ((0, [[1.0, -1.0]]), (1, [[-1.0, 1.0]]), (2, [[1.0, -1.0]])):
        same(student.recall(weights, cues, n_steps), torch.tensor(expected), atol=0)
    same(cues.value(), torch.tensor([[1.0, -1.0]]), atol=0)


@pytest.mark.hint("Where the field is 0 the unit keeps its value: torch.where(fields == 0, states, ...).")
def test_a_unit_without_a_field_keeps_its_value(student, same):
    """Units without a field stay up or down, whatever the others do."""
    cues = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    same(student.recall(torch.zeros(2, 2), cues, 3), cues, atol=0)


@pytest.mark.hint("Row i of the weights holds what unit i receives.")
def test_the_second_unit_copies_the_first(student, same):
    """With J = [[0, 0], [1, 0]] the second unit copies the first, not the other way round."""
    weights = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    cues, expected = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]), torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
    same(student.recall(weights, cues, 1), expected, atol=0)
