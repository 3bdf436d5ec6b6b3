"""Attention on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("2.a")


@pytest.mark.hint("First a softmax over what was shown, then, after the labels, one over the classes.")
def test_attention_to_two_embeddings(student, same):
    """A query that resembles one of two embeddings gets its class, softened by the second softmax."""
    p = student.attend(torch.tensor([[100.0, 0.0]]), torch.eye(2), torch.tensor([1, 0]), 2)
    same(p, torch.tensor([[0.268941, 0.731059]]))


@pytest.mark.hint("Use n_ways; a class that was not shown still has a column.")
def test_probabilities_sum_to_one_over_the_classes(student, same):
    """There is one column per class, and each row sums to 1."""
    p = torch.as_tensor(student.attend(torch.ones(3, 2), torch.eye(2), torch.tensor([0, 1]), 4))
    same(p.sum(dim=1), torch.ones(3))
    # a = (1/2, 1/2): the two classes that were shown get e^(1/2), the others 1.
    same(p[0], torch.tensor([0.311230, 0.311230, 0.188770, 0.188770]))


@pytest.mark.hint("The mean is over queries and classes: 5 numbers per query.")
def test_loss_of_a_guess(student, same):
    """A guess among five classes has a loss of 0.16, a perfect answer none."""
    same(student.loss(torch.full((3, 5), 0.2), torch.tensor([0, 4, 2])), 0.16)
    same(student.loss(torch.eye(3), torch.tensor([0, 1, 2])), 0.0)
