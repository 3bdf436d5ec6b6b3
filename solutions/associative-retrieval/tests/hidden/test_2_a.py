"""Noise and masks on fresh pictures."""

import pytest
import torch

pytestmark = pytest.mark.question("2.a")


@pytest.mark.hint("std is a standard deviation; what is below 0 becomes 0 and what is above 1 becomes 1.")
def test_noise_on_other_pictures(student, generator, reference, same):
    """The noise is right for other sizes and strengths."""
    for b, h, w, std in ((1, 5, 4, 0.0), (3, 4, 6, 0.3), (2, 3, 3, 2.0)):
        images = torch.rand(b, h, w, generator=generator)
        draws = torch.randn(b, h, w, generator=generator)
        same(student.noisy(images, std, draws), reference.noisy(images, std, draws))


@pytest.mark.hint("h = side // 2; pictures need not be square; rows come first.")
def test_masks_on_other_pictures(student, generator, reference, same):
    """The square is right for other sides, odd ones included, and for pictures that are not square."""
    for b, h, w, side in ((3, 9, 12, 4), (2, 8, 6, 5), (4, 7, 10, 6), (1, 6, 6, 6)):
        half = side // 2
        images = torch.rand(b, h, w, generator=generator)
        rows = torch.randint(half, h - half + 1, (b,), generator=generator)
        columns = torch.randint(half, w - half + 1, (b,), generator=generator)
        same(student.masked(images, side, rows, columns), reference.masked(images, side, rows, columns))
