"""Storkey's rule on small examples."""

import pytest
import torch

pytestmark = pytest.mark.question("2.a")


@pytest.mark.hint("The first field is 0, so the first pattern is stored as by Hebb: + x x^T / N without the diagonal.")
def test_storkey_of_one_pattern_has_the_sign_of_hebb(student, same):
    """One pattern is stored with a plus: a stored pattern excites itself."""
    same(student.storkey_weights(torch.tensor([[1.0, -1.0]])), torch.tensor([[0.0, -0.5], [-0.5, 0.0]]))


@pytest.mark.hint("g comes from the weights before the step, diagonal included; the diagonal goes at the very end.")
def test_storkey_of_two_small_patterns(student, same):
    """The weights of [1, 1, 1] and [1, 1, -1] are those worked out by hand; the patterns are left alone."""
    patterns = torch.tensor([[1.0, 1.0, 1.0], [1.0, 1.0, -1.0]])
    kept = student.keep(patterns)
    # After the first: all 1/3. Then g = [1/3, 1/3, 1/3].
    expected = torch.tensor([[0.0, 4.0, 0.0], [4.0, 0.0, 0.0], [0.0, 0.0, 0.0]]) / 9
    same(student.storkey_weights(kept), expected)
    same(kept.value(), patterns)
