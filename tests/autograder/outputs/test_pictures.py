import io

import numpy as np
import pytest
from PIL import Image

from autograder import class_pictures, pictures
from autograder.itemstats import PropertyStat, QuestionStat

RNG = np.random.default_rng(0)
MATRIX = RNG.normal(size=(12, 12))


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (MATRIX, MATRIX + np.eye(12)),
        (MATRIX, MATRIX[:, :9]),
        (np.arange(30.0), np.arange(30.0) ** 2),
        (np.ones((5, 64)), -np.ones((5, 64))),
        (MATRIX, np.full((12, 12), np.nan)),
        (np.zeros((12, 1)), np.ones((12, 1))),
        (np.zeros((20, 20)), np.zeros((20, 20))),
        (np.arange(9.0), np.arange(500.0)),
        (MATRIX[None], MATRIX[None] * 2),
    ],
)
def test_arrays_are_drawn_with_words_for_the_picture(expected, got, show_difference):
    picture = pictures.comparison(show_difference(expected, got))
    assert picture.alt.startswith("Expected")
    assert len(picture.alt) > 40
    with Image.open(io.BytesIO(picture.png)) as image:
        assert image.width <= 1000
    assert pictures.comparison(show_difference(expected, got)).png == picture.png


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1.0, 2.0),
        (np.ones((3, 4)), np.zeros((3, 4))),
        (np.ones((9, 0)), np.ones((9, 0))),
        (np.ones((9, 9, 9)), np.ones((9, 9, 9))),
        (MATRIX, np.ones(30)),
    ],
)
def test_no_picture_where_numbers_or_words_say_more(expected, got, show_difference):
    assert pictures.comparison(show_difference(expected, got)) is None


def test_no_picture_without_arrays():
    assert pictures.comparison(None) is None
    assert pictures.comparison({"expected": {"text": "x"}, "got": {"shape": [12], "data": list(range(12))}}) is None


def class_pictures_of(students):
    n = len(students)
    shares = RNG.random((n, 3))
    shares[0, 0] = np.nan
    stats = [
        QuestionStat("2.a", "t", 0.5, 0.1, n),
        QuestionStat("$x_", "t", 0.5, 0.12, n),
        QuestionStat("3", "t", 1, None, n),
    ]
    return [
        class_pictures.histogram(list(RNG.random(n) * 3), 3.0),
        class_pictures.heat_map(shares, students, ["1", "2", "3"]),
        class_pictures.difficulty(stats),
        class_pictures.times(list(RNG.random(n) * 50), students),
    ]


@pytest.mark.parametrize(
    "students",
    [
        ["anna"],
        ["$\\frac{", "王小明", "_^", "\x1b[31m", "=1+1"] * 3,
        [f"s{i}" for i in range(90)],
    ],
)
def test_every_class_picture_has_words_and_bears_any_name(students):
    for picture in class_pictures_of(students):
        assert len(picture.alt) > 60
        with Image.open(io.BytesIO(picture.png)) as image:
            image.verify()


def test_pass_rates_are_drawn_and_told_by_question():
    stats = [
        PropertyStat("2.a", "x", "t", True, 3, 4),
        PropertyStat("2.a", "y", "t", False, 0, 4),
        PropertyStat("$3", "z", "t", True, 4, 4),
    ]
    assert class_pictures.pass_rates(stats).alt.endswith(
        "2.a: 2 properties from 0% to 75%; $3: 1 properties from 100% to 100%."
    )


def test_a_class_of_zeros_can_be_drawn():
    assert "median 0" in class_pictures.histogram([0.0, 0.0], 0.0).alt
    assert "2 submissions" in class_pictures.times([0.0, 0.0], ["a", "b"]).alt
