"""Change zip archives: the files in them, their names and the claims of their headers."""

from __future__ import annotations

import io
import re
import stat
import warnings
import zipfile

from tests.fuzz.seeds import NAME, STUDENTS
from tests.fuzz.trees import Trees


class Zips(Trees):
    """What is done to an archive, and to the archives in it."""

    def archive(self, data: bytes, depth: int = 0) -> bytes:
        chance = self.random
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as old:
                infos = old.infolist()[:40]
                files = [(info, _member(old, info)) for info in infos]
        except Exception:
            return self.change(data) if chance.random() < 0.5 else self.any_seed("archive")
        kind = chance.randrange(8)
        if kind == 0:
            return self.change(data)
        if kind < 3:
            return self.header_field(data)
        for _ in range(chance.choice((1, 2, 3))):
            files = self.file_list(files, depth)
        buffer = io.BytesIO()
        try:
            with zipfile.ZipFile(buffer, "w") as new, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of two files with one name, which are wanted here
                for info, content in files:
                    new.writestr(info, content)
        except Exception:
            return self.change(data)
        raw = buffer.getvalue()
        return self.header_field(raw) if chance.random() < 0.2 else raw

    def file_list(self, files: list[tuple[zipfile.ZipInfo, bytes]], depth: int) -> list[tuple[zipfile.ZipInfo, bytes]]:
        chance = self.random
        if not files or chance.random() < 0.3:
            info = zipfile.ZipInfo(self.file_name(), (chance.choice((1980, 2024, 2107)), 5, 6, 7, 8, 10))
            info.compress_type = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
            return [*files, (info, self.content(info.filename, depth))]
        place = chance.randrange(len(files))
        info, content = files[place]
        # of what was read only this much is written again
        fresh = zipfile.ZipInfo(info.filename, info.date_time)
        fresh.external_attr, fresh.compress_type = info.external_attr, info.compress_type
        kind = chance.randrange(6)
        if kind == 0:
            return files[:place] + files[place + 1:]
        if kind == 1:
            fresh.filename = self.file_name() if chance.random() < 0.7 else self.text(info.filename)[:300] or "x"
        elif kind == 2:
            mode = chance.choice((stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFREG, stat.S_IFBLK, 0)) | 0o644
            fresh.external_attr = mode << 16 | chance.choice((0, 16))
        elif kind == 3:
            content = self.content(fresh.filename, depth, content)
        elif kind == 4:
            fresh.compress_type = chance.choice((0, 8, 8, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        else:
            return [*files, (fresh, content)]
        return [*files[:place], (fresh, content), *files[place + 1:]]

    def file_name(self) -> str:
        chance = self.random
        student = chance.choice((*STUDENTS, "carol", "..", ".", "", "A", "submissions", "__MACOSX", "x" * 201, "\u202ebob", "a b"))
        pattern = chance.choice(("{s}_{a}.ipynb", "{s}/{a}.ipynb", "{s}/{a}/{a}.ipynb", "{s}/{a}/{a} (1).ipynb", "{s}.ipynb",
                                 "{s}.zip", "{s}/w.zip", "{s}/n.txt", "{s}/", "{a}.ipynb", "/{s}.ipynb", "c/{s}/{a}.ipynb",
                                 "{s}_12_345_{a}.ipynb", "{s}_LATE_12_345_{a}-1.ipynb", "{s}_12_346_w.zip", "{s}/timestamp.txt",
                                 "{s}_12_assignsubmission_file/{a}.ipynb", "{s}_12_assignsubmission_file_{a}.ipynb",
                                 "12-34 - {s} - Oct 31, 2026 1159 PM/{a}.ipynb", "12-34 - {s} - 31 2026/{a}.ipynb",
                                 "submission_12/{a}.ipynb", "c/submission_12/{a}.ipynb", "submission_metadata.yml",
                                 "{s}/submission_metadata.yml", "{s}.ipynb/", "{s}\\{a}.ipynb", "{s}.tar.gz", "C:{s}.ipynb"))  # fmt: skip
        name = pattern.format(s=student, a=NAME) or "x"
        if chance.random() < 0.2:
            mark = chance.choice(("1", " copy", " (1)", "_2", "x", "-", " ")) * chance.choice((1, 2, 30, 60))
            name = name.replace(NAME, NAME + mark + chance.choice(("", "x", " ")))
        return name

    def content(self, name: str, depth: int, before: bytes = b"") -> bytes:
        chance = self.random
        if name.lower().endswith(".zip") and depth < 2:
            return self.archive(before or self.any_seed("archive"), depth + 1)
        return chance.choice((bytes(chance.choice((0, 4095, 4097, 65_535, 65_537, 300_000))), self.any_seed("notebook"),
                              self.change(before), b"{}", before))  # fmt: skip

    def header_field(self, data: bytes) -> bytes:
        """One field of one header changed, where a zip keeps what it claims."""
        raw, chance = bytearray(data), self.random
        sizes = {b"PK\x01\x02": 46, b"PK\x03\x04": 30, b"PK\x05\x06": 22, b"PK\x06\x06": 56, b"PK\x06\x07": 20}
        found = [(match.start(), sizes[match.group()]) for match in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x06[\x06\x07])", raw)]
        if not found:
            return self.change(data)
        start, size = chance.choice(found)
        width = chance.choice((1, 2, 4, 4, 8))
        place = start + chance.randrange(4, size, 2)
        number = chance.choice((0, 1, 8, 9, 0x800, 0xFFFF, 0xFFFFFFFF, 2**64 - 1, 2**63, 2**31, len(raw), chance.getrandbits(32)))
        old = int.from_bytes(raw[place:place + width], "little")
        number = chance.choice((number, number, old + 1, old ^ (1 << chance.randrange(8 * width)))) % (1 << 8 * width)
        raw[place:place + width] = number.to_bytes(width, "little")
        return bytes(raw)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(1 << 17)
    except Exception:
        return b""
