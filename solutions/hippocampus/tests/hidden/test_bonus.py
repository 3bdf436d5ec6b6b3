"""Imperfect outcomes on fresh inputs."""

import pytest
import torch

pytestmark = [pytest.mark.question("bonus"), pytest.mark.category("fresh inputs")]


@pytest.mark.hint("round(r * n1) of the n1 trials with the stimulus; outcomes are 0 or 1.")
def test_outcomes_are_exact_in_number(student, generator, same):
    """The number of outcomes is exact for other shares and numbers of trials."""
    small, large = ((16, 5, 12), (9, 0, 4), (4, 12, 1)), ((300, 40, 100), (400, 9, 280), (350, 0, 175), (500, 3, 200))
    for present, absent, count in (*small, *large, (320, 80, 240)):
        order = torch.randperm(present + absent, generator=generator)
        stimulus = torch.cat([torch.ones(present), torch.zeros(absent)])[order]
        outcomes = torch.as_tensor(student.imperfect_outcomes(stimulus, count / present)).reshape(-1).double()
        same(outcomes.shape[0], present + absent, atol=0)
        same(outcomes[stimulus == 0], torch.zeros(absent))
        same(outcomes * (1 - outcomes), torch.zeros(present + absent))
        same(outcomes.sum(), count)


@pytest.mark.hint("Draw the trials with torch.randperm, anew in every call.")
@pytest.mark.category("randomness")
def test_outcomes_are_random(student, holds):
    """Which trials have the outcome is drawn at random, anew in every call."""
    # 200 of 400: the number in the first half is hypergeometric, mean 100, s.d. 5.0; 7 s.d. = 35, tail below 3e-12.
    stimulus = torch.ones(400)
    first = torch.as_tensor(student.imperfect_outcomes(stimulus, 0.5)).reshape(-1)
    second = torch.as_tensor(student.imperfect_outcomes(stimulus, 0.5)).reshape(-1)
    holds(abs(float(first[:200].sum()) - 100) < 35, "the outcomes gather in one half of the trials")
    holds(abs(float(first[::2].sum()) - 100) < 35, "the outcomes follow a pattern")
    holds(not torch.equal(first, second), "two calls must not give the same outcomes")


@pytest.mark.hint("Make a new tensor of zeros for the outcomes.")
@pytest.mark.category("arguments left as they are")
def test_outcomes_leave_the_stimulus_alone(student, generator, same):
    """The stimulus handed in is the same afterwards."""
    stimulus = (torch.rand(12, generator=generator) < 0.7).float()
    kept = student.keep(stimulus)
    student.imperfect_outcomes(kept, 0.5)
    same(kept.value(), stimulus, atol=0)
