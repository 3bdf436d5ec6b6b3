"""Download-all archives as the platforms make them, from the archive to the course folder."""

import json
import os
import zipfile
from datetime import UTC, datetime

import pytest

from autograder.arrivals import read_arrivals
from autograder.collect import collect
from autograder.errors import UserError
from autograder.platforms import brightspace_time, detect, gradescope_list, read

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
METADATA = """\
---
submission_111:
  :submitters:
  - :name: O'Neil, Jr.
    :sid: s1
    :email: oneil@uni.example
  :created_at: 2026-11-01 22:00:00.123456789 Z
  :score: 0.0
submission_222:
  :submitters:
  - :name: Anna
    :sid: anna
    :email: anna@uni.example
  - :name: Björn
    :sid: ''
    :email: björn@uni.example
  :created_at: 2026-11-03 09:30:00 +01:00
"""
ARCHIVES = {
    "canvas": {
        "oneiljr_LATE_4711_99001_hippocampus-1.ipynb": 1,
        "annaexample_4712_99002_my notebook_final_2.ipynb": 2,
        "björn_4713_99003_hippocampus-submission.zip": 3,
        "annaexample_4712_99009_plot.png": 9,
    },
    "moodle": {
        "O'Neil, Jr._771_assignsubmission_file_/hippocampus.ipynb": 1,
        "Anna Example_772_assignsubmission_file/my_notebook_1_2_x.ipynb": 2,
        "Björn_773_assignsubmission_file_hippocampus.ipynb": 3,
        "Anna Example_772_assignsubmission_onlinetext/onlinetext.html": 9,
    },
    "brightspace": {
        "index.html": 9,
        "27417-1042 - O'Neil, Jr. - Nov 1, 2026 1105 PM/hippocampus.ipynb": 1,
        "27418-1042 - Anna - Example - Oct 30, 2026 912 AM/hippocampus.ipynb": 7,
        "27418-1042 - Anna - Example - Oct 31, 2026 1200 AM/old hippocampus.ipynb": 2,
        "27419-1042 - Björn - November 2, 2026 12:34 PM/a/hippocampus.ipynb": 3,
    },
    "gradescope": {
        "export/submission_metadata.yml": METADATA.encode(),
        "export/submission_111/hippocampus.ipynb": 1,
        "export/submission_222/hippocampus.ipynb": 2,
    },
}
STUDENTS = {
    "canvas": {"oneiljr_4711": 1, "annaexample_4712": 2, "björn_4713": 3},
    "moodle": {"O'Neil, Jr.": 1, "Anna Example": 2, "Björn": 3},
    "brightspace": {"O'Neil, Jr.": 1, "Anna - Example": 2, "Björn": 3},
    "gradescope": {"s1": 1, "anna": 2, "björn@uni.example": 2},
}


def content(name, value):
    if isinstance(value, bytes):
        return value
    raw = NOTEBOOK + b" " * value
    if not name.endswith(".zip"):
        return raw
    from io import BytesIO

    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as inner:
        inner.writestr("hippocampus.ipynb", raw)
    return buffer.getvalue()


def write(root, files, packed):
    if packed:
        with zipfile.ZipFile(root.with_suffix(".zip"), "w") as archive:
            for name, value in files.items():
                archive.writestr(zipfile.ZipInfo(name, (2026, 11, 2, 12, 0, 0)), content(name, value))
        return root.with_suffix(".zip")
    for name, value in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content(name, value))
    return root


def held(course):
    return {p.parent.parent.name: len(p.read_bytes()) - len(NOTEBOOK) for p in course.glob("submitted/*/*/*.ipynb")}


@pytest.mark.parametrize("platform", ARCHIVES)
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("said", [True, False])
def test_every_platform_s_archive_is_recognised_and_collected(tmp_path, platform, packed, said):
    source = write(tmp_path / "all", ARCHIVES[platform], packed)
    found = collect(source, tmp_path / "c", "hippocampus", platform=platform if said else "auto")
    assert found.platform == platform
    assert held(tmp_path / "c") == STUDENTS[platform]
    assert found.quarantined == 0
    # once more, nothing happens
    again = collect(source, tmp_path / "c", "hippocampus")
    assert (again.collected, again.quarantined, held(tmp_path / "c")) == (0, 0, STUDENTS[platform])


def test_times_are_the_platform_s_and_canvas_says_late_only(tmp_path, monkeypatch):
    course = tmp_path / "c"
    course.mkdir()
    (course / "people.toml").write_text('timezone = "America/New_York"')
    collect(write(tmp_path / "b", ARCHIVES["brightspace"], True), course, "hippocampus")
    stamp = (course / "submitted/O'Neil, Jr./hippocampus/timestamp.txt").read_text()
    assert stamp == "2026-11-02 04:05:00 UTC\n"
    arrivals = read_arrivals(course, "hippocampus")
    assert arrivals["Björn"].handed_in == datetime(2026, 11, 2, 17, 34, tzinfo=UTC)
    assert arrivals["Björn"].told_by == "the platform"
    canvas = tmp_path / "canvas"
    found = collect(write(tmp_path / "all", ARCHIVES["canvas"], True), canvas, "hippocampus")
    late = next(row for row in found.rows if row.student == "oneiljr_4711")
    assert "marked as late, without a time" in late.what
    assert late.handed_in is None
    assert not (canvas / "submitted/oneiljr_4711/hippocampus/timestamp.txt").exists()
    assert read_arrivals(canvas, "hippocampus")["oneiljr_4711"].marked_late
    collect(write(tmp_path / "g", ARCHIVES["gradescope"], True), tmp_path / "gs", "hippocampus")
    assert (tmp_path / "gs/submitted/anna/hippocampus/timestamp.txt").read_text() == "2026-11-03 08:30:00 UTC\n"


def test_the_latest_attempt_counts_and_earlier_ones_are_kept_and_listed(tmp_path):
    course = tmp_path / "c"
    found = collect(write(tmp_path / "b", ARCHIVES["brightspace"], True), course, "hippocampus")
    assert [(r.student, r.outcome) for r in found.rows if "Oct 30" in r.file] == [("Anna - Example", "earlier")]
    again = {"27418-1042 - Anna - Example - Nov 5, 2026 100 PM/hippocampus.ipynb": 8}
    collect(write(tmp_path / "later", again, True), course, "hippocampus")
    older = {"27418-1042 - Anna - Example - Oct 1, 2026 100 PM/hippocampus.ipynb": 6}
    assert collect(write(tmp_path / "older", older, True), course, "hippocampus").kept == 1
    earlier = read_arrivals(course, "hippocampus")["Anna - Example"].earlier
    assert [len((course / path).read_bytes()) - len(NOTEBOOK) for path in earlier] == [6, 7, 2]
    assert held(course)["Anna - Example"] == 8


PEOPLE = """
[people.pat]
canvas = "4711"
moodle = "Participant 771"
gradescope = "oneil@uni.example"
[people.anna]
name = "Anna Example"
[[group]]
name = "Team One"
members = ["anna", "cy"]
"""


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_people_are_recognised_by_id_and_by_name_and_groups_get_one_submission(tmp_path, platform):
    course = tmp_path / "c"
    course.mkdir()
    (course / "people.toml").write_text(PEOPLE)
    collect(write(tmp_path / "all", ARCHIVES[platform], True), course, "hippocampus")
    theirs = held(course)
    assert (theirs["pat"], theirs["anna"], theirs["cy"]) == (1, 2, 2)
    assert read_arrivals(course, "hippocampus")["cy"].together == ["anna", "cy"]


def test_a_group_that_hands_in_under_its_name_is_all_its_members(tmp_path):
    course = tmp_path / "c"
    course.mkdir()
    (course / "people.toml").write_text(PEOPLE)
    found = collect(write(tmp_path / "all", {"teamone_55_66_h.ipynb": 4}, True), course, "hippocampus")
    assert held(course) == {"anna": 4, "cy": 4}
    assert found.platform == "canvas"


def test_the_newest_of_a_group_counts_for_all_of_it(tmp_path):
    course = tmp_path / "c"
    course.mkdir()
    (course / "people.toml").write_text(PEOPLE)
    source = write(tmp_path / "in", {"anna/hippocampus.ipynb": 1, "cy/hippocampus.ipynb": 2}, False)
    os.utime(source / "cy/hippocampus.ipynb", (1000, 1000))
    found = collect(source, course, "hippocampus")
    assert held(course) == {"anna": 1, "cy": 1}
    assert sorted((r.student, r.outcome) for r in found.rows) == [
        ("anna", "collected"),
        ("cy", "collected"),
        ("cy", "earlier"),
    ]


def test_two_people_of_one_name_stay_two(tmp_path):
    files = {f"Li Wei_{n}_assignsubmission_file_/hippocampus.ipynb": n for n in (771, 772)}
    source = write(tmp_path / "all", files, True)
    for _ in range(2):
        collect(source, tmp_path / "c", "hippocampus")
        assert held(tmp_path / "c") == {"Li Wei": 771, "Li Wei (772)": 772}


def test_one_bad_file_stops_nobody(tmp_path):
    files = ARCHIVES["canvas"] | {"hippocampus.ipynb": 5, "eve_1_2_x.zip": b"no zip"}
    found = collect(write(tmp_path / "all", files, True), tmp_path / "c", "hippocampus", platform="canvas")
    assert held(tmp_path / "c") == STUDENTS["canvas"]
    assert {(r.student, r.file): r.what for r in found.rows if r.outcome == "quarantined"} == {
        (
            "",
            "hippocampus.ipynb",
        ): "not collected: its name is not one that canvas gives; collect it with --from folder or zip",
        ("eve_1", "eve_1_2_x.zip"): "not collected: it is not a zip that can be read",
    }


def test_timestamp_txt_beside_a_notebook_is_when_it_came(tmp_path):
    source = tmp_path / "in/submitted/anna/hippocampus"
    write(source, {"hippocampus.ipynb": 1, "timestamp.txt": b"2026-01-02 03:04:05.678900 UTC\n"}, False)
    collect(tmp_path / "in", tmp_path / "c", "hippocampus")
    assert (tmp_path / "c/submitted/anna/hippocampus/timestamp.txt").read_text() == "2026-01-02 03:04:05.678900 UTC\n"


def test_a_time_corrected_by_hand_stays_when_the_same_file_comes_again(tmp_path):
    source = write(tmp_path / "in", {"anna/hippocampus.ipynb": 1}, False)
    collect(source, tmp_path / "c", "hippocampus")
    stamp = tmp_path / "c/submitted/anna/hippocampus/timestamp.txt"
    stamp.write_text("2026-01-02 03:04:05 UTC\n")
    collect(source, tmp_path / "c", "hippocampus")
    assert stamp.read_text() == "2026-01-02 03:04:05 UTC\n"


@pytest.mark.parametrize(
    ("paths", "platform"),
    [
        (["anna/hippocampus.ipynb"], ""),
        (["anna_hippocampus.ipynb", "bob_1_2_x.ipynb"], ""),
        (["a_1_2_x.ipynb", "readme.txt"], "canvas"),
        (["a_1_2_assignsubmission_file_/x.ipynb"], "moodle"),
        (["a_1_2_b_3_assignsubmission_file_x_4_5_y.ipynb"], "moodle"),
        (["1-2 - A - B - Jan 1, 2026 100 PM/x.ipynb", "index.html"], "brightspace"),
        (["submission_1/x.ipynb"], ""),
        (["readme.txt"], ""),
    ],
)
def test_a_layout_is_taken_for_a_platform_s_only_where_every_notebook_fits(paths, platform):
    assert detect([tuple(p.split("/")) for p in paths]) == platform


def test_names_and_dates_with_dashes_are_told_apart():
    sent = read("brightspace", ("12-34 - Anna-Lena - Müller - Jan 1, 2026 1234 AM", "x.ipynb"), UTC)
    assert (sent.senders[0].name, sent.handed_in) == ("Anna-Lena - Müller", datetime(2026, 1, 1, 0, 34, tzinfo=UTC))
    assert brightspace_time("1. Januar 2026 12:34") is None
    assert brightspace_time("Feb 31, 2026 100 PM") is None


@pytest.mark.parametrize(
    "raw",
    [b"", b"- 1", b"{", b"\xff", b"!!python/object/apply:os.system [x]", b"[" * 5000, b"a: &a [*a]\nb: 2026-99-99"],
)
def test_a_damaged_list_of_submissions_is_one_sentence_or_nobody(raw):
    try:
        assert gradescope_list(raw) == {}
    except UserError as error:
        assert "export the submissions from Gradescope again" in error.message


def test_an_unknown_platform_and_another_kind_of_source_are_one_sentence(tmp_path):
    source = write(tmp_path / "in", {"anna/hippocampus.ipynb": 1}, False)
    for platform, says in (("ilias", "expected one of auto"), ("zip", "is a folder; expected a zip")):
        with pytest.raises(UserError, match=says):
            collect(source, tmp_path / "c", "hippocampus", platform=platform)
