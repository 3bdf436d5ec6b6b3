"""What the READMEs show is true: examples run, commands exist, folders are there."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
AUTHORING = (ROOT / "solutions" / "README.md").read_text(encoding="utf-8")


def test_the_examples_run():
    parsed = doctest.DocTestParser().get_doctest(README.replace("```", ""), {}, "README.md", "README.md", 0)
    assert len(parsed.examples) >= 5
    assert doctest.DocTestRunner().run(parsed).failed == 0


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^autograder ([a-z]+)", README + AUTHORING, re.MULTILINE))))
def test_every_command_exists(command):
    from autograder.cli import app

    assert command in {info.name or info.callback.__name__ for info in app.registered_commands}


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make ([a-z-]+)", README, re.MULTILINE))))
def test_every_make_target_exists(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_folder_of_the_layout_is_there():
    for folder in re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE):
        assert (ROOT / folder).is_dir()
