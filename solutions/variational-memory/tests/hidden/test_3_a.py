"""Addresses on fresh keys."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.hint("Each query is compared with its own memory and with the common dummies; dummies come last.")
def test_address_of_other_keys(student, generator, reference, same):
    """The log-probabilities are right for other numbers of queries, items, dummies and keys."""
    for n, t, d, h in ((1, 1, 1, 3), (4, 5, 2, 6), (3, 11, 2, 12), (5, 2, 3, 1), (2, 4, 0, 4)):
        query, memory = torch.randn(n, h, generator=generator), torch.randn(n, t, h, generator=generator)
        dummies = torch.randn(d, h, generator=generator)
        same(student.address(query, memory, dummies), reference.address(query, memory, dummies))


@pytest.mark.hint("A softmax in the logarithm: probabilities below 1e-40 have logarithms too.")
def test_address_of_large_keys(student, generator, reference, same, holds):
    """Large products give finite log-probabilities."""
    query, memory = 20 * torch.randn(3, 8, generator=generator), 20 * torch.randn(3, 4, 8, generator=generator)
    dummies = torch.zeros(2, 8)
    got = torch.as_tensor(student.address(query, memory, dummies))
    holds(bool(got.isfinite().all()), "An entry is not finite.")
    # Products of thousands, of which float32 keeps 2e-4 each.
    same(got, reference.address(query.double(), memory.double(), dummies.double()), atol=5e-2)


@pytest.mark.hint("N is the number of all addresses, dummies included; the logarithm is the natural one.")
def test_divergence_of_other_distributions(student, generator, reference, same):
    """The divergence is right for other distributions, of every sharpness."""
    for n, size, scale in ((1, 2, 1.0), (4, 7, 0.1), (3, 13, 5.0), (5, 34, 60.0)):
        log_q = torch.log_softmax(scale * torch.randn(n, size, generator=generator), 1)
        same(student.address_kl(log_q), reference.address_kl(log_q.double()))
    certain = torch.full((1, 6), -math.inf)
    certain[0, 4] = 0.0
    same(student.address_kl(certain), torch.tensor([math.log(6)]))
