import csv
import io
import json
import os
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest

from autograder.archive import MAX_FILE_BYTES
from autograder.collect import collect
from autograder.errors import UserError
from autograder.submit import pack

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def numbered(n):
    return NOTEBOOK + b" " * n


def make_folder(root, files):
    for name, raw in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return root


def make_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return path


def outcomes(report):
    return {row.file: row.outcome for row in report.rows}


def submissions(course):
    return {p.parent.parent.name: p.read_bytes() for p in course.glob("submitted/*/hippocampus/hippocampus.ipynb")}


def reasons_of(course):
    return io.StringIO((course / "quarantine/hippocampus/reasons.csv").read_bytes().decode("utf-8"), newline="")


def everything_under(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


LAYOUTS = {
    "folders": {
        "anna/hippocampus.ipynb": numbered(1),
        "O'Neil, Jr./hippocampus (1).ipynb": numbered(2),
        "=1+1/hippocampus.ipynb": numbered(3),
    },
    "flat": {"anna.ipynb": numbered(1), "O'Neil, Jr..ipynb": numbered(2), "=1+1_hippocampus.ipynb": numbered(3)},
    "nbgrader": {
        f"submitted/{s}/hippocampus/hippocampus.ipynb": numbered(n)
        for n, s in enumerate(("anna", "O'Neil, Jr.", "=1+1"), start=1)
    },
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("packed", [True, False])
def test_every_layout_is_collected_from_folder_and_zip(tmp_path, layout, packed):
    files = LAYOUTS[layout]
    source = make_zip(tmp_path / "class.zip", files) if packed else make_folder(tmp_path / "class", files)
    report = collect(source, tmp_path / "course", "hippocampus", expected_names=["anna", "=1+1", "O'Neil, Jr.", "nora"])
    assert (report.collected, report.quarantined, report.missing) == (3, 0, ["nora"])
    assert submissions(tmp_path / "course") == {"anna": numbered(1), "O'Neil, Jr.": numbered(2), "=1+1": numbered(3)}


def test_a_wrong_file_name_is_accepted_and_noted(tmp_path):
    source = make_folder(tmp_path / "in", {"anna/hippocampus (1).ipynb": NOTEBOOK, "bob/answers.ipynb": NOTEBOOK})
    report = collect(source, tmp_path / "course", "hippocampus")
    assert {r.student: r.what for r in report.rows} == {
        "anna": "collected; it was called hippocampus (1).ipynb",
        "bob": "collected; it was called answers.ipynb, which does not name the assignment",
    }


def test_broken_json_is_collected_for_the_grader_to_name(tmp_path):
    report = collect(make_folder(tmp_path / "in", {"anna.ipynb": b"{broken"}), tmp_path / "c", "hippocampus")
    assert report.collected == 1
    assert "not readable as a notebook" in report.rows[0].what


def test_the_newest_of_several_is_taken_and_the_others_kept_aside(tmp_path):
    source = make_folder(
        tmp_path / "in",
        {
            "anna/hippocampus.ipynb": numbered(1),
            "anna/hippocampus (1).ipynb": numbered(2),
            "anna/notes.ipynb": numbered(3),
        },
    )
    os.utime(source / "anna/hippocampus.ipynb", (1000, 1000))
    report = collect(source, tmp_path / "course", "hippocampus")
    assert submissions(tmp_path / "course") == {"anna": numbered(2)}
    assert (report.collected, report.quarantined) == (1, 2)
    reasons = list(csv.DictReader(reasons_of(tmp_path / "course")))
    assert {r["file"] for r in reasons} == {"anna/hippocampus.ipynb", "anna/notes.ipynb"}
    assert all("was taken" in r["reason"] for r in reasons)
    assert all((tmp_path / "course/quarantine/hippocampus" / r["kept_as"]).is_file() for r in reasons)


def test_collecting_twice_changes_nothing_and_an_older_file_never_wins(tmp_path):
    source = make_folder(tmp_path / "in", {"anna/hippocampus.ipynb": numbered(1)})
    course = tmp_path / "course"
    collect(source, course, "hippocampus")
    assert collect(source, course, "hippocampus").unchanged == 1
    (source / "anna/hippocampus.ipynb").write_bytes(numbered(2))
    os.utime(source / "anna/hippocampus.ipynb", (1000, 1000))
    assert collect(source, course, "hippocampus").kept == 1
    assert submissions(course) == {"anna": numbered(1)}


def test_the_time_of_handing_in_is_kept(tmp_path):
    source = make_folder(tmp_path / "in", {"anna/hippocampus.ipynb": NOTEBOOK})
    os.utime(source / "anna/hippocampus.ipynb", (1_700_000_000, 1_700_000_000))
    collect(source, tmp_path / "c", "hippocampus")
    assert (tmp_path / "c/submitted/anna/hippocampus/hippocampus.ipynb").stat().st_mtime == 1_700_000_000


def test_what_is_no_notebook_is_ignored_and_a_folder_without_one_is_told(tmp_path):
    source = make_folder(
        tmp_path / "in",
        {
            "anna/hippocampus.ipynb": NOTEBOOK,
            "anna/plot.png": b"x",
            "bob/essay.docx": b"x",
            "readme.txt": b"x",
            "__MACOSX/anna/._h.ipynb": b"x",
            ".DS_Store": b"x",
        },
    )
    report = collect(source, tmp_path / "c", "hippocampus")
    assert outcomes(report) == {
        "anna/hippocampus.ipynb": "collected",
        "anna/plot.png": "ignored",
        "readme.txt": "ignored",
        "bob/essay.docx": "quarantined",
    }
    assert "no notebook among this student's files" in next(r.what for r in report.rows if r.student == "bob")


def test_links_devices_and_folders_in_place_of_files_stop_nobody(tmp_path):
    source = make_folder(
        tmp_path / "in",
        {"good/hippocampus.ipynb": NOTEBOOK, "secret.txt": b"secret", "folder/hippocampus.ipynb/x.txt": b"x"},
    )
    for name in ("link", "pipe"):
        (source / name).mkdir()
    (source / "link/hippocampus.ipynb").symlink_to("/etc/passwd")
    (source / "linked").symlink_to(source / "good")
    os.mkfifo(source / "pipe/hippocampus.ipynb")
    report = collect(source, tmp_path / "c", "hippocampus")
    what = {r.student: r.what for r in report.rows if r.student}
    assert what["link"] == "not collected: it is a link"
    assert what["pipe"] == "not collected: it is a device, pipe or socket"
    assert what["folder"] == "not collected: it is a folder, expected a notebook file"
    assert set(submissions(tmp_path / "c")) == {"good"}
    assert not [p for p in (tmp_path / "c").rglob("*") if p.is_symlink()]


def with_mode(name, mode):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_hostile_zip_costs_only_its_own_files(tmp_path):
    source = tmp_path / "in.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in (
            "good",
            "twice",
            "twice",
            "../up",
            "/abs",
            "C:/x",
            "a\\b",
            "bidi\u202e",
            "ansi\x1b[31m",
            "x" * 240,
        ):
            archive.writestr(f"{folder}/hippocampus.ipynb", NOTEBOOK)
        archive.writestr(with_mode("link/hippocampus.ipynb", stat.S_IFLNK | 0o777), "/etc/passwd")
        archive.writestr(with_mode("dev/hippocampus.ipynb", stat.S_IFCHR | 0o600), "")
        archive.writestr("bomb/hippocampus.ipynb", b"0" * (MAX_FILE_BYTES - 1))
        archive.writestr("large/hippocampus.ipynb", b"0" * (MAX_FILE_BYTES + 1))
    report = collect(source, tmp_path / "course", "hippocampus")
    assert set(submissions(tmp_path / "course")) == {"good"}
    assert (report.collected, report.quarantined) == (1, len(report.rows) - 1)
    assert {r.student: r.what for r in report.rows if r.student in ("link", "dev", "bomb", "large", "twice")} == {
        "link": "not collected: it is a link",
        "dev": "not collected: it is a device, pipe or socket",
        "bomb": "not collected: it unpacks to more than a hundred times its packed size",
        "large": "not collected: it is larger than 20 MiB",
        "twice": "not collected: its name appears more than once in the archive",
    }
    assert sum("leads out of the archive" in r.what for r in report.rows) == 4
    assert not any(set(r.file + r.what + r.student) & set("\x1b\u202e") for r in report.rows)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["course", "in.zip"]
    assert all(
        p.startswith(("submitted/good", "quarantine/hippocampus", "arrivals/hippocampus.json"))
        for p in everything_under(tmp_path / "course")
        if "/" in p
    )


def test_sizes_that_lie_and_damaged_members_are_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("liar/hippocampus.ipynb", b"0" * 30_000_000)
        archive.writestr("good/hippocampus.ipynb", NOTEBOOK)
    raw = buffer.getvalue().replace((30_000_000).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    (tmp_path / "in.zip").write_bytes(raw)
    report = collect(tmp_path / "in.zip", tmp_path / "c", "hippocampus")
    assert {r.student: r.outcome for r in report.rows} == {"good": "collected", "liar": "quarantined"}


def test_names_in_any_alphabet_and_normal_form_are_one_student(tmp_path):
    decomposed = unicodedata.normalize("NFD", "björn")
    source = make_folder(tmp_path / "in", {f"{decomposed}/hippocampus.ipynb": NOTEBOOK, "王小明.ipynb": NOTEBOOK})
    collect(source, tmp_path / "c", "hippocampus")
    assert set(submissions(tmp_path / "c")) == {"björn", "王小明"}


def test_what_submit_packs_can_be_collected_from_folders_and_zips(tmp_path):
    output = {"output_type": "stream", "name": "stdout", "text": "0" * 1_000_000}
    lots = {"cells": [{"cell_type": "code", "source": "", "metadata": {}, "outputs": [output]}]}
    (tmp_path / "hippocampus.ipynb").write_text(json.dumps(lots))
    packed = pack(tmp_path / "hippocampus.ipynb", "hippocampus", out=tmp_path / "anna").archive
    raw = Path(packed).read_bytes()
    make_zip(tmp_path / "all.zip", {"anna/hippocampus-submission.zip": raw, "bob_hippocampus-submission.zip": raw})
    report = collect(tmp_path / "all.zip", tmp_path / "c", "hippocampus")
    assert (report.collected, report.quarantined) == (2, 0)
    assert json.loads(submissions(tmp_path / "c")["bob"]) == lots


def test_zips_in_zips_are_opened_once_only(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {"hippocampus.ipynb": NOTEBOOK}).read_bytes()
    middle = make_zip(tmp_path / "middle.zip", {"deep.zip": inner}).read_bytes()
    source = make_zip(tmp_path / "in.zip", {"anna.zip": middle, "bob.zip": b"PK no", "cy.zip": inner})
    report = collect(source, tmp_path / "c", "hippocampus")
    outcome = {r.student: r.outcome for r in report.rows}
    assert outcome == {"anna": "quarantined", "bob": "quarantined", "cy": "collected"}


@pytest.mark.parametrize(
    ("prepare", "code", "says"),
    [
        (lambda p: None, 2, "not there"),
        (lambda p: p.mkdir(), 5, "empty"),
        (lambda p: p.write_bytes(b""), 4, "not a zip"),
        (lambda p: p.write_bytes(b"PK\x03\x04 garbage"), 4, "not a zip"),
        (lambda p: make_zip(p, {}), 5, "empty"),
        (lambda p: os.mkfifo(p), 2, "not there"),
    ],
)
def test_an_unusable_source_is_one_sentence(tmp_path, prepare, code, says):
    prepare(tmp_path / "in")
    with pytest.raises(UserError, match=says) as error:
        collect(tmp_path / "in", tmp_path / "c", "hippocampus")
    assert error.value.exit_code == code
    assert "\n" not in error.value.message


def test_the_course_itself_is_no_source(tmp_path):
    make_folder(tmp_path / "submitted", {"anna/hippocampus/hippocampus.ipynb": NOTEBOOK})
    with pytest.raises(UserError, match="collected already"):
        collect(tmp_path / "submitted", tmp_path, "hippocampus")


def test_students_outside_the_list_are_collected_and_noted(tmp_path):
    source = make_folder(tmp_path / "in", {"ann_b_x.ipynb": NOTEBOOK, "eve.ipynb": NOTEBOOK})
    report = collect(source, tmp_path / "c", "hippocampus", expected_names=["ann_b", "cy"])
    assert {r.student: r.what for r in report.rows} == {
        "ann_b": "collected",
        "eve": "collected; this student is not on the list of the class",
    }
    assert report.missing == ["cy"]


def test_reasons_cannot_be_formulas_and_survive_a_second_collection(tmp_path):
    for name in ("=1+1", "@x"):
        source = make_folder(tmp_path / name, {f"{name}/essay.pdf": b"x"})
        collect(source, tmp_path / "c", "hippocampus")
    rows = list(csv.reader(reasons_of(tmp_path / "c")))
    assert [r[0] for r in rows] == ["student_id", "'=1+1", "'@x"]


def test_a_folder_in_the_way_stops_one_student_only(tmp_path):
    (tmp_path / "c/submitted/anna/hippocampus/hippocampus.ipynb").mkdir(parents=True)
    source = make_folder(tmp_path / "in", {"anna.ipynb": NOTEBOOK, "bob.ipynb": NOTEBOOK})
    report = collect(source, tmp_path / "c", "hippocampus", expected_names=["anna", "bob"])
    assert {r.student: r.outcome for r in report.rows} == {"anna": "quarantined", "bob": "collected"}
