import re
import shutil
import subprocess
from itertools import pairwise

import numpy as np
import pytest
from bs4 import BeautifulSoup

from autograder import feedback
from autograder.errors import UserError
from autograder.marks import ManualMark
from autograder.record import OUTCOMES, STATUSES

EVIL = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "\x1b[31m\u202e\ud800\"'{{ 7*7 }}"
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def mixed(make_record, show_difference):
    weights = np.arange(144.0).reshape(12, 12)
    return make_record(
        "anna",
        fails=("weights", "inverse", "hidden_recall"),
        details={
            "weights": show_difference(weights, weights + 5 * np.eye(12)),
            "inverse": show_difference([[1.0, 2], [3, 4]], [[1.0, 2], [3, 5]], "pseudo_inv(X)"),
            "hidden_recall": show_difference([[123456.0]], [[654321.0]], "secret_call(hidden_input)"),
        },
    )


@pytest.fixture
def evil(make_record, show_difference):
    record = make_record(
        "eve",
        fails=("weights", "hidden_recall"),
        notes=(EVIL,),
        message=EVIL,
        title=EVIL,
        details={"weights": {"call": EVIL, "expected": {"text": EVIL}, "got": {"text": EVIL}, "tolerance": EVIL}},
        versions={EVIL: EVIL},
        hashes={EVIL: EVIL},
        isolation=EVIL,
        status=EVIL,
    )
    for question in record.questions:
        question.title = question.message = EVIL
        for prop in question.properties:
            prop.title = prop.message = prop.hint = EVIL
    return record


def soup(text):
    return BeautifulSoup(text, "html.parser")


def test_the_page_lies_where_nbgrader_looks_for_it(mixed, tmp_path):
    path = feedback.write(mixed, None, tmp_path)
    assert path == tmp_path / "feedback/anna/hippocampus/hippocampus.html"
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert path.read_text(encoding="utf-8") == feedback.page(mixed)


@pytest.mark.parametrize("name", ["../x", "a/b", ".", "..", "", "a\0b"])
def test_a_student_cannot_name_another_folder(make_record, tmp_path, name):
    with pytest.raises(UserError):
        feedback.write(make_record(name), None, tmp_path)


def test_everything_from_students_is_text(evil):
    page = feedback.page(evil, {"2.a": ManualMark(score=1, comment=EVIL)})
    tree = soup(page)
    assert not tree.find_all(["script", "iframe", "object", "form", "link", "base"])
    assert not [a for t in tree.find_all(True) for a in t.attrs if a.startswith("on") or a == "style"]
    assert not set(page) & set("\x1b\u202e\ud800")
    assert "{{ 7*7 }}" in tree.get_text()
    assert all(i["src"].startswith("data:image/png;base64,") for i in tree.find_all("img"))


def test_nothing_is_loaded_and_the_policy_forbids_it(mixed):
    page = feedback.page(mixed)
    assert "default-src 'none'" in soup(page).find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert not re.search(r"https?://|url\(|@import", page)
    assert not [t for t in soup(page).find_all(href=True) if not t["href"].startswith("#")]


def test_headings_are_in_order_and_tables_are_labelled(mixed):
    tree = soup(feedback.page(mixed, {"2.a": ManualMark(score=0.5)}))
    levels = [int(h.name[1]) for h in tree.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(th.get("scope") in ("col", "row") for th in tree.find_all("th"))
    assert all(len(i["alt"]) > 20 for i in tree.find_all("img"))
    assert tree.html["lang"] == "en"
    ids = [t["id"] for t in tree.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_a_failing_visible_property_shows_call_numbers_and_picture(mixed):
    tree = soup(feedback.page(mixed))
    text = tree.get_text(" ", strip=True)
    assert "pseudo_inv(X)" in text
    assert [td.get_text() for td in tree.find_all("td", class_="off")] == ["5\xa0≠"]
    assert "Only the diagonal differs." in text
    assert len(tree.find_all("img")) == 1
    assert "does not hold" in text


def test_a_hidden_property_shows_title_sentence_and_hint_only(mixed):
    text = feedback.page(mixed)
    assert "Hidden recall is as the equation says" in text
    assert "the values differ from the reference" in text
    for secret in ("123456", "654321", "secret_call", "hidden_input"):
        assert secret not in text


def test_marks_of_a_person_are_added_and_named(mixed):
    marks = {
        "1.a": ManualMark(score=1.5, comment="Good on place cells."),
        "2.b": ManualMark(override=1.0, auto_changed_since=True),
    }
    text = soup(feedback.page(mixed, marks)).get_text(" ", strip=True)
    assert "Good on place cells." in text
    assert "the person's mark counts" in text
    assert "A person still has to mark this" in text
    assert "Marks so far 5.1 of 8" in text


def test_a_full_page_says_so(make_record):
    marks = {i: ManualMark(score=s) for i, s in (("1.a", 2.0), ("2.a", 1.0), ("2.b", 1.0), ("3.1", 1.0))}
    text = soup(feedback.page(make_record(), marks)).get_text(" ", strip=True)
    assert "Marks 9 of 8 (+ 1 bonus)" in text
    assert "Well done" in text
    assert "✗" not in text


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_a_page_in_words(make_record, status):
    record = make_record(status=status, questions=[], message="What happened.", seconds=0.0, versions={}, hashes={})
    assert "What happened." in feedback.page(record)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_is_told_in_words(make_record, outcome):
    record = make_record()
    record.questions[1].status = record.questions[1].properties[0].status = outcome
    assert "?" not in soup(feedback.page(record)).find("table").get_text()


def test_an_unanswered_question_says_so_once(make_record):
    record = make_record(fails=("inverse", "matrix", "hidden_matrix"))
    record.questions[2].message = "not answered"
    text = soup(feedback.page(record)).get_text(" ", strip=True)
    assert text.count("Not answered.") == 1
    assert "Hint" not in text


def test_the_panel_for_a_notebook_holds_the_same_verdicts(mixed):
    tree = soup(feedback.panel(mixed.questions[1:2], ["1 more runs after the deadline."]))
    assert not tree.find_all(["script", "html", "body"])
    assert len(tree.find_all("img")) == 1
    assert "Capacity is as the equation says" in tree.get_text()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs headless Chromium")
def test_no_script_runs_in_a_browser(evil, mixed, tmp_path):
    path = feedback.write(evil, {"2.a": ManualMark(comment=EVIL)}, tmp_path)
    # what escaping would miss, the policy must still stop
    raw = path.read_text("utf-8").replace("</main>", EVIL.encode("utf-8", "replace").decode() + "</main>")
    (tmp_path / "raw.html").write_text(raw, encoding="utf-8")
    for page in (path, tmp_path / "raw.html"):
        dom = subprocess.run(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-sync",
                "--disable-background-networking",
                "--disable-component-update",
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                page.as_uri(),
            ],
            capture_output=True,
            timeout=120,
            check=True,
        ).stdout.decode()
        assert "What to do next" in dom
        assert "<title>owned" not in dom
