"""The retrieval loop from fresh causes, chain by chain."""

import pytest
import torch

pytestmark = pytest.mark.question("3.a")


@pytest.mark.weight(2)
@pytest.mark.hint("Remember the best cause of each chain by itself: torch.where(better[:, None], c, best).")
def test_the_best_of_each_chain(student, generator, reference, same):
    """Best causes, their errors and the last causes are right for other chains and numbers of trials."""
    for rows, d_c, n_trials in ((5, 2, 9), (8, 1, 15), (1, 3, 4), (3, 2, 1)):
        c = torch.randn(rows, d_c, generator=generator)
        got = student.retrieve(student.ref("jump"), student.ref("distance"), c, n_trials)
        wanted = reference.retrieve(reference.jump, reference.distance, c, n_trials)
        for a, b in zip(got, wanted, strict=True):
            same(a, b)


@pytest.mark.hint("An error belongs to the cause that the same trial returned, not to the one it started from.")
def test_the_error_is_that_of_the_cause(student, generator, same):
    """The best error is the distance of the best cause."""
    c = torch.randn(6, 2, generator=generator)
    best, best_error, _ = student.retrieve(student.ref("jump"), student.ref("distance"), c, 12)
    same(best_error, (best - 1).norm(dim=1))


@pytest.mark.hint("Never write into c.")
def test_the_start_is_left_alone(student, generator, same):
    """The causes that were handed in are not changed."""
    c = torch.randn(4, 2, generator=generator)
    kept = student.keep(c)
    student.retrieve(student.ref("jump"), student.ref("distance"), kept, 3)
    same(kept.value(), c, atol=0)
