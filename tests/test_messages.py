"""What a person is told when something is wrong: one sentence that ends, in plain words."""

import ast
import re

import pytest

from tests.test_layering import MODULES, ROOT

TOLD = {"UserError", "IsolationError", "DataError", "BrokenPromise"}
#: A value, whatever it is.
VALUE = "\0"
#: Said within another message, or by a process of our own to its parent.
PARTS = {"autograder/sandbox.py": ("a fork gave no sign of life",)}


def text_of(node):
    """The text of an expression, with `VALUE` for what is put in; None where all of it is."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else VALUE for part in node.values)
    return None


def messages():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TOLD and node.args:
                text, name = text_of(node.args[0]), path.relative_to(ROOT).as_posix()
                if text is not None and text not in PARTS.get(name, ()):
                    yield pytest.param(text, id=f"{name}:{node.lineno}")


FOUND = list(messages())


def test_messages_are_found():
    assert len(FOUND) > 150


@pytest.mark.parametrize("text", FOUND)
def test_a_message_is_one_sentence_in_plain_words(text):
    assert text.endswith((".", VALUE)), "it ends with a full stop, or with a text that does"
    assert "\n" not in text
    assert not re.match(r"[A-Z]\w*(Error|Exception)\b|Traceback|Error", text)
    # a name or an option may begin it; a sentence that goes on after the program's name is in lower case
    assert not re.match(r"[A-Z][a-z]", text)
    assert len(text) > 25 or VALUE in text, "what was expected, what came, what to do"
    assert not re.search(r"\b(please|oops|invalid|illegal|failed to)\b", text, re.IGNORECASE)
