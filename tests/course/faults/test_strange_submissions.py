"""Pipes, devices, links and files that change or vanish in the place of a notebook: nobody waits, nobody else suffers."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from pathlib import Path

import pytest

from autograder.course import Course, read_record
from autograder.plainfile import OF_THE_FILE, plain_bytes
from tests.course.faults.small_course import NAME, RIGHT, command, final_state, notebook, run, surroundings, write_class

pytestmark = [pytest.mark.course, pytest.mark.slow]


def place_of(course, student):
    return course / "submitted" / student / NAME / f"{NAME}.ipynb"


def put(path, what):
    """Put something else in the place of a notebook."""
    original = path.with_name("kept")
    path.rename(original)
    if what == "pipe":
        os.mkfifo(path)
    elif what == "link to itself":
        path.symlink_to(path)
    elif what == "link to a device":
        path.symlink_to("/dev/zero")
    elif what == "link out of the course":
        path.symlink_to("/etc/hostname")
    elif what == "folder":
        path.mkdir()
    elif what == "loop of links":
        path.symlink_to(path.with_name("other"))
        path.with_name("other").symlink_to(path)
    elif what == "device":
        try:
            os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except OSError:
            os.mkfifo(path)  # only root may make devices
    elif what == "socket":
        import socket

        with socket.socket(socket.AF_UNIX) as listener:
            before = Path.cwd()
            os.chdir(path.parent)  # their names are short
            try:
                listener.bind(path.name)
            finally:
                os.chdir(before)
    return original


STRANGE = ("pipe", "link to itself", "link to a device", "link out of the course", "folder", "loop of links", "device", "socket")


def test_whatever_stands_in_place_of_a_notebook_stops_nobody(small, fresh, completes):
    students = [f"s{number:03}" for number in range(len(STRANGE))]
    originals = {s: put(place_of(fresh, s), what) for s, what in zip(students, STRANGE, strict=True)}
    os.mkfifo(fresh / "submitted" / "s009" / NAME / "timestamp.txt")
    done = run(fresh, small.solutions)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    course = Course(fresh)
    for student, what in zip(students, STRANGE, strict=True):
        record = read_record(course.record(student, NAME))
        assert (record.status, record.score) == ("unreadable", 0.0), what
        assert record.message, what
    for number in range(len(STRANGE), 12):
        name = f"records/{NAME}/s{number:03}.json"
        assert (fresh / name).read_bytes() == small.state.files[name]
    (fresh / "submitted" / "s009" / NAME / "timestamp.txt").unlink()
    for student, original in originals.items():
        path = place_of(fresh, student)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        path.with_name("other").unlink(missing_ok=True)
        original.rename(path)
    assert completes(fresh)["graded"] == len(STRANGE)


@pytest.mark.parametrize("what", STRANGE)
def test_nothing_but_an_ordinary_file_is_read(tmp_path, what):
    path = tmp_path / "a.ipynb"
    path.write_text("{}")
    put(path, what)
    started = time.monotonic()
    with pytest.raises(OSError, match=r"no ordinary file|symbolic links|No such device|directory") as refused:
        plain_bytes(path)
    assert refused.value.errno in OF_THE_FILE
    assert time.monotonic() - started < 5


def test_a_file_that_somebody_reads_is_read_too_and_its_size_is_kept_to(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"x" * 100)
    assert plain_bytes(path) == plain_bytes(path, 100) == b"x" * 100
    with pytest.raises(OSError, match="MiB"):
        plain_bytes(path, 99)


def test_submissions_that_change_or_vanish_meanwhile_end_as_if_they_had_before(small, fresh, tmp_path):
    """In the end everything is as in a class that handed in the last version to begin with."""
    process = subprocess.Popen(command(fresh, small.solutions), env=surroundings(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list((fresh / "records" / NAME).glob("s*.json")):
        time.sleep(0.005)
    changes = {f"s{number:03}": notebook(RIGHT | {"turned": f"def turned(values):\n    return {number}\n"}) for number in (0, 5, 8, 10)}
    for student, text in changes.items():
        place_of(fresh, student).write_text(text, encoding="utf-8")
    for student in ("s001", "s011"):
        place_of(fresh, student).unlink()
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    again = run(fresh, small.solutions)
    assert again.returncode == 0, again.stderr

    calm = tmp_path / "calm"
    write_class(calm, 12)
    for student, text in changes.items():
        place_of(calm, student).write_text(text, encoding="utf-8")
    for student in ("s001", "s011"):
        place_of(calm, student).unlink()
    assert run(calm, small.solutions).returncode == 0
    assert final_state(calm).differences(final_state(fresh)) == []


def test_a_student_who_vanishes_meanwhile_stops_nobody(small, fresh):
    process = subprocess.Popen(command(fresh, small.solutions, jobs=1), env=surroundings(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list((fresh / "records" / NAME).glob("s*.json")):
        time.sleep(0.005)
    shutil.rmtree(fresh / "submitted" / "s011")
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    for number in range(11):
        name = f"records/{NAME}/s{number:03}.json"
        assert (fresh / name).read_bytes() == small.state.files[name]


def test_what_may_not_be_read_is_said_and_stops_nobody(small, fresh):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    place_of(fresh, "s000").chmod(0)
    (fresh / "submitted" / "s002").chmod(0)
    done = run(fresh, small.solutions)
    (fresh / "submitted" / "s002").chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert read_record(Course(fresh).record("s000", NAME)).message == f"{NAME}.ipynb cannot be read: Permission denied."
