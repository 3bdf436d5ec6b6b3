import re
from itertools import pairwise

import numpy as np
import pytest
from bs4 import BeautifulSoup

from autograder import report
from autograder.errors import UserError
from autograder.itemstats import property_stats, question_stats
from autograder.report_index import write_index


def soup(text):
    return BeautifulSoup(text, "html.parser")


def test_the_report_shows_a_class_at_a_glance(class_records, tmp_path):
    path = report.write(class_records, [*(r.student for r in class_records), "nora"], tmp_path)
    assert path == tmp_path / "reports/hippocampus.html"
    tree = soup(path.read_text("utf-8"))
    text = tree.get_text(" ", strip=True)
    assert len(tree.find_all("img")) == 5
    assert all(len(i["alt"]) > 60 for i in tree.find_all("img"))
    assert "Not submitted 1 nora" in text
    assert "Could not be read 1 björn" in text
    assert "Graded, with a timeout 1 timea" in text
    assert "torch 2.13.0" in text
    levels = [int(h.name[1]) for h in tree.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(th.get("scope") for th in tree.find_all("th"))
    assert not re.search(r"https?://|url\(|<script", path.read_text("utf-8"))


@pytest.mark.parametrize("keep", [slice(0, 1), slice(0, 2), slice(-1, None), slice(-2, None)])
def test_the_smallest_classes_have_a_report(class_records, keep):
    assert "How the submissions ended" in report.page(class_records[keep], [])


def test_the_same_records_give_the_same_bytes(class_records):
    assert report.page(class_records, []) == report.page(class_records[::-1], [])


def test_lower_isolation_is_said_at_the_top(class_records):
    class_records[3].isolation = "L1"
    assert "1 of 24 submissions were graded below the sealed box" in report.page(class_records, [])


def test_hostile_names_are_text(make_record):
    records = [make_record(n, fails=("mse",)) for n in ("<script>x</script>", "$\\frac{", "a\x1b[31m", "b\u202e")]
    for record in records:
        record.notes.append("<img src=x onerror=alert(1)>")
    page = report.page(records, ["<b>nora</b>"])
    assert not soup(page).find_all(["script", "b"])
    assert all(i["src"].startswith("data:") for i in soup(page).find_all("img"))


def test_nothing_to_report_is_one_sentence(tmp_path, make_record):
    with pytest.raises(UserError, match="no submission has been graded") as error:
        report.write([], ["anna"], tmp_path)
    assert error.value.exit_code == 5
    with pytest.raises(UserError, match="one assignment"):
        report.write([make_record(), make_record("b", assignment="other")], [], tmp_path)


def test_the_index_links_every_report(class_records, tmp_path):
    with pytest.raises(UserError):
        write_index(tmp_path)
    report.write(class_records, [], tmp_path)
    tree = soup(write_index(tmp_path).read_text("utf-8"))
    assert [a["href"] for a in tree.find_all("a")] == ["hippocampus.html"]


def test_facility_is_the_mean_share_of_marks(make_record):
    records = [make_record(str(i), fails=("mse",) if i % 2 else ()) for i in range(6)]
    stat = {s.id: s for s in question_stats(records)}
    assert stat["3.1"].facility == pytest.approx((1 + 2 / 3) / 2)
    assert stat["2.a"].facility == 1
    assert stat["2.a"].discrimination is None
    assert "1.a" not in stat


def test_discrimination_is_the_correlation_with_the_rest(class_records):
    known = [r for r in class_records if r.questions]
    marks = np.array([[q.score for q in r.questions if q.auto_max] for r in known])
    rest = marks.sum(axis=1, keepdims=True) - marks
    for column, stat in enumerate(question_stats(class_records)):
        assert stat.discrimination == pytest.approx(np.corrcoef(marks[:, column], rest[:, column])[0, 1])


def test_what_could_not_be_graded_does_not_count_as_failed(make_record):
    records = [make_record("a"), make_record("b", fails=("mse",))]
    records[1].questions[3].properties[0].status = "not gradable"
    stat = next(s for s in property_stats(records) if s.name == "mse")
    assert (stat.passed, stat.n) == (1, 1)
