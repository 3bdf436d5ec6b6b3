"""Noise and masks on small pictures."""

import pytest
import torch

pytestmark = pytest.mark.question("2.a")


@pytest.mark.hint("std multiplies the draws; clamp to [0, 1] at the end.")
def test_noise_on_three_pixels(student, same):
    """The example of the docstring: [0.5, 0.5, 0] becomes [0.7, 1, 0]; nothing is changed in place."""
    images = torch.tensor([[[0.5, 0.5, 0.0]]])
    kept = student.keep(images)
    same(student.noisy(kept, 0.2, torch.tensor([[[1.0, 4.0, -1.0]]])), torch.tensor([[[0.7, 1.0, 0.0]]]))
    same(kept.value(), images, atol=0)


@pytest.mark.hint("Rows r - h to r + h - 1: a slice r - h : r + h. Every picture has its own centre.")
def test_masks_of_two_pictures(student, same):
    """Two pictures get their own squares of two pixels, grey, and nothing is changed in place."""
    images = torch.ones(2, 4, 4)
    kept = student.keep(images)
    expected = torch.ones(2, 4, 4)
    expected[0, :2, 1:3] = 0.5
    expected[1, 2:, 2:] = 0.5
    same(student.masked(kept, 2, torch.tensor([1, 3]), torch.tensor([2, 3])), expected)
    same(kept.value(), images, atol=0)
