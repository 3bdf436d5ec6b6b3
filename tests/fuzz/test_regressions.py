"""What fuzzing has found, each fault by its name."""

from __future__ import annotations

import base64
import json
import struct
import zipfile
import zlib

import pytest

from autograder import archive, protocol
from autograder import collect as collector
from autograder.collect import collect
from autograder.course import is_student_id, read_record
from autograder.errors import UserError
from autograder.images import reencode_image
from autograder.layouts import is_about
from autograder.matching import MAX_CELL_CHARACTERS, MAX_CODE_CHARACTERS, match
from autograder.notebooks import MAX_CELLS, Cell, cells_of
from autograder.platforms import gradescope_list, list_of_gradescope
from autograder.platforms import read as read_name
from autograder.pysource import definitions_only, unreadable
from autograder.spec import read_manifest
from autograder.student import Student, StudentFault
from autograder.submit import pack
from tests.fuzz.archives import check_archive
from tests.fuzz.frames import Metered, Replying, check_frame
from tests.fuzz.properties import check_notebook, released
from tests.fuzz.seeds import NAME, cell, frame, nested, notebook, zipped

# ------------------------------------------------------------------------------------------ frames


@pytest.mark.parametrize("tree", [{"a": [0, "numpy"]}, {"s": ["bfloat16", 1.0, "numpy"]}])
def test_numpy_has_no_bfloat16(tree):
    data = frame({"m": {"d": [["v", tree]]}, "b": [["bfloat16", [2], 4]]}, bytes(4))
    check_frame(data)
    assert str(protocol.decode(Metered(data), with_numpy=True)["v"].dtype) == "torch.bfloat16"


@pytest.mark.parametrize(("depth", "fits"), [(14, True), (15, True), (16, False), (17, False)])
def test_a_frame_is_nested_no_deeper_than_may_be_sent(depth, fits):
    data = frame({"m": nested({"l": []}, "l", depth), "b": []})
    check_frame(data)
    if fits:
        protocol.decode(Metered(data))
    else:
        with pytest.raises(protocol.ProtocolError, match="deep"):
            protocol.decode(Metered(data))


def test_a_frame_has_no_more_parts_than_may_be_sent():
    tree = json.dumps({"m": {"d": [["v", {"l": [0] * protocol.MAX_ITEMS}]]}, "b": []}).encode()
    data = frame({"j": len(tree)}, tree)
    with pytest.raises(protocol.ProtocolError, match="many parts"):
        protocol.decode(Metered(data))


@pytest.mark.parametrize("entry", [
    {"line": 1, "etype": 3, "message": "x"}, {"line": 1, "etype": "x", "message": None}, {"line": True, "etype": "x", "message": "x"},
])
def test_a_failure_in_a_reply_is_made_of_text(entry):
    with pytest.raises(StudentFault, match="not a result"):
        Student(Replying({"id": 0, "ok": True, "value": [entry]}, honest_id=True)).run("x", "cell 1")


# --------------------------------------------------------------------------------------- notebooks


@pytest.mark.parametrize("cells", [3, True, "abc", {"a": 1}, 1.5])
def test_a_worksheet_whose_cells_are_no_list_has_none(cells):
    assert cells_of(json.dumps({"worksheets": [{"cells": cells}]}).encode(), "x.ipynb") == []


def test_worksheets_beside_cells_that_are_none_do_not_stop_packing(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_bytes(b'{"worksheets": [{"cells": []}], "cells": 3}')
    receipt = pack(path, NAME, names=["overlap"], out=tmp_path, dry_run=True)
    assert receipt.problems == ["nothing in the notebook defines overlap"]


@pytest.mark.parametrize("cell_id", ["\ud800", "a" * 70, "a b", "\x1b[31m", ""])
def test_an_id_that_no_cell_can_have_is_none(cell_id):
    raw = notebook([cell("def overlap(pattern, state): pass", "x") | {"id": cell_id}])
    check_notebook(raw)
    assert cells_of(raw, "x.ipynb")[0].id == ""


def test_a_picture_without_its_palette_is_no_picture():
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw = b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 3, 1, 3, 0, 0, 0)),
                    chunk(b"IDAT", zlib.compress(bytes(6))), chunk(b"IEND", b"")])  # fmt: skip
    data = base64.b64encode(raw).decode()
    assert reencode_image(data) is None
    check_notebook(notebook([cell("x", "overlap", outputs=[{"output_type": "display_data", "data": {"image/png": data}}])]))


def test_a_long_sum_in_an_experiment_cell_is_kept_as_it_stands():
    source = "def total(a):\n    return " + " + ".join(["a"] * 1500)
    assert definitions_only(f"run()\n{source}\nrun()") == f"\n{source}"
    check_notebook(notebook([cell(source, "experiment-3")]))


@pytest.mark.parametrize(("source", "kept"), [
    ("X = 1; run(); Y = 2", "X = 1; Y = 2"),
    ("run(); Y = 2\nimport os", "Y = 2\nimport os"),
    ("run()\n\n# why\n@(\n  deco)\ndef f():\n  '''é'''; return 1\nrun()", "\n\n# why\n@(\n  deco)\ndef f():\n  '''é'''; return 1"),
    ("é = 1; X = 'é'\r\nrun()\rclass A: pass", "é = 1; X = 'é'\n\nclass A: pass"),
])
def test_definitions_keep_their_lines_and_decorators(source, kept):
    assert definitions_only(source) == kept
    assert not unreadable(kept)


def test_a_file_of_nothing_but_cells_is_refused():
    raw = b'{"cells": [' + b",".join([b"{}"] * (MAX_CELLS + 1)) + b"]}"
    with pytest.raises(UserError, match="5,001 cells; at most 5,000") as caught:
        cells_of(raw, "x.ipynb")
    assert caught.value.exit_code == 4


def test_code_beyond_what_anybody_writes_is_left_out_unread(monkeypatch):
    read = []
    monkeypatch.setattr("autograder.matching.drop_magics", lambda source: (read.append(len(source)), (source, []))[1])
    _, master, names = released()
    long, full = "#" * (MAX_CELL_CHARACTERS + 1), "#" * MAX_CELL_CHARACTERS
    cells = [Cell("code", "def overlap(p, s): return 1", "overlap"), Cell("code", long), *[Cell("code", full)] * 9]
    submission = match(cells, master, names)
    assert submission.missing == ["recall"]
    assert sum(read) <= MAX_CODE_CHARACTERS
    assert sum("was left out" in note for note in submission.notes) == 3
    assert submission.code[0][0] == "cell 1 (overlap)"


# ---------------------------------------------------------------------------------------- archives


def test_a_zip_entry_without_a_name_is_passed_over(tmp_path):
    raw = bytearray(zipped({"alice_tiny.ipynb": b"{}", "x": b"x"}))
    place = raw.rindex(b"PK\x01\x02")
    # the last name in the directory becomes a comment
    raw[place + 28:place + 34] = struct.pack("<HHH", 0, 0, 1)
    check_archive(bytes(raw))
    (tmp_path / "c.zip").write_bytes(raw)
    assert zipfile.ZipFile(tmp_path / "c.zip").namelist() == ["alice_tiny.ipynb", ""]
    assert collect(tmp_path / "c.zip", tmp_path / "course", NAME).collected == 1


def test_blanks_around_a_name_make_no_other_student(tmp_path):
    source = tmp_path / "c.zip"
    source.write_bytes(zipped({"alice  /tiny.ipynb": b"{}", "bob \u3000b/tiny.ipynb": b"{}", "alice/tiny.ipynb": b"[]"}))
    check_archive(source.read_bytes())
    report = collect(source, tmp_path / "course", NAME)
    assert report.collected == 2
    assert sorted(p.name for p in (tmp_path / "course" / "submitted").iterdir()) == ["alice", "bob b"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("marks", ["1" * 150, " copy" * 30, "_(1)" * 40, "1 2-3_4" * 25])
def test_a_long_number_in_a_name_is_read_at_once(marks):
    assert is_about(NAME, NAME + marks)
    assert not is_about(NAME, NAME + marks + "x")


def test_no_more_is_kept_of_what_one_sender_sent_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(collector, "MAX_KEPT_BYTES", 3_000)
    inner = zipped({f"{NAME} ({n}).ipynb": bytes([n]) * 1_000 for n in range(8)})
    source = tmp_path / "c.zip"
    source.write_bytes(zipped({"alice.zip": inner, "bob.zip": zipped({f"{NAME}.ipynb": b"{}"}), "odd.ipynb ": b""}))
    report = collect(source, tmp_path / "course", NAME)
    assert report.collected == 2
    assert report.quarantined == 7
    assert sum("not kept either" in row.what for row in report.rows) == 4
    kept = [f for f in (tmp_path / "course" / "quarantine" / NAME).iterdir() if f.name != "reasons.csv"]
    assert sum(f.stat().st_size for f in kept) == 3_000


def test_a_zip_in_a_zip_is_opened_once_for_all_its_notebooks(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(archive, "zip_entries", lambda zip_file, size, real=archive.zip_entries: (
        opened.append(size), real(zip_file, size))[1])
    source = tmp_path / "c.zip"
    source.write_bytes(zipped({"alice.zip": zipped({f"{NAME} ({n}).ipynb": b"%d" % n for n in range(20)})}))
    assert collect(source, tmp_path / "course", NAME).quarantined == 19
    assert len(opened) == 2


def test_a_list_of_gradescope_that_cannot_be_read_is_said_so(tmp_path):
    source = tmp_path / "c.zip"
    raw = bytearray(zipped({"submission_metadata.yml": b"--- {}", "submission_1/tiny.ipynb": b"{}"}, zipfile.ZIP_STORED))
    raw[raw.index(b"--- {}")] ^= 1
    source.write_bytes(raw)
    check_archive(bytes(raw))
    with pytest.raises(UserError, match=r"submission_metadata[.]yml in the archive cannot be read: it is damaged"):
        collect(source, tmp_path / "course", NAME)


@pytest.mark.parametrize("text", ["!!int ''", "!!bool x", "? [a]\n: b", "&a [*a]", "{" * 2000, "a: !!timestamp 2026-99-99", "!!python/name:os"])
def test_a_list_of_gradescope_that_is_none_is_refused(text):
    with pytest.raises(UserError, match="cannot be read"):
        gradescope_list(text.encode())


def test_what_gradescope_says_of_people_is_short_plain_text():
    aliases = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 9)}]\n" for n in range(30))
    text = f"{aliases}s: {{':submitters': [{{':name': *a29, ':sid': \"a\\u202eb  c\"}}], ':created_at': 0001-01-01 00:00:00}}"
    sent = gradescope_list(text.encode())["s"]
    assert (sent.senders[0].name, sent.senders[0].id) == ("", "a\N{REPLACEMENT CHARACTER}b c")
    assert sent.handed_in is None


def test_a_file_where_the_folder_of_the_list_should_be(tmp_path):
    """A zip may name both `class` and `class/submission_metadata.yml`: no folder of Gradescope's."""
    listed = ("class", "submission_metadata.yml")
    assert list_of_gradescope([("class",), listed]) is None
    assert list_of_gradescope([listed, ("class", "submission_1", f"{NAME}.ipynb")]) == listed
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as both:
        both.writestr("class/submission_metadata.yml", "submission_1: {}")
        both.writestr("class", "a file")
    check_archive((tmp_path / "class.zip").read_bytes())


def test_no_student_can_bring_a_list_of_gradescope(tmp_path):
    source = tmp_path / "c.zip"
    theirs = b"bob: {':submitters': [{':sid': alice}]}"
    source.write_bytes(zipped({"alice/submission_metadata.yml": theirs, "alice/submission_1": b"", "alice/tiny.ipynb": b"[]",
                               "bob/tiny.ipynb": b"{}"}))
    report = collect(source, tmp_path / "course", NAME)
    assert report.platform == "zip"
    assert (tmp_path / "course" / "submitted" / "bob" / NAME / f"{NAME}.ipynb").read_bytes() == b"{}"


def test_no_student_can_write_another_ones_id_into_a_name():
    sent = read_name("moodle", ("Alice A_12_assignsubmission_file_Bob_99_assignsubmission_file_tiny.ipynb",))
    assert (sent.senders[0].id, sent.senders[0].name) == ("12", "Alice A")
    assert read_name("canvas", ("alicea_12_345_bobb_99_999_tiny.ipynb",)).senders[0].id == "12"


def test_a_sender_whose_name_is_no_folders_goes_by_the_id(tmp_path):
    source = tmp_path / "c.zip"
    source.write_bytes(zipped({"12-34 - .. - Oct 31, 2026 1158 PM/tiny.ipynb": b"{}",
                               "12-34 - A - Oct 31, 2026 1159 PM/tiny.ipynb": b"[]"}))
    check_archive(source.read_bytes())
    report = collect(source, tmp_path / "course", NAME)
    assert [(row.student, row.outcome) for row in report.rows] == [("12-34", "earlier"), ("12-34", "collected")]


@pytest.mark.parametrize(("name", "fits"), [("é" * 100, True), ("\N{GRINNING FACE}" * 60, False), ("a" * 101, False), ("\ud800", False)])
def test_a_student_id_fits_into_a_folders_name(name, fits):
    assert is_student_id(name) is fits


# ---------------------------------------------------------------------------- manifests and records

SMALL = 'schema = 1\nname = "a"\ntitle = "t"\npoints = 1\n'
QUESTION = '[[question]]\nid = "1"\ntitle = "q"\npoints = 1\nnames = ["f"]\n'


@pytest.mark.parametrize(("text", "says"), [
    ("x = " + "[" * 5000, "nested too deeply"),
    (SMALL + "question = [1, {}]", "question number 1: Expected `object`, got `int`"),
    (SMALL + 'question = [{id = "z"}]', "question z: it missing required field `title`"),
    ((SMALL + QUESTION).replace("points = 1", "points = inf"), "points must be above 0"),
    ((SMALL + QUESTION).replace("points = 1", "points = nan", 1), "points = nan, but the questions add up to 1"),
    (SMALL + QUESTION.replace('"f"', '"f("'), "'f(' in `names` is no name that Python code can define"),
    (SMALL + QUESTION + "tolerance = { atol = nan }", "atol and rtol must be numbers from 0 up"),
    (SMALL + QUESTION + "cpu_seconds = -1", "cpu_seconds must be above 0, got -1"),
    (SMALL + "[limits]\nmemory_mb = 0\n" + QUESTION, "limits: memory_mb must be above 0, got 0"),
    (SMALL.replace("= 1\n", "= 1\n", 1) + QUESTION.replace('"1"', '"1.a"') + QUESTION.replace('"1"', '"1-a"').replace('"f"', '"g"'),
     "question id (with . as -) '1-a' is used twice"),
    (SMALL + '"a\\u202eb" = 1\n' + QUESTION, "unknown field `a\N{REPLACEMENT CHARACTER}b`"),
])
def test_a_manifest_that_makes_no_sense_is_refused_in_a_line(tmp_path, text, says):
    path = tmp_path / "assignment.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_manifest(path)
    assert says in caught.value.message
    assert "\n" not in caught.value.message


def test_a_record_nested_too_deeply_is_damaged(tmp_path):
    path = tmp_path / "alice.json"
    path.write_text('{"versions": ' + '{"a":' * 20_000)
    with pytest.raises(UserError, match="is damaged"):
        read_record(path)
