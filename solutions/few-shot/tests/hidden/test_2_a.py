"""Attention and loss on fresh embeddings."""

import pytest
import torch

pytestmark = pytest.mark.question("2.a")

SIZES = ((4, 3, 3, 8), (10, 5, 5, 16), (6, 12, 4, 5), (1, 2, 2, 1))


@pytest.mark.hint("Labels come in any order, and a class may have several embeddings: their attentions add up.")
def test_attention_to_other_embeddings(student, generator, reference, same):
    """The probabilities are right for other numbers of queries, shots and classes."""
    for m, n, n_ways, d in SIZES:
        query, support = (torch.rand(rows, d, generator=generator) for rows in (m, n))
        labels = torch.randint(0, n_ways, (n,), generator=generator)
        same(student.attend(query, support, labels, n_ways), reference.attend(query, support, labels, n_ways))


@pytest.mark.hint("The truth of each query is one-hot among the columns of p.")
def test_loss_of_other_probabilities(student, generator, reference, same):
    """The loss is right for other probabilities."""
    for m, _, n_ways, _ in SIZES:
        p = torch.rand(m, n_ways, generator=generator).softmax(dim=1)
        labels = torch.randint(0, n_ways, (m,), generator=generator)
        same(student.loss(p, labels), reference.loss(p, labels))
