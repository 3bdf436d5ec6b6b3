"""Hostile archives and folders: refused with a reason, nothing unpacked outside, the neighbour's notebook collected."""

from __future__ import annotations

import csv
import os
import stat
import tracemalloc
import zipfile

import pytest

from autograder.collect import collect
from autograder.export import write_csv
from autograder.plaintext import clean
from autograder.record import Record
from tests.course.hostile import archives
from tests.course.hostile.corpus import ARCHIVES, honest_notebook

#: The largest file that is read, once packed and once unpacked, and what Python needs besides.
MOST_MEMORY = 48 << 20


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("token")
    return folder


def everything(folder):
    return {path: (path.lstat().st_mode, path.lstat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize("case", ARCHIVES.values(), ids=ARCHIVES)
def test_a_hostile_archive_is_refused_and_its_neighbour_collected(case, tmp_path, outside):
    source, course = tmp_path / "handed-in.zip", tmp_path / "course"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/victim.ipynb", honest_notebook())
    getattr(archives, case.archive)(source, outside)
    before = everything(tmp_path)
    tracemalloc.start()
    report = collect(source, course, "victim")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < MOST_MEMORY
    refused = [row for row in report.rows if row.outcome == "quarantined"]
    assert refused
    assert any(case.says in row.what for row in refused), refused
    for row in report.rows:
        assert clean(row.what) == row.what
        assert clean(row.file) == row.file
        assert "Traceback" not in row.what
    assert (course / "submitted" / "ada" / "victim" / "victim.ipynb").read_text() == honest_notebook()
    assert [path.name for path in (course / "submitted").iterdir()] == ["ada"]
    after = {path: state for path, state in everything(tmp_path).items() if course not in path.parents and path != course}
    assert after == before
    assert not any(stat.S_ISLNK(path.lstat().st_mode) for path in course.rglob("*"))
    assert "token" not in "".join(path.read_text(errors="replace") for path in course.rglob("*") if path.is_file())


def test_links_pipes_and_devices_in_a_folder_are_not_read(tmp_path, outside):
    source, course = tmp_path / "handed-in", tmp_path / "course"
    for student in ("ada", "enemy-with-link", "enemy-with-pipe", "enemy-with-folder", "enemy-linked"):
        if student != "enemy-linked":
            (source / student).mkdir(parents=True)
    (source / "ada" / "victim.ipynb").write_text(honest_notebook())
    (source / "enemy-with-link" / "victim.ipynb").symlink_to(outside / "secret")
    os.mkfifo(source / "enemy-with-pipe" / "victim.ipynb")
    (source / "enemy-with-folder" / "victim.ipynb").mkdir()
    (source / "enemy-linked").symlink_to(outside)
    report = collect(source, course, "victim")
    assert report.collected == 1
    assert {row.student for row in report.rows if row.outcome == "quarantined"} >= {
        "enemy-with-link", "enemy-with-pipe", "enemy-with-folder"}
    assert "token" not in "".join(path.read_text(errors="replace") for path in course.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "-1", "@SUM(A1)"])
def test_a_students_name_is_no_formula_in_a_spreadsheet(name, tmp_path):
    source, course = tmp_path / "handed-in.zip", tmp_path / "course"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr(f"{name}/victim.ipynb", honest_notebook())
        archive.writestr("ada/victim.ipynb", honest_notebook())
    collect(source, course, "victim")
    records = [Record(student=path.name, assignment="victim", title="=1+1", status="graded", score=6, max_score=6,
                      isolation="L3", seed=1) for path in (course / "submitted").iterdir()]
    write_csv(records, {}, [], tmp_path / "grades.csv")
    with (tmp_path / "grades.csv").open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert f"'{name}" in cells
    assert not any(cell.startswith(("=", "+", "@", "-")) for cell in cells)
