"""Text faults that an author would not notice."""

import pytest

from autograder.notebooks import Cell
from autograder.prose import prose_faults


@pytest.mark.parametrize(("text", "says"), [
    ("![](figure.png)", "no alternative text"), ("[here]()", "leads nowhere"), ("[notes](notes.md)", "not released"),
])
def test_faults_are_named(text, says):
    assert any(says in fault for fault in prose_faults([Cell("markdown", text)], ["figure.png"]))


@pytest.mark.parametrize("text", ["![a curve](figure.png)", "[paper](https://example.org/x)", "[up](#top)", "[data](README.md#data)", "$W[i](t)$ and `a[0](b)`"])
def test_good_text_passes(text):
    assert prose_faults([Cell("markdown", text)], ["figure.png", "README.md"]) == []


def test_code_is_no_text():
    assert prose_faults([Cell("code", "x = y[0](z)")], []) == []
