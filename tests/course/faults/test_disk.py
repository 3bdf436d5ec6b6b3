"""A full or read-only disk ends a run in one sentence; once there is room again, a rerun ends as if nothing had been."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from autograder.atomic import write_whole
from autograder.course import Course
from autograder.errors import INFRASTRUCTURE, USAGE, UserError
from tests.course.faults.small_course import NAME, final_state, run, write_class

pytestmark = [pytest.mark.course, pytest.mark.slow]


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk, free):
    """Leave `free` bytes."""
    space = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(space.f_bavail * space.f_frsize - free, 0)))
    return ballast


@pytest.mark.parametrize("free", [0, 100_000, 260_000], ids=["at once", "gradebook", "while grading"])
def test_a_full_disk_is_said_and_nothing_is_lost(disk, small, completes, free):
    course = disk / "course"
    write_class(course, 12)
    ballast = fill(disk, free)
    done = run(course, small.solutions)
    assert done.returncode == INFRASTRUCTURE, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("autograder:")
    assert "No space left on device" in last or "full" in last
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    kept = {path.name: path.read_bytes() for path in (course / "records" / NAME).glob("s*.json")}
    assert all(small.state.files[f"records/{NAME}/{name}"] == raw for name, raw in kept.items())
    ballast.unlink()
    found = completes(course)
    assert found["unchanged"] == len(kept)


def test_a_disk_that_fills_up_during_a_regrade_keeps_what_was_there(disk, small, completes):
    course = Path(shutil.copytree(small.course, disk / "course"))
    ballast = fill(disk, 0)
    done = run(course, small.solutions, "--force")
    assert done.returncode == INFRASTRUCTURE
    assert "Traceback" not in done.stderr
    for path in (course / "records" / NAME).glob("s*.json"):
        assert path.read_bytes() == small.state.files[f"records/{NAME}/{path.name}"]
    ballast.unlink()
    completes(course)


def test_a_read_only_course_is_said_at_once(disk, small, completes):
    course = Path(shutil.copytree(small.course, disk / "course"))
    (course / "records" / NAME / "s001.json").unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = run(course, small.solutions)
    assert done.returncode == INFRASTRUCTURE
    assert done.stderr.splitlines()[-1] == f"autograder: {course} cannot be written to (Read-only file system): name a course folder of your own with --course."
    assert "Traceback" not in done.stderr
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert completes(course)["graded"] == 1


def test_a_read_only_gradebook_is_said(disk, small, completes):
    course = Path(shutil.copytree(small.course, disk / "course"))
    book = course / "gradebook.db"
    mount = ["mount", "--bind", str(book), str(book)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file may be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(book)], check=True)
        (course / "records" / NAME / "s001.json").unlink()
        done = run(course, small.solutions)
        assert done.returncode == USAGE
        assert f"the gradebook {book} is read-only" in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr
    finally:
        subprocess.run(["umount", "--lazy", str(book)], check=True)
    assert completes(course)["graded"] == 1


def test_a_file_is_whole_or_as_it_was(disk):
    path = write_whole(disk / "kept.json", b"before")
    fill(disk, 0)
    with pytest.raises(UserError, match="No space left") as refused:
        write_whole(path, bytes(100_000))
    assert refused.value.exit_code == INFRASTRUCTURE
    assert path.read_bytes() == b"before"
    assert [p.name for p in disk.iterdir() if p.name.endswith(".unfinished")] == []


def test_an_ordinary_user_is_told_about_a_course_of_somebody_else(small, graded):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    graded.chmod(0o555)
    done = run(graded, small.solutions, "--force")
    graded.chmod(0o755)
    assert done.returncode == USAGE
    assert "Traceback" not in done.stderr
    assert small.state.differences(final_state(graded)) == []
    assert Course(graded).students(NAME)
