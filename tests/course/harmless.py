"""What no file, page, table or terminal line may hold, and where it was found."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
                       "\U000e0000-\U000e007f]")
STACKED = re.compile("[\u0300-\u036f]{9}")
#: A cell that begins with an apostrophe is text.
FORMULA = re.compile("[ \"]*[=+\\-@\t\r\N{MINUS SIGN}\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
#: All that our pages are made of.
TAGS = set(re.findall(r"\w+", """html head meta title style body main header section h1 h2 h3 p div span strong b small code pre ul ol
    li em br hr nav dl dt dd table caption thead tbody tr th td a figure img svg rect details summary blockquote"""))
ATTRIBUTES = set(re.findall(r"[\w-]+", """lang charset http-equiv content name class id aria-labelledby aria-label aria-hidden role
    tabindex scope href src alt viewbox preserveaspectratio width height rx fill x y open"""))


def text_faults(text: str) -> Iterator[str]:
    for found in FORBIDDEN.finditer(text):
        yield f"{found[0]!r} in …{text[max(found.start() - 40, 0):found.end() + 10]!r}"
    if stacked := STACKED.search(text):
        yield f"marks stacked in …{text[max(stacked.start() - 40, 0):stacked.end()]!r}"


def value_faults(value: Any, place: str = "") -> Iterator[str]:
    """Of a parsed JSON value: an escape in the file is a character for whoever reads it."""
    if isinstance(value, str):
        yield from (f"{place}: {fault}" for fault in text_faults(value))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from value_faults(key, f"{place}.<key>")
            yield from value_faults(each, f"{place}.{key[:30]}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from value_faults(each, f"{place}[{number}]")


def table_faults(text: str) -> Iterator[str]:
    """However a spreadsheet takes the file apart: no cell begins like a formula, unless it is a number."""
    for line in text.replace("\r\n", "\n").split("\n"):
        yield from text_faults(line)
    for separator in ",;\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting):
                yield from (f"with {separator!r} between the cells: {cell!r}" for cell in row
                            if FORMULA.match(cell) and not NUMBER.fullmatch(cell))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in TAGS or not set(values) <= ATTRIBUTES:
            self.faults.append(f"<{tag} {values}>")
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        elif "http-equiv" in values:
            self.faults.append(f"<meta http-equiv={values['http-equiv']!r}>")
        if tag == "a" and not re.fullmatch(r"#[\w-]+|[\w%.~-]+\.html", values.get("href", "")):
            self.faults.append(f"a link to {values.get('href')!r}")
        if tag == "img":
            kind, _, data = values["src"].partition("base64,")
            if fault := "another kind" if kind != "data:image/png;" else picture_fault(data):
                self.faults.append(f"a picture {values['src'][:60]!r}: {fault}")
            if not values.get("alt"):
                self.faults.append("a picture without words")


def page_faults(text: str) -> Iterator[str]:
    yield from text_faults(text)
    page = _Page()
    page.feed(text)
    page.close()
    yield from page.faults
    if "default-src 'none'" not in page.policy or "unsafe" in page.policy or "script-src" in page.policy:
        yield f"the policy is {page.policy!r}"


def picture_fault(data: str) -> str:
    """Why this is not one plain PNG with pixels and nothing else."""
    raw = base64.b64decode(data, validate=True)
    if not raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "no PNG"
    place, kinds = 8, []
    while place < len(raw):
        length = int.from_bytes(raw[place:place + 4], "big")
        kinds.append(raw[place + 4:place + 8])
        place += 12 + length
    plain = {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"PLTE", b"tRNS"}
    return "" if kinds[-1] == b"IEND" and set(kinds) <= plain else f"chunks {kinds}"


def notebook_faults(text: str) -> Iterator[str]:
    """Of a notebook that a person opens in formgrader."""
    document = json.loads(text)
    yield from value_faults(document)
    for cell in document["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and not cell["id"].startswith("rubric"):
            if "<" in source or re.search(r"\]\(|\]\[|\]:", source):
                yield f"markdown {source[:200]!r}"
            if found := re.search(r"\\(href|style|class|cssId|unicode|require|mmlToken|html|data|url|csname|bbox)", source):
                yield f"a formula with {found[0]}"
        if "attachments" in cell or set(cell) - {"cell_type", "id", "metadata", "source", "outputs", "execution_count"}:
            yield f"fields {sorted(cell)}"
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream" and set(output) == {"output_type", "name", "text"} and output["name"] == "stdout":
                continue
            if output["output_type"] != "display_data" or set(output["data"]) != {"image/png"} or output["metadata"]:
                yield f"an output {str(output)[:200]}"
            elif fault := picture_fault(output["data"]["image/png"]):
                yield f"a picture: {fault}"


def file_faults(path: Path) -> list[str]:
    """Everything that is wrong with a file made from submissions; its bytes must be UTF-8."""
    text = path.read_bytes().decode("utf-8")
    kind = path.suffix
    if kind == ".html":
        return list(page_faults(text))
    if kind == ".csv":
        return list(table_faults(text))
    if kind == ".json":
        return [*text_faults(text), *value_faults(json.loads(text))]
    if kind == ".jsonl":
        return [*text_faults(text), *(fault for line in text.splitlines() for fault in value_faults(json.loads(line)))]
    if kind == ".ipynb":
        return [*text_faults(text), *notebook_faults(text)]
    if kind == ".xml":
        values = [value for element in ElementTree.fromstring(text).iter() for value in (*element.attrib.values(), element.text or "")]
        return [*text_faults(text), *value_faults(values)]
    return list(text_faults(text))


def line_faults(raw: bytes, *, terminal: bool = False) -> list[str]:
    """Of what a command printed: plain lines, or on a terminal the few codes that the progress bar and tables use."""
    text = raw.decode("utf-8")
    if terminal:
        text = re.sub(r"\x1b\[[0-9;]*[mKA]|\x1b\[\?25[lh]|\x1b\[2K", "", text).replace("\r", "")
    return list(text_faults(text))
