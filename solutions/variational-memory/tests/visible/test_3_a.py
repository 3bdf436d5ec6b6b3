"""Addresses on small examples."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("Plain products of keys, then a logarithmic softmax over the slots.")
def test_address_without_dummies(student, same):
    """The example of the docstring comes out."""
    memory = torch.tensor([[[math.log(3), 5.0], [0.0, 7.0]]])
    got = student.address(torch.tensor([[1.0, 0.0]]), memory, torch.zeros(0, 2))
    same(got, torch.log(torch.tensor([[0.75, 0.25]])))


@pytest.mark.hint("torch.cat of a memory without items and of the dummies, expanded to every query.")
def test_address_of_an_empty_memory(student, same):
    """With nothing in memory the dummies share the probability."""
    got = student.address(torch.ones(3, 2), torch.zeros(3, 0, 2), torch.zeros(2, 2))
    same(got, torch.full((3, 2), math.log(0.5)))


@pytest.mark.hint("0 log 0 is 0: torch.xlogy knows that.")
def test_divergence_of_small_examples(student, same, holds):
    """It is 0 for the uniform distribution and log N for a certain address."""
    got = torch.as_tensor(student.address_kl(torch.log(torch.tensor([[0.5, 0.5], [1.0, 0.0]]))))
    holds(not bool(got.isnan().any()), "An entry is nan.")
    same(got, torch.tensor([0.0, math.log(2)]))
