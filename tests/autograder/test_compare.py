"""Values are compared in float64, by shape, kind and size, and differences are said in words."""

import numpy as np
import pytest
import torch

from autograder.compare import Mismatch, as_value, require_same


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.tensor(0.5), 0.5),
        (0.5, torch.tensor(0.5)),
        (np.float64(0.5), 0.5),
        (torch.tensor([0.5]), 0.5),
        (41, 41),
        (torch.tensor(41), 41),
        ([1.0, 2.0], torch.tensor([1.0, 2.0])),
        ([torch.tensor(1.0), torch.tensor(2.0)], torch.tensor([1.0, 2.0])),
        (torch.ones(2, 3, dtype=torch.float64), torch.ones(2, 3)),
        (torch.ones(2, dtype=torch.int64), torch.ones(2)),
        (None, None),
        ("a", "a"),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        (torch.tensor([True]), torch.tensor([1.0])),
    ],
)
def test_equal_values_in_any_dress_are_the_same(got, expected):
    require_same(got, expected, 1e-6, 0.0)


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (0.6, 0.5, "expected 0.5, got 0.6"),
        (torch.ones(3), torch.ones(1, 3), "expected shape (1, 3), got shape (3,)"),
        (torch.tensor([1.0, float("nan")]), torch.ones(2), "NaN"),
        (torch.tensor([1.0, 3.0]), torch.ones(2), "1 of 2 values differ, most at [1]: expected 1, got 3"),
        (None, 1.0, "got None"),
        ("1.0", 1.0, "got '1.0'"),
        (torch.tensor(1j), 1.0, "array of shape ()"),
        (1, None, "expected None, got 1"),
        (True, "x", "expected 'x', got True"),
        ({"a": 1}, torch.ones(2), "dict"),
        (torch.ones(5), 1.0, "expected shape (), got shape (5,)"),
    ],
)
def test_a_difference_is_said_in_words(got, expected, says):
    with pytest.raises(Mismatch) as caught:
        require_same(got, expected, 1e-6, 0.0)
    assert says in caught.value.message
    assert not any(character.isdigit() for character in caught.value.safe)


def test_tolerance_is_absolute_plus_relative():
    require_same(101.0, 100.0, 0.5, 0.01)
    with pytest.raises(Mismatch):
        require_same(101.6, 100.0, 0.5, 0.01)


def test_values_for_a_record_are_plain_json():
    assert as_value(torch.tensor([[1.0, float("inf")]])) == {"shape": [1, 2], "data": [[1.0, "inf"]]}
    assert as_value("x") == {"text": "'x'"}
    assert "shape" not in as_value(torch.zeros(200, 200))
