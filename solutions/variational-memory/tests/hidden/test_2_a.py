"""The loss on fresh numbers; the gradient against exact enumeration."""

import math

import pytest
import torch

pytestmark = pytest.mark.question("2.a")


def others(log_w):
    """Return the bound without each sample in turn, (n, K)."""
    k = log_w.shape[1]
    table = log_w[:, None, :].repeat(1, k, 1).masked_fill(torch.eye(k, dtype=torch.bool), -math.inf)
    return torch.logsumexp(table, 2) - math.log(k - 1)


@pytest.mark.hint("The bracket is L_K - L_-k - softmax(log w)_k, once for each sample.")
def test_loss_of_other_samples(student, generator, reference, same):
    """The loss is right for other numbers of queries and samples."""
    for n, k, scale, offset in ((1, 2, 1.0, 0.0), (4, 3, 2.0, -50.0), (3, 6, 3.0, 10.0)):
        log_w = scale * torch.randn(n, k, generator=generator) + offset
        log_q = torch.log_softmax(torch.randn(n, k, generator=generator), 1)
        baselines = torch.randn(n, k, generator=generator) + offset
        got = student.surrogate_loss(log_w, log_q, baselines)
        same(got, reference.surrogate_loss(log_w.double(), log_q.double(), baselines.double()))


@pytest.mark.hint("Detach the brackets, and log q(a_k) inside the log-weights: each gradient must count once.")
def test_gradient_is_unbiased(student, generator, same, holds):
    """Weighted by their probabilities, the estimates of all tuples add up to the gradient of the exact bound."""
    for n, k, scale, offset in ((3, 4, 2.0, 0.0), (4, 2, 3.0, 5.0), (5, 3, 1.0, -3.0), (2, 5, 2.0, 0.0)):
        log_joint = scale * torch.randn(n, generator=generator) + offset
        logits = torch.randn(n, generator=generator)
        tuples = torch.cartesian_prod(*[torch.arange(n)] * k).reshape(-1, k)
        kept = student.keep(logits)
        # Any baseline that does not look at the own sample is right: what the others would have given, or a number.
        left = others((log_joint - torch.log_softmax(logits, 0))[tuples])
        baselines = left if k > 2 else torch.full((n**k, k), offset)
        got = torch.as_tensor(student.address_gradient(kept, log_joint, tuples, baselines)).double()
        holds(tuple(got.shape) == (n**k, n), f"Expected a gradient for each of {n**k} tuples, shape {(n**k, n)}.")
        same(kept.value(), logits)
        leaf = logits.double().requires_grad_(True)
        log_q = torch.log_softmax(leaf, 0)
        log_w = (log_joint.double() - log_q)[tuples]
        p = log_q[tuples].sum(1).exp()
        (exact,) = torch.autograd.grad((p * (torch.logsumexp(log_w, 1) - math.log(k))).sum(), leaf)
        same((p.detach()[:, None] * got).sum(0), exact)


@pytest.mark.hint("Use the baselines: without them the mean is right as well, but the estimates scatter far more.")
def test_gradient_of_each_tuple(student, generator, reference, same):
    """Each single estimate is the one with the baselines that were given."""
    for n, k, offset in ((3, 2, 0.0), (6, 4, -20.0), (5, 3, 15.0)):
        log_joint = 2 * torch.randn(n, generator=generator) + offset
        logits = torch.randn(n, generator=generator)
        tuples = torch.randint(n, (9, k), generator=generator)
        baselines = others((log_joint - torch.log_softmax(logits, 0))[tuples])
        expected = reference.address_gradient(logits.double(), log_joint.double(), tuples, baselines.double())
        same(student.address_gradient(logits, log_joint, tuples, baselines), expected)
