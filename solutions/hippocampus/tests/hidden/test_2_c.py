"""Half of a picture hidden, for fresh pictures."""

import pytest
import torch

pytestmark = [pytest.mark.question("2.c"), pytest.mark.category("fresh inputs")]


@pytest.mark.hint("Take the size from the images, and treat every row in the same way.")
def test_mask_of_other_sizes(student, generator, reference, same):
    """Half of the elements of every row are hidden, for other sizes and numbers of pictures."""
    for rows, columns in ((1, 2), (5, 10), (4, 6), (7, 36)):
        images = torch.where(torch.rand(rows, columns, generator=generator) < 0.5, 1.0, -1.0)
        same(student.mask_half(images), reference.mask_half(images))
