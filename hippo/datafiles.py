"""Data files: found where they may be, read without pickles, refused in one sentence."""

from __future__ import annotations

import hashlib
import os
import sysconfig
import zipfile
import zlib
from pathlib import Path

import numpy as np

from hippo import download

__all__ = ["DataError", "DownloadError", "bundled", "check_file", "find", "read_arrays"]


class DataError(Exception):
    """A data file is missing or broken; the message is one sentence with path and cure."""


class DownloadError(DataError):
    """Data could not be downloaded; another attempt may succeed."""


def find(name: str) -> Path | None:
    """Return the file of that name in `$HIPPO_DATA`, else in keras's cache, or None.

    Raises
    ------
    DataError
        If `$HIPPO_DATA` is set to something else than a folder.
    """
    folders = [download.cache_folder()]
    named = os.environ.get("HIPPO_DATA")
    if named:
        if not Path(named).is_dir():
            raise DataError(f"{named} is not a folder: set HIPPO_DATA to a folder that holds {name}, or unset it.")
        folders.insert(0, Path(named))
    files = (folder / name for folder in folders)
    return next((file for file in files if file.exists()), None)


def bundled(name: str) -> Path:
    """Return a file of the source tree's `data`, else the one that was installed with the package."""
    in_source = Path(__file__).parent.parent / "data" / name
    installed = Path(sysconfig.get_path("data")) / "share" / "hippo" / name
    return next((file for file in (in_source, installed) if file.exists()), in_source)


def read_arrays(path: Path, names: tuple[str, ...], cure: str) -> dict[str, np.ndarray]:
    """Read arrays from an npz file, never a pickle."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except PermissionError as error:
        raise DataError(f"{path} may not be read: change its permissions.") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} is not a sound npz file with {', '.join(names)}: {cure}.") from error


def check_file(path: Path, sha256: str, cure: str) -> None:
    """Refuse a file with other bytes than the published ones."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): {cure}.") from error
    if found != sha256:
        raise DataError(f"{path} is damaged (sha256 {found[:8]}… instead of {sha256[:8]}…): {cure}.")
