"""Who may know whom: the rooms of the house, held by one test over the source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted([*(ROOT / "hippo").rglob("*.py"), *(ROOT / "autograder").rglob("*.py")])
MODULES = [p for p in FILES if "templates" not in p.parts]


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path):
    """Every module a file imports, at top level or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def calls(path):
    """Names of everything a file calls: `exec`, `subprocess.Popen`, ..."""
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_import_only_what_they_may(path):
    name, known = name_of(path), imports(path)
    if name.startswith("hippo"):
        assert not any(m.startswith(("autograder", "nbgrader")) for m in known)
    if name == "autograder.worker":
        assert {m for m in known if m.startswith("autograder")} <= {"autograder", "autograder.protocol"}
    if name == "autograder.protocol":
        assert not any(m.startswith("autograder") for m in known)
    if any(m.split(".")[0] == "nbgrader" for m in known):
        assert name in ("autograder.gradebook", "autograder.release")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_worker_executes_student_code(path):
    name, called = name_of(path), calls(path)
    if called & {"exec", "eval", "runpy.run_path", "runpy.run_module"}:
        # `reference` executes the instructor's own solution, never anything that came from a student
        assert name in ("autograder.worker", "autograder.reference")
    assert not called & {"pickle.load", "pickle.loads", "marshal.loads"}
    # weights of a published network that a user names by path; no file of a student comes there
    assert "torch.load" not in called or name == "hippo.retrieval.monet_weights"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
            assert "weights_only=True" in [ast.unparse(keyword) for keyword in node.keywords]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_known_modules_start_processes(path):
    starters = {
        "subprocess.Popen",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_output",
        "os.fork",
        "os.system",
    }
    allowed = {
        "autograder.slots": "trusted slots",
        "autograder.commands.handing_back": "jupyter server for formgrader",
        "autograder.worker": "fork per question, inside the box",
    }
    if calls(path) & starters and not name_of(path).startswith(("autograder.sandbox", "autograder.isolation")):
        assert name_of(path) in allowed


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_are_short_and_named_for_what_they_do(path):
    assert len(path.read_text().splitlines()) <= 300
    assert path.stem not in ("utils", "util", "helpers", "common", "misc")
    assert ast.get_docstring(ast.parse(path.read_text())), "a module says in one sentence what it is"


def test_the_top_level_holds_nothing_else():
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    top = {name.split("/")[0] for name in listed if not name.startswith(".")}
    assert top <= {
        "assignments",
        "solutions",
        "autograder",
        "hippo",
        "data",
        "tests",
        "pyproject.toml",
        "README.md",
        "Makefile",
    }
