"""A student's machine: the released folder, and nothing of the toolkit but the wheel that lies in it."""

import dataclasses
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import warnings
import zipfile
from pathlib import Path

import nbformat
import pytest
from msgspec import structs

from autograder.assignment import load_assignment
from autograder.errors import UserError
from autograder.release import release
from autograder.stubs import without_markers
from autograder.student_package import student_wheel, wheel_name

pytestmark = pytest.mark.course


@pytest.fixture(scope="module")
def desk(tiny, tmp_path_factory):
    """(released folder, Python) of a student who installed the wheel; other packages are those of this machine."""
    place = tmp_path_factory.mktemp("student")
    folder = release(tiny, place, student_package=True)
    venv.create(place / "venv", symlinks=True)
    python = place / "venv" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "-q", "--python", python, "install", "--no-deps", "--no-index", "--no-compile",
         "--disable-pip-version-check", folder / wheel_name(tiny)], check=True, cwd=place)
    site = next((place / "venv").glob("lib/python*/site-packages"))
    # no .pth of that folder is read, so the toolkit's own editable install stays out of sight
    (site / "everything-else.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder, python


def at(desk, *command):
    """Run a command of the student's: exit code, stdout, stderr."""
    folder, python = desk
    path = {"PATH": f"{python.parent}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=os.environ | path, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_only_the_wheel_is_imported(desk):
    code, out, _ = at(desk, "python", "-c", "import hippo, autograder\nprint(hippo.__file__)\nprint(autograder.__file__)")
    assert code == 0
    assert [Path(line).parts[-3] for line in out.split()] == ["site-packages", "site-packages"]
    assert str(desk[0].parent) in out.split()[0]
    assert str(desk[0].parent) in out.split()[1]


def test_a_withheld_module_explains_itself(desk):
    code, _, err = at(desk, "python", "-c", "from hippo.metrics import overlap")
    assert code == 1
    assert "hippo.metrics holds answers of tiny: write them yourself and use your own functions." in err


@pytest.mark.slow
def test_bundled_data_come_along(desk):
    code, out, err = at(desk, "hippo", "data")
    assert code == 0, err
    assert "UCI digits" in out


def test_what_is_for_instructors_says_so(desk):
    code, _, err = at(desk, "autograder", "new", "mine")
    assert (code, "package for students" in err, "Traceback" in err) == (2, True, False)


@pytest.mark.slow
def test_the_three_commands_of_the_readme(desk, tiny):
    folder, _ = desk
    readme = (folder / "README.md").read_text()
    assert f"pip install jupyterlab ./{wheel_name(tiny)}" in readme
    for command in ("jupyter lab tiny.ipynb", "autograder check tiny.ipynb", "autograder submit tiny.ipynb"):
        assert f"\n{command} " in readme
    code, out, _ = at(desk, "autograder", "check", "tiny.ipynb", "--json")
    question = json.loads(out)["questions"][0]
    assert (code, question["passed"], question["visible"], question["hidden"]) == (1, 0, 1, 2)
    code, out, err = at(desk, "autograder", "submit", "tiny.ipynb", "--out", "packed")
    assert code == 1, err
    assert "question 1 is not answered yet: overlap" in out
    assert "receipt: sha256" in out
    code, out, err = at(desk, "autograder", "submit", "tiny.ipynb", "--run", "--out", "packed")
    assert code == 1, err
    assert "run afresh: every cell runs; visible 0/1" in out


@pytest.mark.slow
def test_the_notebook_runs_and_checks_itself(desk, tiny, tmp_path, monkeypatch):
    folder, python = desk
    kernel = tmp_path / "kernels" / "student"
    kernel.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "student", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = nbformat.read(folder / "tiny.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.id == "overlap":
            cell.source = without_markers(tiny.answer("overlap").source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbclient import NotebookClient

        client = NotebookClient(notebook, timeout=120, kernel_name="student", resources={"metadata": {"path": str(folder)}})
        client.execute()
    check = next(cell for cell in notebook.cells if cell.id == "check-1")
    assert "visible 1/1; 2 more run after you hand in" in check.outputs[0]["data"]["text/plain"]


def test_the_wheel_is_the_same_every_time_and_without_what_stays_here(tiny, tmp_path):
    raw = student_wheel(tiny)
    assert raw == student_wheel(tiny)
    (tmp_path / "w.whl").write_bytes(raw)
    names = zipfile.ZipFile(tmp_path / "w.whl").namelist()
    assert "hippo/hopfield.py" in names
    assert "autograder/worker.py" in names
    assert not [name for name in names if "templates/new" in name or name.startswith(("solutions", "tests"))]
    assert b"pattern" not in zipfile.ZipFile(tmp_path / "w.whl").read("hippo/metrics.py")


def test_of_the_trained_models_only_those_named_come_along(tiny):
    def bundled(*names):
        named = dataclasses.replace(tiny, manifest=structs.replace(tiny.manifest, checkpoints=list(names)))
        files = zipfile.ZipFile(io.BytesIO(student_wheel(named))).namelist()
        return {name.split("/share/hippo/")[1] for name in files if "/share/hippo/" in name}

    assert bundled() == {"digits.md", "digits.npz"}
    assert bundled("vma") - bundled() == {"checkpoints/vma.md", "checkpoints/vma.safetensors"}
    with pytest.raises(UserError, match=r"tiny: checkpoints names 'vna', but data/checkpoints holds fast-weights-4, .*vma\."):
        bundled("vma", "vna")


def test_a_module_with_an_answer_in_it_must_be_withheld(tiny, tmp_path):
    again = shutil.copytree(tiny.folder.parent, tmp_path / "solutions")
    manifest = again / "tiny" / "assignment.toml"
    manifest.write_text(manifest.read_text().replace('withhold = ["metrics"]', "withhold = []"))
    source = again / "tiny" / "tiny.py"
    metrics = (Path(__file__).parents[2] / "hippo" / "metrics.py").read_text()
    line = next(line.strip() for line in metrics.split("\n") if line.strip().startswith("return") and len(line) > 40)
    source.write_text(source.read_text().replace("return (pattern * state).mean()", line))
    with pytest.raises(UserError, match=r"metrics\.py"):
        release(load_assignment("tiny", again), tmp_path / "out", student_package=True)
