"""Zip files that nobody should unpack, each with one good notebook of a neighbour beside the hostile entry."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from pathlib import Path

NAME = "victim"
MiB = 1 << 20


def _entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _with(path: Path, *entries: tuple[zipfile.ZipInfo, bytes]) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")  # a name that is there twice
        for info, data in entries:
            archive.writestr(info, data)


def link(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"enemy/{NAME}.ipynb", stat.S_IFLNK | 0o777), str(outside / "secret").encode()))


def device(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"enemy/{NAME}.ipynb", stat.S_IFCHR | 0o666), b""))


def climbing(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"enemy/../../../../../../..{outside}/{NAME}.ipynb"), b"{}"))


def absolute(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"{outside}/{NAME}.ipynb"), b"{}"))


def twice(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"enemy/{NAME}.ipynb"), b"{}"), (_entry(f"enemy/{NAME}.ipynb"), b'{"cells": []}'))


def bomb(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"enemy/{NAME}.ipynb"), bytes(64 * MiB)))


def dense(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"enemy/{NAME}.ipynb"), bytes(8 * MiB)))


def lying(path: Path, outside: Path) -> None:
    """Sixty-four mebibytes that the directory of the archive gives as ten bytes."""
    _with(path, (_entry(f"enemy/{NAME}.ipynb"), bytes(64 * MiB)))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(struct.pack("<I", 64 * MiB), struct.pack("<I", 10)))


def nested(path: Path, outside: Path) -> None:
    inner = b"nothing"
    for depth in range(4):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_entry(f"level{depth}.zip"), inner)
        inner = buffer.getvalue()
    _with(path, (_entry("enemy/answers.zip"), inner))


def commanding(path: Path, outside: Path) -> None:
    _with(path, (_entry(f"enemy/{NAME}\x1b]0;owned\x07\u202e.ipynb"), b"{}"))


def encrypted(path: Path, outside: Path) -> None:
    """The flag alone: Python cannot write such a file."""
    _with(path, (_entry(f"enemy/{NAME}.ipynb"), b"{}"))
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.rindex(mark)
        raw[place + offset] |= 1
    path.write_bytes(raw)
