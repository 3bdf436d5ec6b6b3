"""Make text from students harmless: nothing in it can hide, reorder or command what follows."""

from __future__ import annotations

import re
from typing import Any

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

# Marks that stack on the letter before them: more than a few cover the lines above and below
_STACKED = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
                      "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")

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


# A program that takes another character for the separator begins a cell where we do not
_AFTER_SEPARATOR = re.compile(rf"([;\t]\s*[\"']?)(?=[{re.escape(''.join(FORMULA_STARTS))}])")


def clean(text: str, limit: int | None = None) -> str:
    r"""Drop terminal commands, replace control and bidi characters and lone surrogates, cut at `limit`.

    Line ends become ``\n``; tabs and newlines stay.

    Example
    -------
    >>> clean("\x1b[31mred\x1b[0m \u202etxt\x00")
    'red \ufffdtxt\ufffd'
    """
    cut = limit is not None and len(text) > 16 * limit
    if limit is not None:
        text = text[: 16 * limit]  # what nobody will see need not be looked at
    text = _TERMINAL_COMMANDS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _STACKED.sub(r"\1", _UNSAFE.sub(REPLACEMENT, text))
    if limit is not None and (cut or len(text) > limit):
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
    """`text` as a cell that no spreadsheet takes for a formula: an apostrophe where it could.

    Example
    -------
    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("a;=1+1"), spreadsheet_cell("O'Neil, Jr.")
    ("'=1+1", "a;'=1+1", "O'Neil, Jr.")
    """
    cleaned = clean(text)
    begin = len(cleaned) - len(cleaned.lstrip())
    cleaned = cleaned[:begin] + _AFTER_SEPARATOR.sub(r"\1'", cleaned[begin:])
    formula = text.startswith(FORMULA_STARTS) or cleaned.lstrip(" \n\"").startswith(FORMULA_STARTS)
    return "'" + cleaned if formula else cleaned


def harmless(value: Any) -> Any:
    """A value for JSON with every text in it clean, keys among them."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {harmless(key): harmless(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [harmless(each) for each in value]
    return value
