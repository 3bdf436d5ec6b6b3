"""Notebooks are read as data only; whatever comes, a cell list or one sentence comes out."""

import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.notebooks import Cell, cells_of, read_ipynb, to_ipynb
from autograder.pysource import definitions_only, drop_magics

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "metadata", "outputs", "id", "cell_type", "nbgrader", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(JSON)
def test_any_json_gives_cells_or_a_sentence(document):
    try:
        cells = cells_of(json.dumps(document).encode(), "x.ipynb")
    except UserError as error:
        assert error.exit_code == 4
    else:
        assert all(isinstance(c.source, str) and isinstance(c.id, str) for c in cells)
        to_ipynb(cells)


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'{"cells": 3}', b"\xff\xfe\x00", b"[" * 100_000, b'"x"', b"null"])
def test_broken_files_get_a_sentence(tmp_path, raw):
    path = tmp_path / "x.ipynb"
    path.write_bytes(raw)
    with pytest.raises(UserError) as caught:
        read_ipynb(path)
    assert caught.value.exit_code == 4
    assert "x.ipynb" in caught.value.message


def test_a_folder_in_place_of_a_notebook_gets_a_sentence(tmp_path):
    (tmp_path / "x.ipynb").mkdir()
    with pytest.raises(UserError, match="folder or special file"):
        read_ipynb(tmp_path / "x.ipynb")


def test_old_notebooks_with_worksheets_are_read():
    raw = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b = 2"]}]}]}
    assert cells_of(json.dumps(raw).encode(), "x")[0].source == "a = 1\nb = 2"


def test_written_notebooks_are_valid_and_read_back():
    cells = [Cell("markdown", "# é\n\ntext", "t"), Cell("code", "x = 1\n", "c", metadata={"k": [1]})]
    text = to_ipynb(cells)
    nbformat.validate(nbformat.reads(text, as_version=4))
    again = cells_of(text.encode(), "x")
    assert [(c.kind, c.source, c.id) for c in again] == [(c.kind, c.source, c.id) for c in cells]
    assert to_ipynb(again) == text


def test_lone_surrogates_do_not_survive():
    cell = cells_of(rb'{"cells": [{"cell_type": "code", "source": "x = \"\ud800\""}]}', "x")[0]
    cell.source.encode("utf-8")


@pytest.mark.parametrize(
    ("source", "expected", "dropped"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1", ["%matplotlib inline"]),
        ("if x:\n    !pip install y", "if x:\n    pass  # !pip install y", ["!pip install y"]),
        ("%%time\nx = 1", "# %%time\nx = 1", ["%%time"]),
    ("%%capture out\n%matplotlib inline\nx = 1", "# %%capture out\n# %matplotlib inline\nx = 1", ["%%capture out", "%matplotlib inline"]),
    ("%%bash\nrm x", "# %%bash\n# rm x", ["%%bash"]),
        ("torch.sum?", "# torch.sum?", ["torch.sum?"]),
        ("x = 7 \\\n% 3", "x = 7 \\\n% 3", []),
        ('s = """\n%not magic\n"""', 's = """\n%not magic\n"""', []),
    ],
)
def test_only_what_python_cannot_read_is_dropped(source, expected, dropped):
    assert drop_magics(source) == (expected, dropped)


def test_of_an_experiment_cell_only_definitions_are_kept():
    source = "import math\nSIZE = 3\ndata = load()\ndef helper(x):\n    return x\nhelper(data)\nclass A: pass"
    kept = definitions_only(source)
    assert "def helper" in kept
    assert "class A" in kept
    assert "import math" in kept
    assert "SIZE = 3" in kept
    assert "load" not in kept
