"""List and read the files of a folder or zip that nobody vouches for, without extracting anything."""

from __future__ import annotations

import io
import os
import re
import stat
import time
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from autograder.errors import NOT_GRADABLE, USAGE, UserError
from autograder.plaintext import clean

MAX_FILE_BYTES = 20 * 2**20
#: Unpacked bytes per packed byte: text reaches 20, a bomb a thousand and more.
MAX_RATIO = 100
#: So small a file does no harm however well it is packed (a page of zeros printed by mistake).
HARMLESS_BYTES = 2 * 2**20
MAX_ENTRIES = 50_000
MAX_DEPTH = 8
#: Left behind by editors and operating systems; nobody hands these in.
LITTER = ("__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__")


class RefusedFile(Exception):
    """Why a file is not read: one clause that completes "it ..."."""


@dataclass(frozen=True)
class Entry:
    """One file of a folder or archive."""

    parts: tuple[str, ...]
    #: Seconds since 1970, as the folder or archive claims.
    modified: float
    #: Why it must not be read; "" if it may be.
    problem: str
    _read: Callable[[], bytes]

    @property
    def name(self) -> str:
        return self.parts[-1]

    @property
    def path(self) -> str:
        return "/".join(self.parts)

    def read(self) -> bytes:
        """The file's bytes; raises `RefusedFile` where it must not or cannot be read."""
        if self.problem:
            raise RefusedFile(self.problem)
        raw = self._read()
        if len(raw) > MAX_FILE_BYTES:
            raise RefusedFile(_TOO_LARGE)
        return raw


_TOO_LARGE = f"it is larger than {MAX_FILE_BYTES >> 20} MiB"


@contextmanager
def opened(source: Path) -> Iterator[list[Entry]]:
    """The files of the folder or zip `source`, litter left out, by path."""
    if source.is_dir():
        yield sorted(_folder_entries(source, ()), key=lambda e: e.parts)
        return
    if not source.is_file():
        raise UserError(f"{source} is not there: expected a folder or a zip with submissions.", USAGE)
    try:
        with zipfile.ZipFile(source) as archive:
            yield zip_entries(archive, source.stat().st_size)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError, zlib.error):
        raise UserError(
            f"{source} is not a zip that can be read: expected a folder or a zip with submissions.", NOT_GRADABLE
        ) from None
    except OSError as error:
        raise UserError(f"{source} cannot be read: {error.strerror or error}.", USAGE) from None


def unpacked(outer: Entry) -> list[Entry]:
    """The files of a zip that is itself a file of a folder or archive; raises `RefusedFile` if it is none."""

    def read_again(place: int) -> bytes:
        # so that no more than one such zip is held in memory
        return _inner_entries(outer)[place].read()

    return [
        Entry((*outer.parts, *inner.parts), inner.modified, inner.problem, partial(read_again, place))
        for place, inner in enumerate(_inner_entries(outer))
    ]


@lru_cache(maxsize=1)
def _inner_entries(outer: Entry) -> list[Entry]:
    raw = outer.read()
    try:
        return zip_entries(zipfile.ZipFile(io.BytesIO(raw)), len(raw))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError, zlib.error, OSError, UserError):
        raise RefusedFile("it is not a zip that can be read") from None


def zip_entries(archive: zipfile.ZipFile, packed_bytes: int) -> list[Entry]:
    """The files of a zip; what must not be read says why."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise UserError(
            f"the zip lists {len(infos)} files, at most {MAX_ENTRIES} are read: unpack it and collect the "
            "folder.",
            NOT_GRADABLE,
        )
    times = Counter(_zip_name(info) for info in infos)
    entries, total = [], 0
    for info in infos:
        name = _zip_name(info)
        parts = tuple(part for part in name.split("/") if part)
        # by the name as it stands there: `ZipInfo.is_dir` cannot bear an empty one
        is_folder = name.endswith("/")
        if not parts or _is_litter(parts) or (is_folder and not info.file_size and not _is_notebook(parts[-1])):
            continue
        total += info.file_size
        problem = _zip_problem(info, name)
        if not problem and times[name] > 1:
            problem = "its name appears more than once in the archive"
        if not problem and total > MAX_RATIO * packed_bytes + 100 * HARMLESS_BYTES:
            problem = "the archive unpacks to more than a hundred times its size"
        entries.append(Entry(parts, _zip_time(info), problem, partial(_read_member, archive, info)))
    return sorted(entries, key=lambda e: e.parts)


def _zip_name(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        # macOS writes UTF-8 without saying so
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _zip_problem(info: zipfile.ZipInfo, name: str) -> str:
    mode = info.external_attr >> 16
    if name.endswith("/"):
        return "it is a folder, expected a notebook file"
    if stat.S_ISLNK(mode):
        return "it is a link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "it is a device, pipe or socket"
    if name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return "its name leads out of the archive"
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in a way that is not read here; pack it as an ordinary zip"
    if info.file_size > MAX_FILE_BYTES:
        return _TOO_LARGE
    if info.file_size > max(MAX_RATIO * info.compress_size, HARMLESS_BYTES):
        return "it unpacks to more than a hundred times its packed size"
    return _name_problem(tuple(name.split("/")))


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            # the size in the header is a claim
            return file.read(MAX_FILE_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise RefusedFile("it is damaged in the archive") from None


def _zip_time(info: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _folder_entries(folder: Path, above: tuple[str, ...]) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as found:
            children = sorted(found, key=lambda child: child.name)
    except OSError as error:
        yield Entry(above or (folder.name,), 0.0, f"it cannot be opened ({error.strerror})", bytes)
        return
    for child in children:
        parts = (*above, unicodedata.normalize("NFC", child.name))
        if _is_litter(parts):
            continue
        info = child.stat(follow_symlinks=False)
        if stat.S_ISDIR(info.st_mode) and not _is_notebook(child.name) and len(parts) < MAX_DEPTH:
            yield from _folder_entries(Path(child.path), parts)
            continue
        yield Entry(parts, info.st_mtime, _file_problem(info) or _name_problem(parts), partial(_read_file, child.path))


def _file_problem(info: os.stat_result) -> str:
    if stat.S_ISLNK(info.st_mode):
        return "it is a link"
    if stat.S_ISDIR(info.st_mode):
        return "it is a folder, expected a notebook file"
    if not stat.S_ISREG(info.st_mode):
        return "it is a device, pipe or socket"
    return _TOO_LARGE if info.st_size > MAX_FILE_BYTES else ""


def _read_file(path: str) -> bytes:
    try:
        # the file may have become a link or a pipe since it was listed
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise RefusedFile("it is no ordinary file")
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RefusedFile(f"it cannot be read ({error.strerror})") from None


def _name_problem(parts: tuple[str, ...]) -> str:
    if any(clean(part) != part or not part.strip() for part in parts):
        return "its name holds characters that cannot be shown"
    return "its name is too long" if any(len(part.encode("utf-8")) > 200 for part in parts) else ""


def _is_litter(parts: tuple[str, ...]) -> bool:
    return any(part in LITTER or (part.startswith(".") and part != "..") for part in parts)


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")
