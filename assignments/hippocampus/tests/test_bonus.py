"""Imperfect outcomes on a small example."""

import pytest
import torch

pytestmark = pytest.mark.question("bonus")


@pytest.mark.hint("Half of the four trials with the stimulus, that is two; none of the trials without it.")
def test_outcomes_follow_the_stimulus_only(student, same):
    """Exactly the share asked for of the trials with the stimulus has the outcome, no other trial has."""
    stimulus = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    outcomes = torch.as_tensor(student.imperfect_outcomes(stimulus, 0.5)).reshape(-1).double()
    same(outcomes[stimulus == 0], torch.zeros(2))
    same(outcomes.sum(), 2.0)
    same(outcomes * (1 - outcomes), torch.zeros(6))


@pytest.mark.hint("A column, like the values of get_weights: outcomes.reshape(-1, 1).")
def test_outcomes_are_a_column(student, same):
    """With reliability 1 and 0, outcomes are the stimulus itself and nothing, as a column."""
    stimulus = torch.tensor([0.0, 1.0, 1.0])
    same(student.imperfect_outcomes(stimulus, 1.0), torch.tensor([[0.0], [1.0], [1.0]]))
    same(student.imperfect_outcomes(stimulus, 0.0), torch.zeros(3, 1))
