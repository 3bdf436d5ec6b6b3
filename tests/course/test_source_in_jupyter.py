"""A notebook's source goes through JupyterLab, opened, run and saved, and everything is still in it."""

import json
import shutil
import warnings
from pathlib import Path

import pytest

from autograder.assignment import load_assignment
from autograder.new_assignment import new_assignment
from autograder.notebooks import read_source
from autograder.release import released_files

pytestmark = pytest.mark.course

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["made-by-new", *sorted(path.parent.name for path in ROOT.glob("solutions/*/assignment.toml"))]


@pytest.fixture
def sources(request, tmp_path):
    """A folder of sources with the assignment in it."""
    name, folder = request.param, tmp_path / "solutions"
    if name == "made-by-new":
        new_assignment(name, folder)
    else:
        shutil.copytree(ROOT / "solutions" / name, folder / name)
    return folder, name


def opened_run_and_saved(path):
    """What JupyterLab does by jupytext's contents manager: open, let a kernel fill in outputs, save."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jupytext import TextFileContentsManager

        manager = TextFileContentsManager()
        manager.root_dir = str(path.parent)
        model = manager.get(path.name, type="notebook", content=True)
        # the browser has it as JSON, and a kernel adds its name, counts and outputs
        model = json.loads(json.dumps(model, default=str))
        model["content"]["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        model["content"]["metadata"]["language_info"] = {"name": "python", "version": "3.11"}
        for count, cell in enumerate(model["content"]["cells"]):
            cell["metadata"]["trusted"] = True
            if cell["cell_type"] == "code":
                cell["execution_count"] = count
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "printed"}]
                cell["metadata"]["collapsed"] = False
        manager.save({key: model[key] for key in ("type", "format", "content")}, path.name)


@pytest.mark.parametrize("sources", NAMES, indirect=True)
def test_opening_and_saving_loses_nothing(sources):
    folder, name = sources
    path = folder / name / f"{name}.py"
    before, released = read_source(path), released_files(load_assignment(name, folder))
    text = path.read_text()
    opened_run_and_saved(path)
    assert read_source(path) == before
    assert released_files(load_assignment(name, folder)) == released
    # not a byte differs: neither outputs nor the kernel's name go into the text
    assert path.read_text() == text
