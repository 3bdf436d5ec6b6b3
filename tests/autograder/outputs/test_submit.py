import hashlib
import json
import zipfile

import pytest

from autograder.submit import pack


def cell(source, id_="", kind="code", outputs=()):
    base = {"cell_type": kind, "metadata": {}, "source": source}
    if id_:
        base["id"] = id_
    return base | ({"outputs": list(outputs), "execution_count": None} if kind == "code" else {})


def save(path, cells):
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


NAMES, IDS = ["mse", "Autoencoder"], {"mse": "2.a", "Autoencoder": "3.1", "answer-1-a": "1.a"}
WHOLE = [
    cell("def mse(a, b):\n    return 0", "mse"),
    cell("class Autoencoder:\n    pass", "Autoencoder"),
    cell("H.M. could not form new memories.", "answer-1-a", "markdown"),
]


@pytest.fixture
def notebook(tmp_path):
    return save(tmp_path / "hippocampus (1).ipynb", WHOLE)


def packed(notebook, **options):
    return pack(notebook, "hippocampus", names=NAMES, ids=IDS, out=notebook.parent / "out", **options)


def test_the_zip_holds_the_notebook_and_the_receipt(notebook):
    receipt = packed(notebook)
    assert receipt.problems == receipt.notes == []
    with zipfile.ZipFile(receipt.archive) as archive:
        assert sorted(archive.namelist()) == ["hippocampus.ipynb", "receipt.json"]
        raw = archive.read("hippocampus.ipynb")
        inside = json.loads(archive.read("receipt.json"))
    assert json.loads(raw)["cells"] == WHOLE
    assert inside == json.loads((notebook.parent / "out/hippocampus-receipt.json").read_text())
    assert inside["sha256"] == receipt.sha256 == hashlib.sha256(raw).hexdigest()
    assert receipt.time.endswith("+00:00")
    assert {"python", "numpy"} <= set(receipt.versions)
    assert receipt.sha256 in receipt.text()


def test_a_dry_run_writes_nothing(notebook):
    receipt = packed(notebook, dry_run=True)
    assert receipt.archive is None
    assert receipt.sha256
    assert not (notebook.parent / "out").exists()


def test_missing_answers_are_named_and_the_rest_is_packed(tmp_path):
    receipt = packed(save(tmp_path / "n.ipynb", WHOLE[:1]))
    assert receipt.problems == [
        "nothing in the notebook defines Autoencoder",
        "the cell answer-1-a of question 1.a is missing: take it from a fresh copy of the assignment",
    ]
    assert receipt.archive


def test_answers_may_sit_in_any_cell_and_lost_ids_are_noted(tmp_path):
    cells = [cell("def mse(a, b): ...\nclass Autoencoder(torch.nn.Module): ..."), cell("Text", kind="markdown")]
    receipt = packed(save(tmp_path / "n.ipynb", cells))
    assert receipt.problems == []
    assert "lost its cell ids" in receipt.notes[0]


def test_another_assignment_is_told_in_one_sentence(tmp_path):
    receipt = packed(save(tmp_path / "n.ipynb", [cell('raise NotImplementedError("1: write f")', "f")]))
    assert receipt.problems == [
        "this is no notebook of hippocampus, none of its cells and functions was found: hand in the one that came with "
        "the assignment"
    ]


def test_stubs_in_place_are_named_and_packed(tmp_path):
    cells = [
        cell('def mse(a, b):\n    raise NotImplementedError("2.a: write mse")', "mse"),
        WHOLE[1],
        cell("*Your answer here.*", "answer-1-a", "markdown"),
    ]
    receipt = packed(save(tmp_path / "n.ipynb", cells))
    assert receipt.problems == ["question 2.a is not answered yet: mse", "question 1.a is not answered yet: answer-1-a"]
    assert receipt.archive


def test_what_running_it_showed_is_in_the_packed_receipt(notebook):
    receipt = packed(notebook, afresh=lambda receipt: receipt.problems.append("cell 4, line 1: NameError"))
    with zipfile.ZipFile(receipt.archive) as archive:
        assert json.loads(archive.read("receipt.json"))["problems"] == ["cell 4, line 1: NameError"]


def test_large_outputs_are_left_out_and_small_ones_stay(tmp_path):
    small = {"output_type": "stream", "name": "stdout", "text": "ok"}
    large = {"output_type": "display_data", "data": {"image/png": "A" * 2_000_000}, "metadata": {}}
    receipt = packed(save(tmp_path / "n.ipynb", [*WHOLE, cell("show()", outputs=[small, large])]))
    assert receipt.notes == ["cell 4: an output of 1.9 MiB was left out"]
    with zipfile.ZipFile(receipt.archive) as archive:
        outputs = json.loads(archive.read("hippocampus.ipynb"))["cells"][3]["outputs"]
    assert outputs[0] == small
    assert "left out" in outputs[1]["text"][0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"{broken", "broken JSON"),
        (b"[1]", "no list of cells"),
        (b"\xff\xfe", "broken JSON"),
        (None, "not there"),
        ("folder", "a folder"),
        (b"[" * 100_000, "broken JSON"),
    ],
)
def test_what_is_no_notebook_is_a_problem_and_no_zip(tmp_path, content, says):
    path = tmp_path / "n.ipynb"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    receipt = packed(path)
    assert len(receipt.problems) == 1
    assert says in receipt.problems[0]
    assert receipt.archive is None
    assert not (tmp_path / "out").exists()


def test_a_notebook_that_stays_too_large_is_not_packed(tmp_path):
    receipt = packed(save(tmp_path / "n.ipynb", [*WHOLE, cell("x" * 21 * 2**20, "pictures", "markdown")]))
    assert "at most 20 MiB" in receipt.problems[0]
    assert receipt.archive is None


def test_odd_cells_and_lone_surrogates_do_not_stop_packing(tmp_path):
    path = tmp_path / "n.ipynb"
    path.write_text('{"cells": [1, {"cell_type": "code", "source": ["x = \\"\\ud800\\""], "outputs": 7}, null]}')
    assert packed(path).archive
