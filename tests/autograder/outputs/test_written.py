"""What students write is shown as they meant it, and leads nowhere."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.written import MAX_TEXT, TAGS, written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One\nparagraph.\n\n*Another*.", "<p>One\nparagraph.</p>\n<p><em>Another</em>.</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("energy $E*s*W$ falls", "<p>energy <code>$E*s*W$</code> falls</p>"),
        ("$$\nE < 0\n$$", "<code>$$\nE &lt; 0\n$$</code>"),
        ("# not a heading", "<p># not a heading</p>"),
        ("[here](https://example.org) ![x](y.png)", "<p>[here](https://example.org) ![x](y.png)</p>"),
        ("<https://example.org> <script>alert(1)</script>",
         "<p>&lt;https://example.org&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("[a]: javascript:alert(1)\n\n[a]", "<p>[a]: javascript:alert(1)</p>\n<p>[a]</p>"),
    ],
)
def test_markdown_is_shown_and_nothing_leads_away(text, shown):
    assert written(text).strip() == shown


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(st.sampled_from(
    ["<b onclick=x>", "*", "**", "`", "```", "$", "$$", "\n", "\n\n", "> ", "- ", "1. ", "    ", "[a](javascript:x)", "<a href=x>", "&lt;",
     "&#60;script&#62;", "<!--", "]]>", "\\", "word", "\x1b[31m", "\u202e"])).map("".join))
def test_only_plain_tags_without_attributes_come_out(text):
    page = written(text)
    assert {tag for tag, _ in re.findall(r"</?([a-z0-9]+)([^>]*)>", page)} <= TAGS
    assert all(not rest.strip(" /") for _, rest in re.findall(r"</?([a-z0-9]+)([^>]*)>", page))
    assert not re.search("[\x1b\u202e]", page)


def test_a_text_that_nests_without_end_is_shown_in_time():
    for text in ("> " * MAX_TEXT, "*" * MAX_TEXT, "- " * MAX_TEXT, "[" * MAX_TEXT, "`" * MAX_TEXT, "$a" * MAX_TEXT):
        assert len(written(text)) < 60 * MAX_TEXT
