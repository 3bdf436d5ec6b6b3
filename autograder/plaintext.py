"""Make text from students harmless: nothing in it can hide, reorder or command what follows."""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Colours and cursor movements (CSI), window titles and links (OSC, with their end)
_TERMINAL_COMMANDS = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)")

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 except tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks and overrides of writing direction
    "\u200b\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb"  # invisible, or line ends that JSON and HTML read differently
    "\U000e0000-\U000e007f"  # tag characters: invisible text
    "\ud800-\udfff\ufffe\uffff"  # lone surrogates cannot be encoded, noncharacters must not be exchanged
    "]"
)

# where an object lies in memory, as Python shows it: another place in every run
_ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]{6,16}\b")

#: A spreadsheet takes a cell that starts with one of these for a formula.
FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\N{MINUS SIGN}",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)


def clean(text: str, limit: int | None = None) -> str:
    r"""Drop terminal commands, replace control and bidi characters and lone surrogates, cut at `limit`.

    Line ends become ``\n``; tabs and newlines stay.

    Example
    -------
    >>> clean("\x1b[31mred\x1b[0m \u202etxt\x00")
    'red \ufffdtxt\ufffd'
    """
    text = _TERMINAL_COMMANDS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSAFE.sub(REPLACEMENT, text)
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    return text


def one_line(text: str, limit: int | None = None) -> str:
    """`clean` text on a single line, for tables, file names and terminal rows."""
    return clean(" ".join(clean(text).split()), limit)


def without_addresses(text: str) -> str:
    """`text` with "at 0x…" for the memory addresses of objects: grading twice gives the same words.

    Example
    -------
    >>> without_addresses("<__main__.Net object at 0x7f3a5c0b1d50>")
    '<__main__.Net object at 0x…>'
    """
    return _ADDRESS.sub("at 0x…", text)


def spreadsheet_cell(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula: a leading apostrophe where it could.

    Example
    -------
    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("O'Neil, Jr.")
    ("'=1+1", "O'Neil, Jr.")
    """
    cleaned = clean(text)
    formula = text.startswith(FORMULA_STARTS) or cleaned.lstrip(" \n").startswith(FORMULA_STARTS)
    return "'" + cleaned if formula else cleaned
