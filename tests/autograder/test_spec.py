"""The manifest is read strictly, and every refusal is one sentence that names the fault."""

import pytest

from autograder.errors import UserError
from autograder.spec import read_manifest

GOOD = """
schema = 1
name = "demo"
title = "Demo"
points = 3
bonus = 1
[[question]]
id = "1.a"
title = "code"
points = 2
hand = 0.5
names = ["f"]
[[question]]
id = "1.b"
title = "text"
points = 1
hand = 1
[[question]]
id = "extra"
title = "bonus"
points = 1
names = ["g"]
bonus = true
"""


def read(tmp_path, text):
    path = tmp_path / "assignment.toml"
    path.write_text(text)
    return read_manifest(path)


def test_a_good_manifest_is_read(tmp_path):
    manifest = read(tmp_path, GOOD)
    assert [q.auto for q in manifest.question] == [1.5, 0, 1]
    assert manifest.find("1.a").slug == "1-a"
    assert manifest.find("1-a") is manifest.find("1.a")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('title = "text"\npoints = 1', 'title = "text"', "question 1.b: it missing required field `points`"),
        ("points = 3", "points = 4", "points = 4, but the questions add up to 3"),
        ("bonus = 1", "bonus = 2", "bonus = 2, but the questions add up to 1"),
        ("hand = 0.5", "hand = 2.5", "question 1.a: points must be above 0 and hand between 0 and points"),
        ("hand = 0.5", "handy = 0.5", "question 1.a: it contains unknown field `handy`"),
        ("schema = 1", "schema = 1\ncolour = 3", "contains unknown field `colour`"),
        ('id = "1.b"', 'id = "1.a"', "question id '1.a' is used twice"),
        ('names = ["g"]', 'names = ["f"]', "graded name 'f' is used twice"),
        ('names = ["g"]', "", "question extra: 1 marks are autograded, so `names` must list what is graded"),
        ("schema = 1", "schema = 2", "schema is 2, expected 1"),
        ("points = 3", "points = 'three'", "Expected `float`, got `str`"),
        ("schema = 1", "schema = ", "is not sound TOML: Invalid value"),
    ],
)
def test_a_fault_is_named_in_one_sentence(tmp_path, old, new, expected):
    with pytest.raises(UserError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert expected in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 2


def test_a_missing_manifest_says_so(tmp_path):
    with pytest.raises(UserError, match="is not there"):
        read_manifest(tmp_path / "assignment.toml")
