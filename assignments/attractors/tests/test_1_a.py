"""Hebb's rule on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("1.a")


@pytest.mark.hint("Add x_i x_j over the patterns, divide by the number of columns, and set the diagonal to 0.")
def test_hebb_of_two_small_patterns(student, same):
    """The weights of two patterns of four units are those worked out by hand."""
    x = torch.tensor([[1.0, 1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0]])
    expected = torch.eye(4).flip(0) * -0.5
    same(student.hebb_weights(x), expected)


@pytest.mark.hint("Work on a copy, and divide by N, not by P.")
def test_hebb_of_one_pattern(student, same):
    """One pattern of three units gives a third of its outer product, without the diagonal, and is left alone."""
    kept = student.keep(torch.tensor([[1.0, -1.0, 1.0]]))
    expected = torch.tensor([[0.0, -1.0, 1.0], [-1.0, 0.0, -1.0], [1.0, -1.0, 0.0]]) / 3
    same(student.hebb_weights(kept), expected)
    same(kept.value(), torch.tensor([[1.0, -1.0, 1.0]]))
