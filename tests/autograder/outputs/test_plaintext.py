import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.plaintext import clean, harmless, one_line, spreadsheet_cell


@given(st.text())
@settings(deadline=None, derandomize=True)
def test_clean_text_can_be_encoded_and_holds_no_controls(text):
    result = clean(text)
    result.encode("utf-8")
    assert not any((ord(c) < 32 and c not in "\t\n") or 0x7F <= ord(c) < 0xA0 for c in result)
    assert clean(result) == result


@pytest.mark.parametrize(
    "hostile", ["\u202eevil", "a\u2066b", "\x9b31m", "\x07", "\ud800", "\x00", "\u200f", "\U000e0041"]
)
def test_what_hides_or_reorders_is_replaced(hostile):
    assert not set(clean(hostile)) & set("\u202e\u2066\u200f\x9b\x07\x00\ud800\U000e0041")


def test_colours_of_a_terminal_are_dropped_and_names_stay():
    assert clean("\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link") == "red link"
    assert clean("Björn Ørsted 王小明 𝔸 é") == "Björn Ørsted 王小明 𝔸 é"


def test_long_text_is_cut_and_lines_are_joined():
    assert clean("x" * 10, 4) == "xxx…"
    assert one_line("a\n\tb\r\n c") == "a b c"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "−1", "  =1", "\n=1", "＝1", "\x1b[0m=1"]
)
def test_formulas_get_an_apostrophe(text):
    assert spreadsheet_cell(text).startswith("'")


@pytest.mark.parametrize(("text", "cell"), [("a;=1", "a;'=1"), ('a; "=1', "a; \"'=1"), ("a\t@x", "a\t'@x"), ('"=1', "'\"=1")])
def test_a_formula_behind_another_program_s_separator_is_text_too(text, cell):
    assert spreadsheet_cell(text) == cell


def test_marks_do_not_stack_over_other_lines():
    assert clean("e" + "\u0301" * 1_000_000 + "!") == "e" + "\u0301" * 4 + "!"
    assert clean("ệ ṩ q\u0323\u0307") == "ệ ṩ q\u0323\u0307"


def test_what_nobody_will_see_of_a_long_text_is_not_looked_at():
    assert clean("\x1b[31m" * 1000 + "seen?", 10) == "…"
    assert clean("\x1b[31m" * 20 + "seen", 10) == "seen"


def test_every_text_of_a_value_is_cleaned_keys_too():
    value = {"a\x1b": ["\u202e", ("\ud800", 1.5, None, True)], "b": {"c": "d"}}
    assert harmless(value) == {"a\ufffd": ["\ufffd", ["\ufffd", 1.5, None, True]], "b": {"c": "d"}}


@pytest.mark.parametrize("text", ["O'Neil, Jr.", "a=b", "x-1", "", "Zoë; Ann"])
def test_ordinary_text_stays_as_it_is(text):
    assert spreadsheet_cell(text) == text
