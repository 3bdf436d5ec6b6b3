"""What a person sees in formgrader: the student's words and pictures, and nothing that runs."""

import base64
import io
import json

import pytest
from PIL import Image

from autograder.autograded import autograded_notebook, safe_outputs, safe_source
from autograder.notebooks import Cell

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](java\nscript:alert(1))",
    "[x](java&#115;cript:alert(1))", "<javascript:alert(1)>", "[x]: vbscript:y", "[x](data:text/html,<script>)",
    "![pixel](http://tracker.example/p.png)", "\u202egnp.exe \x1b]0;owned\x07", "<svg/onload=alert(1)>", "[x](JaVaScRiPt:alert(1))",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_from_a_student_is_rendered_as_words(text):
    from html.parser import HTMLParser

    from nbconvert.filters import markdown2html

    seen = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: seen.append((tag, dict(attributes)))
    parser.feed(markdown2html(safe_source(Cell("markdown", text))))
    assert {tag for tag, _ in seen} <= {"p", "a", "h1", "h2", "ul", "li", "em", "strong", "code"}
    for _, attributes in seen:
        assert not any(name.startswith("on") for name in attributes)
        target = "".join(attributes.get("href", "").split()).lower()
        assert not target.startswith(("javascript:", "vbscript:", "data:"))


def test_ordinary_markdown_stays_as_it_is():
    assert safe_source(Cell("markdown", "**Bold**, $x > y$ and `code`\n\n- item")) == "**Bold**, $x > y$ and `code`\n\n- item"


def test_outputs_keep_text_and_fresh_pictures_only():
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(buffer, "PNG")
    picture = base64.b64encode(buffer.getvalue() + b"<script>").decode()
    outputs = safe_outputs([
        {"output_type": "display_data", "data": {"text/html": "<script>x</script>", "text/plain": "plain"}},
        {"output_type": "display_data", "data": {"image/png": picture, "text/html": "<b>"}},
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload=alert(1)>", "text/plain": "<svg>"}},
        {"output_type": "stream", "name": "stderr", "text": ["a", "b", 3]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["<script>"]},
        {"output_type": "display_data", "data": 7},
    ])
    assert [list(o.get("data", {"text": 0})) for o in outputs] == [["text"], ["image/png"], ["text"], ["text"], ["text"]]
    assert "script" not in json.dumps(outputs)


def test_test_cells_are_restored_and_rubrics_stand_before_what_they_mark(assignment):
    mine = {"check-1": Cell("code", "print('full marks')", "check-1"), "answer-2": Cell("markdown", "words", "answer-2")}
    notebook = json.loads(autograded_notebook(assignment, mine, [Cell("code", "extra = 1")], []))
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    assert "".join(cells["check-1"]["source"]) == 'check("1")'
    assert "".join(cells["answer-2"]["source"]) == "words"
    ids = list(cells)
    assert ids.index("rubric-answer-2") == ids.index("answer-2") - 1
    assert ids[-1] == "added-0"


@pytest.mark.parametrize("word", ["href", "style", "class", "cssId", "require", "htmlData", "bbox", "HREF", "unicode"])
def test_a_formula_makes_no_link_and_sets_no_style(word):
    assert safe_source(Cell("markdown", f"$\\{word}{{javascript:1}}{{x}}$")) == f"$\\ {word}{{javascript:1}}{{x}}$"


def test_other_formulas_stay_as_they_are():
    text = "$\\frac{1}{N} \\sum_i \\xi_i \\hat{x} \\classical \\boxed{y}$"
    assert safe_source(Cell("markdown", text)) == text


def test_a_bare_address_is_no_link():
    from nbconvert.filters.markdown_mistune import markdown2html_mistune as markdown2html

    page = markdown2html(safe_source(Cell("markdown", "see http://evil.example/x and https://evil.example")))
    assert "href" not in page
    assert "http:&#47;/evil.example" in page or "http://evil.example/x" in page


def test_a_notebook_full_of_large_pictures_is_cut_short(assignment, monkeypatch):
    monkeypatch.setattr("autograder.images.Pixels.__init__", lambda self: setattr(self, "left", 100))
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    picture = {"output_type": "display_data", "data": {"image/png": base64.b64encode(buffer.getvalue()).decode()}}
    extra = [Cell("code", "x", outputs=[picture]) for _ in range(3)]
    cells = json.loads(autograded_notebook(assignment, {}, extra, []))["cells"][-3:]
    assert [len(cell["outputs"]) for cell in cells] == [1, 0, 0]
