"""Half of a picture hidden, on a small example."""

import pytest
import torch

pytestmark = pytest.mark.question("2.c")


@pytest.mark.hint("The last d/2 elements of every row become 0; d is images.shape[1].")
def test_mask_of_two_small_pictures(student, same):
    """The lower half of every picture is 0, the upper half as it was."""
    images = torch.tensor([[1.0, -1.0, -1.0, 1.0], [-1.0, -1.0, 1.0, 1.0]])
    same(student.mask_half(images), torch.tensor([[1.0, -1.0, 0.0, 0.0], [-1.0, -1.0, 0.0, 0.0]]))


@pytest.mark.hint("Work on a copy: images.clone().")
def test_mask_leaves_its_input_alone(student, same):
    """The pictures handed in are the same afterwards."""
    images = torch.ones(2, 6)
    kept = student.keep(images)
    student.mask_half(kept)
    same(kept.value(), images)
