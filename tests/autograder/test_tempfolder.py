"""Folders whose owner was killed are removed by whoever comes next, and nobody else's are."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder import tempfolder
from autograder.isolation_box import bubblewrap
from autograder.isolation_sweep import runs

LONG_AGO = 1_000_000_000


@pytest.fixture(autouse=True)
def in_a_temporary_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfolder.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(tempfolder.tempfile, "tempdir", str(tmp_path))


@pytest.mark.parametrize("kind", tempfolder.KINDS)
def test_what_a_killed_owner_left_is_removed_by_the_next(tmp_path: Path, kind: str) -> None:
    left, lock = tempfolder.locked_folder(kind)
    (left / "solution.py").write_text("secret")
    os.utime(left, (LONG_AGO, LONG_AGO))
    with tempfolder.temp_folder("box"):
        assert left.exists()  # its owner lives: the lock is held
    os.close(lock)  # what the kernel does when a process is killed
    with tempfolder.temp_folder("box"):
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_folders_of_others_and_young_ones_stay(tmp_path: Path) -> None:
    other = tmp_path / "hippo-of-a-colleague"
    other.mkdir()
    os.utime(other, (LONG_AGO, LONG_AGO))
    young = tmp_path / "hippo-slot-young"
    young.mkdir()
    tempfolder.sweep(tmp_path)
    assert other.exists()
    assert young.exists()


def test_a_folder_of_a_kind_that_nobody_sweeps_is_refused() -> None:
    with pytest.raises(AssertionError):
        tempfolder.locked_folder("unheard-of")


@contextmanager
def waiting(name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that looks as bubblewrap does while it waits."""
    process = subprocess.Popen([name, "-c", "import sys; sys.stdin.read()", *arguments], executable=sys.executable,
                               stdin=subprocess.PIPE)  # fmt: skip
    try:
        while b"sys.stdin" not in Path(f"/proc/{process.pid}/cmdline").read_bytes():
            pass  # not yet become Python
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_box_that_is_being_set_up_for_nobody_ends(tmp_path: Path) -> None:
    """What bubblewrap leaves where it is killed between its clone and its word to the child that it may go on."""
    theirs, lock = tempfolder.locked_folder("box")
    arguments = ("--ro-bind", str(theirs / "autograder"), "/box")
    with waiting("/usr/bin/bwrap", *arguments) as box, waiting("/usr/bin/less", *arguments) as other:
        tempfolder.sweep()
        assert box.poll() is None  # its owner lives
        os.close(lock)
        tempfolder.sweep()
        assert box.wait(10) == -9
        assert other.poll() is None


def test_a_box_whose_folder_is_gone_ends(tmp_path: Path) -> None:
    with waiting("bwrap", "--ro-bind", str(tmp_path / "hippo-box-gone"), "/box") as box:
        tempfolder.sweep()
        assert box.wait(10) == -9
    with waiting("bwrap", "--ro-bind", "/tmp/of-somebody-else", "/box") as foreign:
        tempfolder.sweep()
        assert foreign.poll() is None


@pytest.mark.skipif(bubblewrap() is None, reason="bubblewrap is not installed")
def test_a_real_box_whose_parent_was_killed_in_the_middle_ends(tmp_path: Path) -> None:
    """The moment cannot be hit for sure: tried until one waits for ever, at most 40 times."""
    for _ in range(40):
        folder, lock = tempfolder.locked_folder("box")
        command = ["bwrap", "--unshare-pid", "--die-with-parent", "--ro-bind", "/", "/", "--ro-bind", str(folder), "/mnt"]
        with subprocess.Popen([*command, "--", "/bin/cat"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as outer:
            children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
            while outer.poll() is None and not (found := children.read_text().split()):
                pass
            outer.kill()
        os.close(lock)
        if outer.returncode != -9:
            pytest.skip("bubblewrap makes no box on this machine")
        time.sleep(0.05)
        if runs(int(found[0])):
            tempfolder.sweep()
            time.sleep(0.05)
            assert not runs(int(found[0]))
            return
