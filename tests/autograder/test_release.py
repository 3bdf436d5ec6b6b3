"""A release has every stub, no solution, nbgrader's metadata, and the same bytes every time."""

import json

import nbformat
import pytest

from autograder.assignment import load_assignment
from autograder.errors import UserError
from autograder.leakcheck import leaks
from autograder.notebooks import Cell
from autograder.release import checksum, release, released_cells, released_files
from autograder.stubs import stub


def test_a_release_is_the_same_every_time(assignment, tmp_path):
    first, second = release(assignment, tmp_path / "a"), release(assignment, tmp_path / "b")
    files = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert [str(f) for f in files] == ["README.md", "assignment.json", "tests/test_1.py", "tiny.ipynb"]
    assert all((first / f).read_bytes() == (second / f).read_bytes() for f in files)


def test_stubs_name_their_question_and_keep_the_docstring(assignment, tmp_path):
    text = (release(assignment, tmp_path / "a") / "tiny.ipynb").read_text()
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert 'raise NotImplementedError(\\"1: write overlap\\")' in text
    assert "a number between -1 and 1" in text
    assert "pattern * state" not in text
    assert "*Your answer here.*" in text
    assert "Every unit differs" not in text


def test_metadata_is_what_nbgrader_expects(assignment, tmp_path):
    pytest.importorskip("nbgrader")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.nbgraderformat import MetadataValidator
        from nbgrader.utils import compute_checksum

    notebook = nbformat.reads((release(assignment, tmp_path / "a") / "tiny.ipynb").read_text(), as_version=4)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert [(c.id, c.metadata.nbgrader.get("points")) for c in marked] == [
        ("overlap", None),
        ("check-1", 2.0),
        ("answer-2", 1.0),
    ]
    for cell in marked:
        MetadataValidator().validate_cell(cell)
        assert compute_checksum(cell) == cell.metadata.nbgrader.checksum
        assert checksum(cell.source, cell.cell_type, cell.metadata.nbgrader) == cell.metadata.nbgrader.checksum


@pytest.mark.parametrize(
    "planted",
    [
        "return (pattern * state).mean()",
        "    return ( pattern*state ).mean()   # innocent",
    ],
)
def test_a_planted_solution_line_is_caught(assignment, tmp_path, planted):
    source = assignment.folder / "tiny.py"
    source.write_text(source.read_text() + f"\n# %%\n{planted.strip()}\n")
    again = load_assignment("tiny", assignment.folder.parent)
    assert any("the solution of overlap" in leak for leak in leaks(again, _written(again, tmp_path)))
    with pytest.raises(UserError) as caught:
        release(again, tmp_path / "out")
    assert caught.value.exit_code == 1
    assert not (tmp_path / "out" / "tiny").exists()


def test_a_hidden_test_or_an_odd_file_is_caught(assignment, tmp_path):
    folder = _written(assignment, tmp_path)
    assert leaks(assignment, folder) == []
    (folder / "tests" / "test_1.py").write_text((assignment.tests / "hidden" / "test_1.py").read_text())
    (folder / "model.pkl").write_bytes(b"x")
    found = leaks(assignment, folder)
    assert any("hidden/test_1.py" in leak for leak in found)
    assert any("model.pkl" in leak for leak in found)


def test_a_question_that_nothing_tests_is_not_released(assignment, tmp_path):
    for path in assignment.tests.rglob("test_1.py"):
        path.unlink()
    with pytest.raises(UserError, match=r"question 1 of tiny gives 2 marks, but no file in .* tests it"):
        release(assignment, tmp_path)
    assert not (tmp_path / "tiny").exists()


def test_a_test_file_that_is_no_python_is_named(assignment, tmp_path):
    (assignment.tests / "hidden" / "test_1.py").write_text("def (")
    with pytest.raises(UserError, match=r"hidden/test_1\.py cannot be read as Python: invalid syntax"):
        release(assignment, tmp_path)


def test_files_beside_the_source_stay_where_they_are(assignment, tmp_path):
    (assignment.folder / "solution_notes.md").write_text("secret")
    assert set(released_files(assignment)) == {"README.md", "assignment.json", "tests/test_1.py", "tiny.ipynb"}


def test_the_public_manifest_counts_hidden_properties_but_does_not_show_them(assignment, tmp_path):
    public = json.loads((release(assignment, tmp_path / "a") / "assignment.json").read_text())
    assert [q["hidden"] for q in public["questions"]] == [2, 0]
    assert "any_number" not in json.dumps(public)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("### BEGIN SOLUTION\nx = 1", "never closed"),
        ("x = 1\n### END SOLUTION", "has no"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside another"),
    ],
)
def test_unbalanced_markers_are_refused(source, says):
    with pytest.raises(UserError, match=says):
        stub(Cell("code", source, "f", "answer", "1"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id="check-1"', 'id="check-one"', "needs one check cell with id check-1"),
        ('id="overlap"', 'id="other"', "does not define other"),
        ('question="2"', 'question="9"', "'9', which assignment.toml does not list"),
        ('role="written"', 'role="essay"', "role 'essay', expected one of"),
        ('id="answer-2"', 'id="an swer"', "needs an id of 1 to 64 letters"),
    ],
)
def test_source_and_manifest_must_agree(assignment, old, new, says):
    source = assignment.folder / "tiny.py"
    source.write_text(source.read_text().replace(old, new))
    with pytest.raises(UserError) as caught:
        load_assignment("tiny", assignment.folder.parent)
    assert says in caught.value.message


def test_cell_ids_are_the_same_everywhere(assignment):
    for cell in released_cells(assignment):
        if "nbgrader" in cell.metadata:
            assert cell.metadata["nbgrader"]["grade_id"] == cell.id


def _written(assignment, tmp_path):
    for name, text in released_files(assignment).items():
        path = tmp_path / "written" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "written"
