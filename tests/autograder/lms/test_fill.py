"""Platforms' own tables come back as they were, with marks in one column."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.lms import brightspace, canvas, moodle
from autograder.lms.fill import Known, fill
from autograder.lms.sheet import Sheet

TITLES = ["The hippocampus as a memory", "hippocampus"]
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Sheet 1 (880),hippocampus (881),Final Points\r\n"
    ",,,,,Manual Posting,,(read only)\r\n"
    "    Points Possible,,,,,10.0,16.0,(read only)\r\n"
    '"O\'Neil, Jr.",4711,s1,oneil,"Spring; A",9.5,,\r\n'
    "=1+1,4712,s2,formula,Spring,-1.5,,\r\n"
    '"Żółć, Łucja ""王""",4713,s3,zolc,Spring,,3,\r\n'
    '"Student, Test",4799,,abc,Spring,,,\r\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\n"
    "Participant 771,O'Neil Jr.,oneil@uni.example,Submitted for grading,,16.00,-,\n"
    'Participant 772,=1+1,formula@uni.example,Submitted for grading,4.00,16.00,"Monday, 2 March 2026, 1:00 PM","a ""b""; c\nd"\n'
    "Participant 773,王小明,wang@uni.example,No submission,,16.00,-,"
)
BRIGHTSPACE = (
    "\ufeffOrgDefinedId,Username,Last Name,First Name,Email,hippocampus Points Grade <Numeric MaxPoints:16 Weight:5>,End-of-Line Indicator\r\n"
    '#1001,#oneil,"O\'Neil, Jr.",Pat,oneil@uni.example,,#\r\n'
    "#1002,#formula,=1+1,@x,formula@uni.example,7,#\r\n"
    '#1003,#zolc,Żółć,"Łucja",zolc@uni.example,,#\r\n'
)


def known(student, mark, ids=(), names=()):
    return Known(
        student, None if mark is None else Decimal(mark), frozenset(ids) | {student}, frozenset(names) | {student}
    )


def filled(text, platform, students, column="", **options):
    sheet = Sheet(text.encode(), "platform.csv")
    filling = fill(sheet, platform.columns(sheet, column, TITLES), students, 16.0)
    return sheet.to_bytes(**options).decode(), filling


def test_canvas_keeps_every_byte_but_marks_and_formulas():
    students = [
        known("pat", "2.675", ["4711"]),
        known("formula", "10.5"),
        known("lucja", "0", names=['żółć,  łucja "王"']),
        known("nora", "12"),
        known("una", None, ["4799"]),
    ]
    text, filling = filled(CANVAS, canvas, students)
    expected = (
        CANVAS.replace("9.5,,", "9.5,2.68,").replace("=1+1,4712,s2,formula,Spring,-1.5,,", "'=1+1,4712,s2,formula,Spring,-1.5,10.5,")
        .replace("Spring,,3,", "Spring,,0,")
    )  # fmt: skip
    assert text == expected
    assert [(r.student, r.row, r.before, r.after) for r in filling.rows] == [
        ("pat", 4, "", "2.68"), ("formula", 5, "", "10.5"), ("lucja", 6, "3", "0")
    ]  # fmt: skip
    assert (filling.without_row, filling.without_marks, filling.notes) == (["nora"], ["Student, Test (4799)"], [])


def test_moodle_is_matched_by_number_address_or_name_and_keeps_its_line_ends():
    students = [known("pat", "1", ["771"]), known("f", "15.995", ["formula@uni.example"]), known("王小明", "3.5")]
    text, filling = filled(MOODLE, moodle, students)
    assert text == (
        MOODLE.replace("grading,,16.00", "grading,1,16.00").replace("772,=1+1", "772,'=1+1")
        .replace("4.00,16.00", "16,16.00").replace("submission,,16.00", "submission,3.5,16.00")
    )  # fmt: skip
    assert not filling.without_row
    assert not filling.without_marks


def test_a_german_worksheet_with_semicolons_gets_a_decimal_comma():
    text = (
        "ID;Vollständiger Name;E-Mail-Adresse;Bewertung;Bestwertung\r\n"
        "Teilnehmer/in 5;Jörg Größe;j@uni.example;;16,00\r\nTeilnehmer/in 6;Ann, A.;a@uni.example;;16,00\r\n"
    )
    out, filling = filled(text, moodle, [known("Jörg Größe", "2.5"), known("ann", "0.125", ["6"])])
    assert out == text.replace("j@uni.example;;", "j@uni.example;2,5;").replace(
        "a@uni.example;;", "a@uni.example;0,13;"
    )
    assert filling.notes == []


def test_a_worksheet_in_an_unknown_language_is_filled_by_its_heading():
    text = "Azonosító;Név;Jegyem\nRésztvevő 5;Ann;\n"
    with pytest.raises(UserError, match="--column"):
        filled(text, moodle, [])
    assert filled(text, moodle, [known("a", "1", ["5"])], "jegyem")[0] == text.replace("Ann;", "Ann;1")


def test_brightspace_keeps_its_byte_order_mark_and_its_last_column():
    students = [known("oneil", "1"), known("x", "2", ["1002"]), known("Łucja Żółć", "16")]
    text, filling = filled(BRIGHTSPACE, brightspace, students)
    assert text == (
        BRIGHTSPACE.replace("oneil@uni.example,,#", "oneil@uni.example,1,#").replace(",=1+1,@x,", ",'=1+1,'@x,")
        .replace("example,7,#", "example,2,#").replace("zolc@uni.example,,#", "zolc@uni.example,16,#")
    )  # fmt: skip
    assert not filling.without_marks


def test_nothing_to_fill_in_changes_no_byte():
    for text, platform in ((CANVAS.replace("=1", "1"), canvas), (MOODLE.replace("=1", "1"), moodle)):
        assert filled(text, platform, [])[0] == text


def test_a_byte_order_mark_comes_on_request():
    assert filled(MOODLE, moodle, [], bom=True)[0].startswith("\ufeffIdentifier")


@pytest.mark.parametrize(
    ("text", "platform", "students", "says"),
    [
        (CANVAS, canvas, [known("pat", "1", ["4711", "4712"])], "rows 4 and 5 are both pat"),
        (CANVAS, canvas, [known("pat", "1", ["4711"]), known("sam", "2", ["4711"])], "row 4, .* could be pat or sam"),
        (MOODLE.replace("王小明", "=1+1"), moodle, [known("=1+1", "1")], "rows 3 and 4 are both =1"),
        (MOODLE, moodle, [known("a", "1", names=["王小明"]), known("b", "1", names=["王小明"])], "could be a or b"),
    ],
)
def test_whoever_is_not_one_to_one_is_refused(text, platform, students, says):
    with pytest.raises(UserError, match=says) as error:
        filled(text, platform, students)
    assert "nothing was written" in error.value.message


def test_a_name_that_another_has_too_is_no_doubt_once_ids_tell_them_apart():
    text = MOODLE.replace("O'Neil Jr.", "Li Wei").replace("王小明", "Li Wei")
    students = [known("li", "1", ["771"], ["Li Wei"]), known("wei", "2", ["773"], ["Li Wei"])]
    assert [r.student for r in filled(text, moodle, students)[1].rows] == ["li", "wei"]


@pytest.mark.parametrize(
    ("text", "platform", "says"),
    [
        (CANVAS.replace("hippocampus (881)", "Sheet 2 (881)"), canvas, "no column is called .*Sheet 1 .880.; Sheet 2"),
        (CANVAS.replace("Sheet 1", "hippocampus"), canvas, "2 columns are called"),
        (CANVAS.replace(",ID,", ",Number,"), canvas, "expected a column ID"),
        (MOODLE, canvas, "expected a column ID"),
        (CANVAS, moodle, "expected a column"),
        (CANVAS, brightspace, "not a grades file of Brightspace"),
        ("", canvas, "no table"),
        ("x\n", canvas, "no table"),
        ('a,b\n"x"y,z\n', canvas, "quoted in a way"),
        ('a,b\n"x,z\n', canvas, "quoted in a way"),
    ],
)
def test_another_file_is_one_sentence(text, platform, says):
    with pytest.raises(UserError, match=says) as error:
        filled(text, platform, [])
    assert "\n" not in error.value.message


def test_a_file_in_another_encoding_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="UTF-8"):
        Sheet("Stüdent,ID\n".encode("latin-1"), "x.csv")
    with pytest.raises(UserError, match="not there"):
        Sheet.open(tmp_path / "x.csv")


def test_other_points_and_ids_that_look_like_formulas_are_told():
    text = CANVAS.replace("16.0", "20").replace(",s2,", ",@s2,")
    out, filling = filled(text, canvas, [known("pat", "1", ["4711"])])
    assert ",@s2," in out
    assert filling.notes[0].startswith("the platform counts this out of 20, the assignment out of 16")
    assert "SIS User ID looks like a formula" in filling.notes[1]


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)
# csv's writer does not quote a lone carriage return, so its own reader cannot read it back
WRITABLE = CELLS.filter(lambda text: "\r" not in text)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    rows=st.lists(st.lists(WRITABLE, min_size=3, max_size=3), min_size=2, max_size=5),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    text=CELLS,
)
def test_any_table_that_is_csv_comes_back_byte_for_byte_with_one_cell_filled(rows, separator, end, quoting, text):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(["a", "b", "c"])
    writer.writerows([["1", *rows[0][1:]], *rows[1:]])
    raw = buffer.getvalue().encode()
    sheet = Sheet(raw, "any.csv")
    assert sheet.to_bytes() == raw
    sheet.fill(1, 2, text)
    expected = list(csv.reader(io.StringIO(raw.decode(), newline=""), delimiter=separator))
    expected[1] = [*expected[1][:2], text]
    read = csv.reader(io.StringIO(sheet.to_bytes().decode(), newline=""), delimiter=separator)
    assert list(read) == expected


@settings(deadline=None, derandomize=True, max_examples=300)
@given(raw=st.binary(max_size=120) | st.text(st.sampled_from("a\",;\t\r\n'=1 é"), max_size=60).map(str.encode))
def test_whatever_stands_in_a_file_is_read_or_refused_in_one_sentence(raw):
    try:
        assert Sheet(raw, "any.csv").to_bytes() == raw
    except UserError as error:
        assert "\n" not in error.message
