"""Leave one out on fresh log-weights."""

import pytest
import torch

pytestmark = pytest.mark.question("1.b")


@pytest.mark.hint("Every query has its own others: sum over the samples of the same row.")
def test_leave_one_out_of_other_weights(student, generator, reference, same):
    """The bounds are right for other numbers of queries and samples."""
    for n, k, scale, offset in ((1, 2, 1.0, 0.0), (4, 3, 3.0, -80.0), (3, 4, 2.0, -400.0), (2, 30, 4.0, 50.0)):
        log_w = scale * torch.randn(n, k, generator=generator) + offset
        kept = student.keep(log_w)
        same(student.leave_one_out(kept), reference.leave_one_out(log_w.double()))
        same(kept.value(), log_w)


@pytest.mark.hint("Leaders of hundreds and thousands of nats are nothing special if nothing is subtracted.")
def test_leave_one_out_of_far_leaders(student, generator, reference, same, holds):
    """One sample may lead by hundreds or thousands."""
    for scale in (40.0, 300.0, 1000.0):
        log_w = scale * torch.randn(5, 4, generator=generator)
        got = torch.as_tensor(student.leave_one_out(log_w))
        holds(bool(got.isfinite().all()), "An entry is not finite.")
        same(got, reference.leave_one_out(log_w.double()))
