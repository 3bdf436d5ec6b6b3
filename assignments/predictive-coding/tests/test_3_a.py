"""The retrieval loop on chains that jump about."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("Trials are numbered from 0, each starts from the causes of the one before; keep the lowest error.")
def test_two_trials_by_hand(student, same):
    """From 0 the two trials lead to 0 and to 2 sin(1), and the second is the better one."""
    got = student.retrieve(student.ref("jump"), student.ref("distance"), torch.zeros(1, 2), 2)
    end = 2 * math.sin(1)
    same(got[0], torch.tensor([[end, end]]))
    same(got[1], torch.tensor([math.sqrt(2) * abs(end - 1)]))
    same(got[2], torch.tensor([[end, end]]))


@pytest.mark.hint("The causes to start from are no answer, however good: only what a trial returned counts.")
def test_the_start_does_not_compete(student, same):
    """A chain that starts at the goal and is led away by its only trial has not found it."""
    end = 2 * math.sin(3)
    best, best_error, last = student.retrieve(student.ref("jump"), student.ref("distance"), torch.ones(1, 1), 1)
    same(best, torch.tensor([[end]]))
    same(best_error, torch.tensor([1 - end]))
    same(last, torch.tensor([[end]]))
