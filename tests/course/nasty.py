"""A submission in which everything that a student controls is hostile to whoever reads it afterwards."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, load_assignment
from autograder.release import released_cells

NAME = "nasty"
#: Where the hostile texts want to go: nobody may be asked for it.
EVIL = "http://evil.example"
#: Runs, loads or leads somewhere when a page shows it as it is.
HTML = (
    "<script>window.__pwned=1</script>"
    f"<img src=x onerror='window.__pwned=2'><img src='{EVIL}/i.png'>"
    f"<svg onload='window.__pwned=3'><a xlink:href='javascript:window.__pwned=4'>x</a></svg>"
    f"<iframe srcdoc='<script>parent.__pwned=5</script>'></iframe><iframe src='{EVIL}/f'></iframe>"
    f"</style><style>@import '{EVIL}/s.css';*{{background:url({EVIL}/b)}}</style>"
    f"</title></textarea></pre></code></template>--><script src='{EVIL}/s.js'></script>"
    f"<meta http-equiv=refresh content='0;url={EVIL}/m'><base href='{EVIL}/'><link rel=stylesheet href='{EVIL}/l.css'>"
    f"<form action='{EVIL}/p'><button autofocus onfocus='window.__pwned=6'>ok</button></form>"
    f"<object data='{EVIL}/o'></object><video src='{EVIL}/v' onerror='window.__pwned=7'></video>"
    "\" onmouseover=\"window.__pwned=8\" autofocus onfocus=\"window.__pwned=9\" x=\"' onclick='window.__pwned=10' x='"
)
MARKDOWN = (
    f"[click](javascript:window.__pwned=11) ![x]({EVIL}/m.png) [r][1] <javascript:window.__pwned=12> <{EVIL}/a>\n\n"
    f"[1]: javascript:window.__pwned=13\n\n[2]: {EVIL}/2\n\n![y][2] [j\na](java\tscript:window.__pwned=14)\n\n"
    f"![z](attachment:evil.svg)\n\n$$\\href{{javascript:window.__pwned=15}}{{x}} \\style{{background:url({EVIL}/t)}}{{y}}$$\n\n"
    f"\\\\(\\href{{{EVIL}}}{{z}}\\\\) {EVIL}/bare\n"
)
TEMPLATE = "{{7*7}} {% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %} ${7*7} #{7*7} __import__('os') <%= 7*7 %>"
TERMINAL = (
    "\x1b[31mred\x1b[2J\x1b[1;1H\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\"
    "\x1bP1$r\x1b\\\x1b[6n\x1b(0\x9b31m\x9d0;t\x9c\x90x\x9c\x07\x08\x7f\x00\x0b\x0c\x0e\x0f\x85\x8e"
    "\x1b]1337;File=:AAAA\x07\x1b]8;;unfinished"
)
BIDI = "a\u202eb\u202dc\u2066d\u2067e\u2068f\u2069g\u200eh\u200fi\u061cj\u200bk\ufeffl\u2028m\u2029n\U000e0041"
RICH = "[bold red]x[/bold red] [link=http://evil.example]y[/link] [blink]z[/] [/] :skull:"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "'=1", "＝1", "＋1", "−1",
            ";=cmd|' /C calc'!A0", 'x;"=1', "x\t=1", "x\r\n=1;=2")
TRICKS = (HTML, MARKDOWN, TEMPLATE, TERMINAL, BIDI, RICH, "\r\nSet-Cookie: x=1\r\n\r\n", "e" + "\u0301" * 3000, *FORMULAS)


def everything(number: int = 0) -> str:
    """All of it; each number begins with another trick, because what is shown of a text is its beginning."""
    turn = number * 3 % len(TRICKS)
    return " ".join([*TRICKS[turn:], *TRICKS[:turn]])


EVERYTHING = everything()

#: Admissible as a folder's name, and still hostile to pages, tables and templates.
STUDENTS = ("ann", "=1+1;=2", "[bold]x[link=evil]", "{{7*7}}", "it's&amp;", "-rf", "+x", "＝1", "__proto__", "%2e%2e")

_MANIFEST = f"""
schema = 1
name = "{NAME}"
title = "Nasty"
points = 8
preload = ["torch"]

[[question]]
id = "1"
title = "A text"
points = 2
names = ["say"]

[[question]]
id = "2"
title = "A dict"
points = 1
names = ["table"]

[[question]]
id = "3"
title = "An error"
points = 2
names = ["fail"]

[[question]]
id = "4"
title = "Numbers"
points = 1
names = ["count"]

[[question]]
id = "5"
title = "A figure"
points = 1
hand = 1

[[question]]
id = "6"
title = "In words"
points = 1
hand = 1
"""
_SOURCE = """# %% [markdown]
# # Nasty

# %%
import torch

# %% id="say" role="answer" question="1"
def say():
    ### BEGIN SOLUTION
    return "hello"
    ### END SOLUTION

# %% id="check-1" role="check" question="1"
check("1")

# %% id="table" role="answer" question="2"
def table():
    ### BEGIN SOLUTION
    return {"a": 1}
    ### END SOLUTION

# %% id="check-2" role="check" question="2"
check("2")

# %% id="fail" role="answer" question="3"
def fail(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION

# %% id="check-3" role="check" question="3"
check("3")

# %% id="count" role="answer" question="4"
def count():
    ### BEGIN SOLUTION
    return torch.arange(30.0).reshape(6, 5)
    ### END SOLUTION

# %% id="check-4" role="check" question="4"
check("4")

# %% id="figures-5" role="figures" question="5"
### BEGIN SOLUTION
print("figure")
### END SOLUTION

# %% [markdown] id="answer-6" role="written" question="6"
# ### BEGIN SOLUTION
# Words.
# ### END SOLUTION
"""
_TESTS = {
    "visible/test_nasty.py": '''
import pytest
import torch

@pytest.mark.question("1")
@pytest.mark.hint("Say hello.")
def test_the_text_is_hello(student, same):
    """The text is hello."""
    same(student.say(), "hello")

@pytest.mark.question("2")
def test_the_dict_is_right(student, same):
    """The dict has one key."""
    same(student.table(), {"a": 1})

@pytest.mark.question("3")
def test_nothing_fails(student, same):
    """What goes in comes out."""
    same(student.fail(1), 1)

@pytest.mark.question("4")
def test_the_numbers_are_right(student, same):
    """The numbers count."""
    same(student.count(), torch.arange(30.0).reshape(6, 5))
''',
    "hidden/test_nasty_hidden.py": '''
import pytest

@pytest.mark.question("1")
@pytest.mark.hint("Think of a greeting.")
def test_the_hidden_text_is_hello(student, reference, same, holds):
    """The text is the reference's."""
    got = student.say()
    holds(got == "hello", f"secret-seven: {got}")

@pytest.mark.question("3")
@pytest.mark.hint("Return the argument.")
def test_nothing_hidden_fails(student, reference, same):
    """What goes in comes out, for secret numbers."""
    same(student.fail(424242), reference.fail(424242))
''',
}


def make_assignment(solutions: Path) -> Assignment:
    """A small assignment whose questions bring texts, dicts, errors and pictures to the reader."""
    folder = solutions / NAME
    for file, text in {"assignment.toml": _MANIFEST, f"{NAME}.py": _SOURCE, "rubric.md": "# Rubric\n\n## 5\n\n- 1\n\n## 6\n\n- 1\n",
                       **{f"tests/{name}": text for name, text in _TESTS.items()}}.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_assignment(NAME, solutions)


ANSWERS = {
    "say": "def say():\n    import sys\n    print(EVIL)\n    print(EVIL, file=sys.stderr)\n    return EVIL",
    "table": "def table():\n    return {EVIL: EVIL, 'a': [EVIL]}",
    "fail": "def fail(x):\n    raise type(EVIL[:90], (Exception,), {})(EVIL)",
    "count": "def count():\n    return torch.zeros(6, 5)",
}


def notebook(assignment: Assignment, number: int = 0) -> str:
    """The hostile notebook as text."""
    evil = everything(number)
    tricks = [*TRICKS[number:], *TRICKS[:number]]
    cells: list[dict[str, Any]] = []
    for cell in released_cells(assignment):
        raw: dict[str, Any] = {"cell_type": cell.kind, "id": cell.id, "metadata": _metadata(cell.metadata), "source": cell.source}
        if cell.id in ANSWERS:
            raw["source"] = f"EVIL = {evil!a}\n# {HTML}\n{ANSWERS[cell.id]}"
        elif cell.role == "written":
            raw |= {"source": f"# {evil}\n\n{MARKDOWN}\ud800", "attachments": {"evil.svg": {"image/svg+xml": svg()}}}
        elif cell.role == "figures":
            raw["source"] = f'print("""{HTML}""")'
        if cell.kind == "code":
            raw |= {"execution_count": None, "outputs": outputs() if cell.role in ("figures", "answer", "check") else []}
        cells.append(raw)
    for number, text in enumerate(tricks):
        cells.append({"cell_type": "markdown", "id": f"x{number}{text}"[:300], "metadata": {"name": text}, "source": text})
        cells.append({"cell_type": "code", "id": text[:60], "metadata": _metadata({}), "execution_count": text,
                      "source": f"%{text}\n!{text}\nraise ValueError({text!a})\ndef f(:", "outputs": outputs()})
        cells.append({"cell_type": "code", "id": f"e{number}", "metadata": {}, "execution_count": 1, "outputs": [],
                      "source": f"raise type({text[:80]!a}, (Exception,), {{}})({text!a})"})
    cells.append({"cell_type": HTML, "metadata": [HTML], "source": [HTML, 7], "id": 3})
    document = {"cells": cells, "metadata": {"title": EVERYTHING, "authors": [{"name": EVERYTHING}], HTML: HTML,
                                             "kernelspec": {"display_name": HTML, "name": HTML, "language": HTML}},
                "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document)


def _metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    return metadata | {"title": EVERYTHING, HTML: HTML, "tags": [HTML]}


def outputs() -> list[dict[str, Any]]:
    """Outputs of every kind that a front end would render."""
    active = {"text/html": HTML, "image/svg+xml": svg(), "application/javascript": "window.__pwned=20",
              "text/markdown": MARKDOWN, "text/latex": "$\\href{javascript:window.__pwned=21}{x}$",
              "application/vnd.jupyter.widget-view+json": {"model_id": HTML}, "application/pdf": "JVBERi0=",
              "text/x-evil": HTML}
    made: list[dict[str, Any]] = [
        {"output_type": "display_data", "metadata": {HTML: HTML}, "data": active | {"text/plain": EVERYTHING}},
        {"output_type": "display_data", "metadata": {}, "data": active},
        {"output_type": "stream", "name": "stdout", "text": [EVERYTHING, "\ud800\udc00\udfff"]},
        {"output_type": "stream", "name": HTML, "text": EVERYTHING},
        {"output_type": "error", "ename": EVERYTHING, "evalue": EVERYTHING, "traceback": [EVERYTHING, HTML]},
        {"output_type": HTML, "data": HTML},
    ]
    for kind, data in pictures().items():
        made.append({"output_type": "display_data", "metadata": {}, "data": {kind.split(" ")[0]: data, "text/html": HTML}})
    return made


def pictures() -> dict[str, str]:
    """Pictures that are broken, huge, something else, or carry something behind or inside them."""
    def encoded(raw: bytes) -> str:
        return base64.b64encode(raw).decode()

    return {
        "image/png good": encoded(png()),
        "image/png with a page behind it": encoded(png() + HTML.encode()),
        "image/png with text inside": encoded(png((b"tEXt", b"Comment\x00" + HTML.encode()), (b"iTXt", b"x\0\0\0\0\0" + HTML.encode()))),
        "image/png broken": encoded(png()[:40]),
        "image/png that claims 60,000 by 60,000": encoded(png(size=(60_000, 60_000))),
        "image/png that is a page": encoded(HTML.encode()),
        "image/png that is no base64": f"data:image/png;base64,\"onerror='window.__pwned=22' x='{HTML}",
        "image/jpeg that is an SVG": encoded(svg().encode()),
        "image/gif": encoded(b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + HTML.encode()),
        "image/svg+xml": svg(),
    }


def svg() -> str:
    return (f"<svg xmlns='http://www.w3.org/2000/svg' onload='window.__pwned=30'><script>window.__pwned=31</script>"
            f"<image href='{EVIL}/i'/><foreignObject><iframe src='{EVIL}/f'/></foreignObject></svg>")


def png(*extra: tuple[bytes, bytes], size: tuple[int, int] = (2, 2)) -> bytes:
    """A small picture, with chunks of one's choice; the size it claims need not be true."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = io.BytesIO()
    for _ in range(2):
        rows.write(b"\x00" + bytes([255, 0, 0, 0, 0, 255]))
    body = [chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)), *(chunk(*one) for one in extra),
            chunk(b"IDAT", zlib.compress(rows.getvalue())), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


#: As a file may be called; a slash is the only character that cannot be in it.
FILE_NAMES = (
    f"{NAME} <script>window.__pwned=40<script>.ipynb",
    f"{NAME}\x1b]0;title\x07\x1b[31m\u202e\x9b\n=1+1.ipynb",
    f"{NAME} [bold]{{{{7*7}}}}\udcff.ipynb",
)


def hand_in(assignment: Assignment, course: Path) -> None:
    """The hostile notebook for every student, under hostile names where the name is not fixed."""
    for number, student in enumerate(STUDENTS):
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / (f"{NAME}.ipynb" if number % 2 == 0 else FILE_NAMES[number // 2 % len(FILE_NAMES)])).write_text(notebook(assignment, number))
    for number, file in enumerate(FILE_NAMES):
        folder = course / "submitted" / f"broken{number}" / NAME
        folder.mkdir(parents=True)
        (folder / file).write_text('{"cells": [' + HTML)
    (course / "students.csv").write_text('student_id\nmissing\n"=2+2"\n"<script>window.__pwned=50</script>"\n', encoding="utf-8")
