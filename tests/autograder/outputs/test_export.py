import csv
import io
from decimal import Decimal

import pytest

from autograder.errors import UserError
from autograder.export import grade_rows, write_csv
from autograder.late import Lateness
from autograder.marks import ManualMark


def written(tmp_path, records, manual=None, missing=(), **options):
    path = tmp_path / "grades.csv"
    write_csv(records, manual or {}, missing, path, **options)
    return path.read_bytes()


def table(raw):
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_every_byte_of_a_small_table(tmp_path, make_record):
    records = [
        make_record("O'Neil, Jr.", fails=("inverse",)),
        make_record("=1+1"),
        make_record('Zoë;"Ann"'),
        make_record("björn", status="unreadable", questions=[]),
    ]
    raw = written(tmp_path, records, {"=1+1": {"1.a": ManualMark(score=1.5)}}, ["nora", "王小明"])
    assert raw.decode("utf-8").split("\r\n") == [
        "student_id,status,score,max_score,1.a,2.a,2.b,3.1,bonus,late,final,isolation,to_mark",
        "'=1+1,graded,5.5,8,1.5,1,1,1,1,,5.5,L3,3",
        '"O\'Neil, Jr.",graded,3.67,8,,1,0.67,1,1,,3.67,L3,5',
        '"Zoë;""Ann""",graded,4,8,,1,1,1,1,,4,L3,5',
        "björn,unreadable,,8,,,,,,,,L3,",
        "nora,not submitted,,8,,,,,,,,,",
        "王小明,not submitted,,8,,,,,,,,,",
        "",
    ]


def test_a_real_zero_differs_from_not_graded(tmp_path, make_record):
    names = [p.name for q in make_record().questions for p in q.properties]
    rows = table(
        written(
            tmp_path,
            [
                make_record("una", fails=tuple(names), status="missing answers"),
                make_record("bob", status="wrong assignment"),
            ],
            missing=["cy"],
        )
    )
    assert {r["student_id"]: r["score"] for r in rows} == {"una": "0", "bob": "", "cy": ""}


def test_score_is_what_the_columns_add_up_to(tmp_path, class_records):
    for row in table(written(tmp_path, class_records, {"timea": {"1.a": ManualMark(score=0.125)}})):
        columns = [row[c] for c in ("1.a", "2.a", "2.b", "3.1", "bonus")]
        if row["score"]:
            assert float(row["score"]) == pytest.approx(sum(float(c or 0) for c in columns), abs=0.021)
        else:
            assert columns == [""] * 5


def test_hostile_names_stay_in_their_cell(tmp_path, make_record):
    raw = written(tmp_path, [make_record("a\r\n=evil,1"), make_record("\u202etxt"), make_record("@x\x1b[31m")])
    assert len(raw.decode().strip().split("\r\n")) == 4
    assert {r["student_id"] for r in table(raw)} == {"a =evil,1", "\ufffdtxt", "'@x"}


def test_an_empty_class_has_a_header_only(tmp_path):
    assert written(tmp_path, []) == b"student_id,status,score,max_score,late,final,isolation,to_mark\r\n"
    assert b",2.a," in written(tmp_path, [], questions=["2.a"])


def test_late_and_a_byte_order_mark_on_request(tmp_path, make_record):
    raw = written(tmp_path, [make_record("anna")], late={"anna": Lateness(2, Decimal(20))}, bom=True)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert (table(raw)[0]["late"], table(raw)[0]["final"]) == ("4 − 20 % late (2 days)", "3.2")


def test_two_records_of_one_student_are_refused(make_record):
    with pytest.raises(UserError, match="anna"):
        grade_rows([make_record("anna"), make_record("anna")], {}, [])


def test_a_failed_export_leaves_the_old_table(tmp_path, make_record):
    path = tmp_path / "grades.csv"
    path.write_text("old")
    with pytest.raises(UserError):
        write_csv([make_record("a"), make_record("a")], {}, [], path)
    with pytest.raises(UserError, match="cannot be written"):
        write_csv([make_record("a")], {}, [], path / "grades.csv")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["grades.csv"]
