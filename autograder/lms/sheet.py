"""A table that a platform exported: single cells are filled in, every other byte stays as it was."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from autograder.errors import UserError
from autograder.plaintext import FORMULA_STARTS, clean, one_line, spreadsheet_cell

MAX_BYTES = 20 * 2**20
_NUMBER = re.compile(r"[+\-−]?\d+([.,]\d+)*\s?%?")


class Sheet:
    """Rows of cells, and the text that each cell was read from."""

    def __init__(self, raw: bytes, name: str) -> None:
        """Read a CSV in UTF-8 whose separator is a comma, a semicolon or a tab.

        Raises
        ------
        UserError
            One sentence when it is no such table, or not one that can be written back byte for byte.
        """
        self.name = one_line(name, 200)
        self.bom = raw.startswith(b"\xef\xbb\xbf")
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UserError(
                f"{self.name} is not in UTF-8: fill in the file as the platform exported it, or save it as “CSV UTF-8”."
            ) from None
        first = text.split("\n", 1)[0]
        self.separator = max(",;\t", key=first.count)
        self._cells: list[list[str]] = []
        self._ends: list[str] = []
        self._split(text)
        try:
            read = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.separator))
        except csv.Error as error:
            raise UserError(f"{self.name} cannot be read as CSV ({error}): export it again.") from None
        # two readers must agree on what stands in every cell, or filling one in could shift the others
        self.rows = [[_text(cell) for cell in row] for row in self._cells]
        if [row for row in self.rows if row != [""]] != [row for row in read if row not in ([], [""])]:
            raise UserError(f"{self.name} is quoted in a way that is not understood: export it again.")
        if len(self.rows) < 1 or len(self.rows[0]) < 2:
            raise UserError(f"{self.name} is no table of a platform: expected a line of headings and one per person.")

    @classmethod
    def open(cls, path: Path) -> Sheet:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise UserError(f"{path} is not there: export the table from the platform first.") from None
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}.") from None
        if len(raw) > MAX_BYTES:
            raise UserError(
                f"{path} has {len(raw) >> 20} MiB, which is more than a table of marks has: name the file that was "
                "exported."
            )
        return cls(raw, path.name)

    @property
    def header(self) -> list[str]:
        return self.rows[0]

    def cell(self, row: int, column: int) -> str:
        return self.rows[row][column] if column < len(self.rows[row]) else ""

    def fill(self, row: int, column: int, text: str) -> None:
        """Put `text` into a cell, quoted where it must be; a cell that holds it already stays as it is."""
        if self.rows[row][column] != text:
            self.rows[row][column] = text
            self._cells[row][column] = self._written(text)

    def disarm(self, row: int, column: int) -> None:
        """Keep a spreadsheet from taking a cell for a formula; numbers and a lone dash are none."""
        if self.is_formula(row, column):
            self.fill(row, column, spreadsheet_cell(self.cell(row, column)))

    def is_formula(self, row: int, column: int) -> bool:
        text = self.cell(row, column)
        harmless = text.strip() in ("-", "−", "") or _NUMBER.fullmatch(text.strip())
        return not harmless and (text.startswith(FORMULA_STARTS) or clean(text).lstrip().startswith(FORMULA_STARTS))

    def to_bytes(self, *, bom: bool = False) -> bytes:
        lines = (self.separator.join(row) + end for row, end in zip(self._cells, self._ends, strict=True))
        return (b"\xef\xbb\xbf" if bom or self.bom else b"") + "".join(lines).encode("utf-8")

    def _written(self, text: str) -> str:
        buffer = io.StringIO()
        # a cell of its own, as a second column: the writer quotes an empty line's only cell
        # and with a line end that makes it quote either of its characters
        csv.writer(buffer, delimiter=self.separator, lineterminator="\r\n").writerow(["", text])
        return buffer.getvalue()[1:-2]

    def _split(self, text: str) -> None:
        cell = re.compile(rf'(?:"(?:[^"]|"")*"|[^{self.separator}\r\n]*)')
        place, row = 0, []
        while place < len(text):
            found = cell.match(text, place)
            assert found is not None
            row.append(found.group())
            place = found.end()
            if text.startswith(self.separator, place):
                place += 1
                if place == len(text):
                    row.append("")
                continue
            end = next((e for e in ("\r\n", "\n", "\r") if text.startswith(e, place)), "")
            if not end and place < len(text):
                raise UserError(f"{self.name} is quoted in a way that is not understood: export it again.")
            self._cells.append(row)
            self._ends.append(end)
            place, row = place + len(end), []
        if row:
            self._cells.append(row)
            self._ends.append("")


def _text(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
