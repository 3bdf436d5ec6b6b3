"""The bound on fresh log-weights."""

import pytest
import torch

pytestmark = pytest.mark.question("1.a")


@pytest.mark.hint("One number per row; K is the number of columns.")
def test_bound_of_other_weights(student, generator, reference, same):
    """The bound is right for other numbers of queries and samples, and of any size."""
    sizes = ((1, 1, 1.0, 0.0), (3, 2, 2.0, -80.0), (5, 7, 30.0, -400.0), (2, 50, 5.0, 200.0), (4, 3, 900.0, 0.0))
    for n, k, scale, offset in sizes:
        log_w = scale * torch.randn(n, k, generator=generator) + offset
        kept = student.keep(log_w)
        same(student.bound(kept), reference.bound(log_w))
        same(kept.value(), log_w)
