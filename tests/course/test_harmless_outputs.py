"""A student's page, table cell or terminal line made of commands is harmless: byte by byte, in every file that is made."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.course import nasty
from tests.course.harmless import (
    file_faults,
    line_faults,
    notebook_faults,
    page_faults,
    picture_fault,
    table_faults,
    text_faults,
    value_faults,
)

pytestmark = pytest.mark.course
ROOT = Path(__file__).resolve().parents[2]
AUTOGRADER = [sys.executable, "-c", "from autograder.cli import main; main()"]
#: What comes from a person and not from us: the files handed in, the roster, the assignment; the gradebook is no text.
NOT_OURS = ("submitted", "solutions", "students.csv", "gradebook.db", "handed-in")
COMMANDS = (("grade", "--jobs", "1"), ("grade", "--jobs", "1", "--force", "--json"), ("feedback",), ("report",), ("export",),
            *(("export", "--format", kind) for kind in ("junit", "ags", "gradescope")), ("export", "--json"))


def command(course: Path, *words: str) -> list[str]:
    more = [] if words[0] in ("report", "collect") else ["--solutions", str(course / "solutions")]
    return [*AUTOGRADER, words[0], *words[1:], *([] if words[0] == "collect" else [nasty.NAME]), "--course", str(course), *more]


def environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """(course folder, what every command printed)."""
    folder = tmp_path_factory.mktemp("nasty")
    assignment = nasty.make_assignment(folder / "solutions")
    nasty.hand_in(assignment, folder)
    printed = {}
    for words in COMMANDS:
        ran = subprocess.run(command(folder, *words), capture_output=True, cwd=ROOT, env=environment(), timeout=300, check=False)
        assert ran.returncode == 0, (words, ran.stderr[-2000:])
        printed[words] = (ran.stdout, ran.stderr)
    return folder, printed


def ours(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and p.relative_to(folder).parts[0] not in NOT_OURS]


def test_every_file_made_of_hostile_submissions_is_harmless(course):
    folder, _ = course
    files = ours(folder)
    assert {p.suffix for p in files} >= {".html", ".csv", ".json", ".jsonl", ".ipynb", ".xml"}
    assert len(files) >= 6 * len(nasty.STUDENTS)
    faults = {str(p.relative_to(folder)): found[:5] for p in files if (found := file_faults(p))}
    assert faults == {}


def test_the_hostile_texts_did_arrive(course):
    """Or nothing was shown: each kind of trick stands in some page, as text."""
    folder, _ = course
    pages = "".join(p.read_text(encoding="utf-8") for p in folder.glob("feedback/**/*.html"))
    for shown in ("&lt;script&gt;window.__pwned=1", "{{7*7}}", "{% for x in", "[bold red]x", "javascript:window.__pwned=11",
                  "__import__(", "\ufffd", "&lt;meta http-equiv=refresh"):
        assert shown in pages, shown
    notebooks = "".join(p.read_text(encoding="utf-8") for p in folder.glob("autograded/**/*.ipynb"))
    for shown in ("&lt;script>window.__pwned=1", "image/png", "\\\\ href", "[click] (javascript"):
        assert shown in notebooks, shown


def test_of_the_pictures_only_the_pixels_of_real_ones_are_kept(course):
    folder, _ = course
    document = json.loads((folder / "autograded" / "ann" / nasty.NAME / f"{nasty.NAME}.ipynb").read_text(encoding="utf-8"))
    figures = next(cell for cell in document["cells"] if cell["id"] == "figures-5")
    kept = [output["data"]["image/png"] for output in figures["outputs"] if "data" in output]
    assert len(kept) == 3  # good, with a page behind it, with text inside
    assert len(set(kept)) == 1


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_a_command_prints_into_a_pipe_is_plain(course, words):
    _, printed = course
    out, err = printed[words]
    assert line_faults(out) == []
    assert line_faults(err) == []
    if "--json" in words:
        assert list(value_faults(json.loads(out))) == []
        assert out.count(b"\n") == 1


def on_terminal(words: list[str]) -> bytes:
    """What a command writes where both outputs are a terminal."""
    parent, child = pty.openpty()
    with subprocess.Popen(words, stdin=child, stdout=child, stderr=child, cwd=ROOT, env=environment() | {"TERM": "xterm-256color"}) as running:
        os.close(child)
        written, deadline = b"", time.monotonic() + 300
        while time.monotonic() < deadline:
            if not select.select([parent], [], [], 1)[0]:
                continue
            try:
                data = os.read(parent, 1 << 16)
            except OSError:  # the other side is closed
                break
            if not data:
                break
            written += data
        assert running.wait(10) == 0, written[-2000:]
    os.close(parent)
    return written


@pytest.mark.parametrize("words", [pytest.param(("grade", "--jobs", "1", "--force"), marks=pytest.mark.slow), ("feedback",), ("export",)], ids=lambda w: w[0])
def test_what_a_command_writes_on_a_terminal_is_its_own(course, words):
    folder, _ = course
    written = on_terminal(command(folder, *words))
    assert line_faults(written, terminal=True) == []
    assert b"]52;" not in written
    assert b"\x1b]" not in written  # titles, links, the clipboard: nothing of ours does that either
    if words[0] == "grade":
        assert b"[bold]x[link=evil]" in written.replace(b"\r\n", b"")  # as text, not as rich's markup


@pytest.mark.slow
def test_an_id_that_would_command_something_is_no_student_and_that_is_said(tmp_path):
    assignment = nasty.make_assignment(tmp_path / "solutions")
    names = ["ok", "a\u202eb", "a\x9bb", "a\x7fb", "a\u200bb", "c\x1b[31m"]
    for name in names:
        (tmp_path / "submitted" / name / nasty.NAME).mkdir(parents=True)
    (tmp_path / "submitted" / "ok" / nasty.NAME / f"{nasty.NAME}.ipynb").write_text(nasty.notebook(assignment))
    ran = subprocess.run(command(tmp_path, "grade", "--jobs", "1"), capture_output=True, cwd=ROOT, env=environment(), timeout=300, check=False)
    assert ran.returncode == 0
    assert b"1 graded" in ran.stdout
    assert "not graded, because the folder's name cannot be a student's id: a; a\ufffdb; " in ran.stdout.decode()
    assert line_faults(ran.stdout) == []


def test_hostile_names_in_an_archive_are_told_as_text(tmp_path):
    folder = tmp_path / "handed-in"
    for number, name in enumerate([*nasty.FILE_NAMES, "\x1b[31m=1+1\u202e.ipynb", "bob_\x9b31m.ipynb", "=cmd|' C calc'!A0;=1_x.ipynb"]):
        path = folder / ("" if number > 2 else f"s{number}") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nasty.HTML)
    course = tmp_path / "course"
    course.mkdir()
    for words in (("collect", str(folder), nasty.NAME), ("collect", str(folder), nasty.NAME, "--json")):
        ran = subprocess.run(command(course, *words), capture_output=True, cwd=ROOT, env=environment(), timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr
        assert line_faults(ran.stdout) == []
        assert line_faults(ran.stderr) == []
    assert list(value_faults(json.loads(ran.stdout))) == []
    (reasons,) = course.glob("quarantine/*/reasons.csv")
    assert file_faults(reasons) == []


def test_hidden_properties_show_title_and_hint_only(course):
    folder, _ = course
    for page in folder.glob("feedback/*/*/*.html"):
        text = page.read_text(encoding="utf-8")
        assert "secret-seven" not in text
        assert "424242" not in text
        for item in re.findall(r"<li>.*?</li>", text, re.DOTALL):
            if "hidden test" in item:
                assert "pwned" not in item
                assert "<pre>" not in item
    text = (folder / "feedback" / "ann" / nasty.NAME / f"{nasty.NAME}.html").read_text(encoding="utf-8")
    assert "Think of a greeting." in text


@pytest.mark.parametrize(("check", "harmful"), [
    (text_faults, "a\x1b[31m"), (text_faults, "a\x9b"), (text_faults, "a\x00"), (text_faults, "a\u202e"), (text_faults, "a\rb"),
    (text_faults, "a\ud800"), (text_faults, "a\u2028"), (text_faults, "e" + "\u0301" * 20),
    (table_faults, "id,mark\r\n=1+1,2\r\n"), (table_faults, "id,mark\r\nx;=1+1,2\r\n"), (table_faults, 'id\r\n"""=1+1"\r\n'),
    (table_faults, "id\r\n ＝1\r\n"), (page_faults, "<p>no policy</p>"), (page_faults, "<p><script>1</script></p>"),
    (page_faults, "<p onclick='1'>x</p>"), (page_faults, "<a href='javascript:1'>x</a>"), (page_faults, "<a href='http://evil.example'>x</a>"),
    (page_faults, "<img src='http://evil.example/x.png' alt='x'>"),
    (lambda value: value_faults(json.loads(value)), '{"a": ["\\u001b[31m"]}'),
    (lambda value: value_faults(json.loads(value)), '{"\\u202e": 1}'),
    (notebook_faults, json.dumps({"cells": [{"id": "a", "cell_type": "markdown", "source": "<b>", "metadata": {}}]})),
    (notebook_faults, json.dumps({"cells": [{"id": "a", "cell_type": "markdown", "source": "[a](b)", "metadata": {}}]})),
    (notebook_faults, json.dumps({"cells": [{"id": "a", "cell_type": "code", "source": "", "metadata": {}, "outputs": [
        {"output_type": "display_data", "data": {"text/html": "x"}, "metadata": {}}]}]})),
    (lambda data: [picture_fault(data)], nasty.pictures()["image/png with text inside"]),
], ids=lambda v: repr(v)[:40] if isinstance(v, str) else "")
def test_these_checks_find_what_is_harmful(check, harmful):
    assert any(check(harmful))
