"""Folders whose owner was killed are removed by whoever comes next, and nobody else's are."""

import os
from pathlib import Path

import pytest

from autograder import tempfolder

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
