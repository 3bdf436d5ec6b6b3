"""Show a text written in Markdown on a page: paragraphs, lists and emphasis, nothing that leads anywhere."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markupsafe import Markup

MAX_TEXT = 20_000
TAGS = {"p", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "br", "hr"}
#: Shown as they were typed: what leads away, what loads something, and headings, whose order belongs to the page.
AS_TYPED = ("link", "image", "autolink", "reference", "html_block", "html_inline", "heading", "lheading")


def written(text: str) -> Markup:
    """The text as HTML of `TAGS` alone, without attributes; formulas stay as they were typed.

    Example
    -------
    >>> print(written("**Two**\\nlines, $w_i*x*y$ and <b>"))
    <p><strong>Two</strong>
    lines, <code>$w_i*x*y$</code> and &lt;b&gt;</p>
    <BLANKLINE>
    """
    import nh3
    from markupsafe import Markup

    from autograder.plaintext import clean

    made = _markdown().render(clean(text, MAX_TEXT))
    return Markup(nh3.clean(made, tags=TAGS, attributes={}))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    made = MarkdownIt("commonmark", {"html": False}).disable(list(AS_TYPED))
    made.use(dollarmath_plugin, allow_labels=False, double_inline=True)
    for rule, fence in (("math_inline", "$"), ("math_inline_double", "$$"), ("math_block", "$$")):
        made.add_render_rule(rule, _typed(fence))
    return made


def _typed(fence: str) -> Any:
    def rule(_renderer: Any, tokens: Any, index: int, _options: Any, _env: Any) -> str:
        return f"<code>{escape(fence + tokens[index].content + fence)}</code>"

    return rule
