import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from autograder.differences import array_of, largest_difference, remarks

W = np.array([[0, 1.0, -2], [3, 0, 4], [-5, 6, 0]])


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (W * 2, "2 times"),
        (W / 10, "1/10"),
        (-W, "sign"),
        (W + 1, "1 too large"),
        (W - 0.5, "0.5 too small"),
        (W.T, "transpose"),
        (W + np.eye(3), "Only the diagonal"),
        (W * np.array([[1], [2], [1]]), "Only row 1"),
        (W * np.array([1, 1, 3]), "Only column 2"),
        (np.zeros((3, 3)), "Every number is 0"),
        (W[:2], "Expected 3 × 3, got 2 × 3"),
        (W.ravel(), "only their shape"),
        (np.full((3, 3), np.nan), "not finite"),
    ],
)
def test_a_remark_names_what_a_person_would_see(got, says):
    assert says in " ".join(remarks(W, got))


def test_the_transpose_of_another_shape_is_seen():
    assert "transpose" in " ".join(remarks(W[:2], W[:2].T))


def test_equal_arrays_get_no_remark():
    assert remarks(W, W.copy()) == []


def test_the_largest_difference_is_named_by_its_place():
    got = W.copy()
    got[1, 2] = np.nan
    assert largest_difference(W, got) == "Largest difference at [1, 2]: expected 4, got nan."


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)),
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)),
)
@settings(deadline=None, derandomize=True)
@pytest.mark.filterwarnings("ignore:.*encountered.*:RuntimeWarning")
def test_no_pair_of_arrays_breaks_the_remarks(a, b):
    assert all(isinstance(r, str) for r in remarks(a, b))


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"text": "x"},
        {"shape": [2], "data": [1]},
        {"shape": [1], "data": ["abc"]},
        {"data": [[1], [2, 3]]},
        7,
        {"shape": [-3], "data": [1, 2]},
        {"shape": ["x"], "data": [1]},
    ],
)
def test_what_is_no_array_is_none(value):
    assert array_of(value) is None


def test_nan_and_infinity_are_read_as_a_record_stores_them():
    np.testing.assert_array_equal(
        array_of({"shape": [4], "data": ["nan", "inf", "-inf", None]}), [np.nan, np.inf, -np.inf, np.nan]
    )
