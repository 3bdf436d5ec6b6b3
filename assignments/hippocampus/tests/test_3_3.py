"""Sensory preconditioning: trials, read-out and test on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("3.3")


def in_order(rows):
    """The rows, sorted, so that their order does not matter."""
    return torch.tensor(sorted(torch.as_tensor(rows).tolist()))


@pytest.mark.hint("Four rows; columns s1, s2, c1, c2. The stimuli are the same in all rows, the contexts differ.")
def test_trials_with_one_stimulus(student, same):
    """s1 alone in the four contexts gives four rows."""
    rows = student.stimulus_rows(1, 0)
    same(in_order(rows), torch.tensor([[1.0, 0, 0, 0], [1, 0, 0, 1], [1, 0, 1, 0], [1, 0, 1, 1]]))


@pytest.mark.hint("A network takes floating-point inputs: torch.tensor(..., dtype=torch.float32).")
def test_trials_are_floating_point(student, holds):
    """Trials can be put into a network: their elements are floating-point numbers."""
    for rows in (student.stimulus_rows(0, 1), student.preconditioning_rows()):
        holds(torch.as_tensor(rows).is_floating_point(), "trials must be floating-point numbers")


@pytest.mark.hint("Ten rows; s1 and s2 are equal in each.")
def test_preconditioning_has_ten_trials(student, same, holds):
    """There are ten preconditioning trials, five with both stimuli and five with neither."""
    rows = torch.as_tensor(student.preconditioning_rows())
    holds(tuple(rows.shape) == (10, 4), f"the trials must have shape (10, 4), got {tuple(rows.shape)}")
    same(rows[:, 0], rows[:, 1])
    same(rows[:, 0].sum(), 5.0)


@pytest.mark.hint("lamb is added on the diagonal of F^T F.")
def test_weights_of_one_feature(student, same):
    """Ridge regression with one feature is right, for two values of lambda."""
    F, V = torch.tensor([[1.0], [1.0]]), torch.tensor([[1.0], [2.0]])
    same(student.get_weights(F, V, 1.0), torch.tensor([[1.0]]))
    same(student.get_weights(F, V), torch.tensor([[3 / 2.001]]))


@pytest.mark.hint("The matrix product of features and weights, in this order.")
def test_values_of_two_features(student, same):
    """The values predicted from two features are right."""
    weights, features = torch.tensor([[2.0], [1.0]]), torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    same(student.evaluate(weights, features), torch.tensor([[2.0], [3.0]]))


@pytest.mark.hint("Learn from the rows of s1 (outcome 1) and of neither (outcome 0) only; then evaluate all three.")
def test_responses_in_one_context(student, same):
    """The response goes with the hidden unit that s1 switches on."""
    s1, s2, neither = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 1.0]]), torch.tensor([[0.0, 1.0]])
    responses = student.conditioned_responses(s1, s2, neither)
    for response, expected in zip(responses, (1.0, 1.0, 0.0), strict=True):
        same(torch.as_tensor(response).reshape(-1), torch.tensor([expected]), atol=0.01)
