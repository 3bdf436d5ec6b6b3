"""What a student sees on opening the released notebook: stubs that name their question, checks that explain."""

import re
import shutil
import warnings
from pathlib import Path

import nbformat
import pytest

from autograder.assignment import load_assignment
from autograder.release import release
from autograder.stubs import without_markers

pytestmark = pytest.mark.course


@pytest.fixture(scope="module")
def released(hippocampus, tmp_path_factory):
    return release(hippocampus, tmp_path_factory.mktemp("released"))


def executed(folder, change=lambda notebook: notebook, only=lambda cell: True):
    """The notebook of `folder`, run in a kernel of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbclient import NotebookClient

        notebook = change(nbformat.read(folder / f"{folder.name}.ipynb", as_version=4))
        notebook.cells = [c for c in notebook.cells if c.cell_type == "code" and only(c)]
        client = NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}})
        client.execute()
    return notebook


def text_of(cell):
    return "\n".join(
        str(o.get("text", "")) + str(o.get("data", {}).get("text/plain", "")) + str(o.get("ename", "")) + ": " + str(o.get("evalue", ""))
        for o in cell.outputs
    )


def test_untouched_every_check_names_its_question(released, hippocampus):
    wanted = {c.id for c in hippocampus.cells if c.role in ("answer", "check", "")} | {f"text-{i}" for i in range(200)}
    notebook = executed(released, only=lambda c: c.id in wanted)
    checks = {c.id: text_of(c) for c in notebook.cells if c.id.startswith("check-")}
    for question in hippocampus.manifest.question:
        if question.auto > 0:
            text = checks[f"check-{question.slug}"]
            assert re.search(r"visible 0/\d+; \d+ more run after you hand in", text)
            assert f"{question.id}: write" in text


def test_a_right_and_a_wrong_answer_are_told_apart(released, hippocampus):
    right = without_markers(hippocampus.answer("network_capacity").source)
    wrong = "def mse(true_vals, pred_vals):\n    return ((true_vals - pred_vals) ** 2).sum()"

    def change(notebook):
        for cell in notebook.cells:
            cell.source = {"network_capacity": right, "mse": wrong}.get(cell.id, cell.source)
        return notebook

    wanted = {"network_capacity", "mse", "check-2-a", "text-1"}
    check = next(c for c in executed(released, change, lambda c: c.id in wanted).cells if c.id == "check-2-a")
    lines = text_of(check).split("\n")
    assert any(line.strip().startswith("✓") for line in lines)
    assert any("✗" in line and "mse(" in line and "expected" in line and "got" in line for line in lines)
    page = check.outputs[0]["data"]["text/html"]
    assert "Hint" in page


ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROOT.glob("solutions/*/assignment.toml")))
def test_the_released_folder_is_the_committed_one(name, tmp_path):
    committed = ROOT / "assignments" / name
    fresh = release(load_assignment(name, ROOT / "solutions"), tmp_path)
    files = sorted(p.relative_to(fresh) for p in fresh.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(committed) for p in committed.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    for file in files:
        assert (fresh / file).read_bytes() == (committed / file).read_bytes(), f"{file}: run `autograder release --all`"


def test_a_notebook_opened_in_another_folder_says_what_is_missing(released, tmp_path):
    shutil.copy(released / "hippocampus.ipynb", tmp_path / "hippocampus.ipynb")
    folder = tmp_path.rename(tmp_path.with_name("hippocampus"))
    notebook = executed(folder, only=lambda c: c.id in ("check-2-a", "text-1"))
    assert "work in the folder that the assignment came in" in text_of(notebook.cells[-1])
