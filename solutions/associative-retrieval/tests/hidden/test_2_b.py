"""Three answers on fresh patterns."""

import pytest
import torch

pytestmark = pytest.mark.question("2.b")


def away_from_limits(patterns, readouts, threshold):
    """Whether no rounding decides."""
    own = (readouts - patterns).norm(dim=1)
    distances = (readouts[:, None] - patterns).norm(dim=2)
    near = distances.topk(2, dim=1, largest=False).values
    half = (patterns[:, None] - patterns).norm(dim=2).fill_diagonal_(torch.inf).amin(1) / 2
    gaps = torch.cat([own - threshold, own - half, near[:, 1] - near[:, 0]]).abs()
    return bool((gaps > 1e-3).all())


@pytest.mark.hint("Distances are Euclidean, not squared; shares are of rows.")
def test_success_of_other_readouts(student, generator, reference, same):
    """The answers are right for read-outs that are partly, mostly and hardly ever right."""
    for n, d, noise, threshold in ((8, 2, 0.2, 0.3), (20, 2, 0.5, 1.2), (10, 5, 1.0, 2.0), (2, 3, 0.5, 0.8)):
        while True:
            patterns = torch.randn(n, d, generator=generator)
            readouts = patterns + noise * torch.randn(n, d, generator=generator)
            if away_from_limits(patterns, readouts, threshold):
                break
        expected = reference.success(patterns, readouts, threshold)
        for got, right in zip(student.success(patterns, readouts, threshold), expected, strict=True):
            same(got, right)
