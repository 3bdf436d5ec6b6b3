import json

import pytest
from bs4 import BeautifulSoup

from autograder import report, stats_page
from autograder.atomic import write_whole
from autograder.commands import looking
from autograder.course import Course
from autograder.errors import UserError
from autograder.failures import commonest
from autograder.flaky import earlier_records, flaky, recorded
from autograder.itemstats import property_stats
from autograder.matrix import Column, Matrix, Mutant, read_matrix, write_matrix
from autograder.record import record_text
from autograder.report_index import write_index


def soup(text):
    return BeautifulSoup(text, "html.parser")


def again(make_record, *, seed=20261121, basis="b", fails=("mse",)):
    record = make_record("anna", fails=fails, seed=seed)
    for question in record.questions:
        question.basis = basis
    return record


def test_a_verdict_that_changes_with_one_seed_is_flaky(make_record):
    found = flaky(recorded([again(make_record), again(make_record, fails=())]))
    assert [(f.question, f.name, f.same_seed, f.students) for f in found] == [("3.1", "mse", True, ["anna"])]


def test_a_verdict_that_changes_with_the_seed_depends_on_it(make_record):
    found = flaky(recorded([again(make_record), again(make_record, seed=2, fails=())]))
    assert [(f.name, f.same_seed) for f in found] == [("mse", False)]


@pytest.mark.parametrize("changed", ["basis", "submission", "killed"])
def test_another_answer_other_tests_or_a_killed_worker_are_no_flakiness(make_record, changed):
    first, second = again(make_record), again(make_record, fails=())
    if changed == "basis":
        second = again(make_record, basis="c", fails=())
    elif changed == "submission":
        second.hashes = second.hashes | {"submission": "ff" * 32}
    else:
        first.questions[3].faults = ["timeout"]
    assert flaky(recorded([first, second])) == []


def test_records_kept_from_before_are_evidence_and_damaged_ones_are_none(make_record, tmp_path):
    folder = tmp_path / "records" / "hippocampus" / "earlier" / "2026-11-21T080000Z"
    write_whole(folder / "anna.json", record_text(again(make_record)))
    write_whole(folder / "bob.json", "{")
    assert [r.student for r in earlier_records(Course(tmp_path), "hippocampus")] == ["anna"]


def test_the_commonest_failure_comes_first_with_what_was_said(make_record):
    records = [make_record(str(n), fails=("mse",) if n % 2 else ("mse", "ridge")) for n in range(4)]
    records[0].questions[3].properties[0].message = "the bias is missing"
    found = commonest(records, property_stats(records))
    assert [(f.stat.name, f.stat.failed) for f in found] == [("mse", 4), ("ridge", 2)]
    assert found[0].messages == [("the values differ from the reference", 3), ("the bias is missing", 1)]


def test_a_property_that_good_students_fail_is_named(make_record):
    good = [make_record(f"g{n}", fails=("ridge",)) for n in range(4)]
    poor = [make_record(f"p{n}", fails=("weights", "inverse", "mse")) for n in range(4)]
    tree = soup(stats_page.page(good + poor, [], "8 records"))
    listed = tree.find("section", attrs={"aria-labelledby": "backwards"}).get_text(" ", strip=True)
    assert "Ridge is as the equation says" in listed
    assert "Weights" not in listed


def test_the_page_says_it_all_in_words(class_records):
    found = flaky(recorded(class_records))
    tree = soup(stats_page.page(class_records, found, "24 records"))
    text = tree.get_text(" ", strip=True)
    assert len(tree.find_all("img")) == 2
    assert all(len(image["alt"]) > 60 for image in tree.find_all("img"))
    assert all(th.get("scope") for th in tree.find_all("th"))
    assert "Watched: 24 records" in text
    with pytest.raises(UserError, match="nothing to count") as error:
        stats_page.page([], [], "")
    assert error.value.exit_code == 5


def test_what_was_said_is_text(make_record):
    records = [make_record(str(n), fails=("mse",)) for n in range(3)]
    for record in records:
        record.questions[3].properties[0].message = "<script>x</script>\x1b[31m"
    tree = soup(stats_page.page(records, [], "<b>x</b>"))
    assert not tree.find_all(["script", "b"])
    assert "<script>x</script>" in tree.get_text()


def test_the_command_prints_tables_and_writes_a_page(class_records, tmp_path, capsys):
    for record in class_records:
        write_whole(tmp_path / "records" / "hippocampus" / f"{record.student}.json", record_text(record))
    arguments = ("hippocampus", tmp_path, None, 0, None, None, False)
    # records of one hash that differ are what a flaky test leaves
    assert looking.stats(*arguments, False, False) == 1
    out = capsys.readouterr().out
    assert "what fails most often" in out
    assert "flaky: " in out
    looking.stats(*arguments, True, False)
    result = json.loads(capsys.readouterr().out)
    assert [q["id"] for q in result["questions"]] == ["2.a", "2.b", "3.1", "bonus"]
    assert (tmp_path / "reports" / "hippocampus.stats.html").is_file()


@pytest.fixture
def matrix():
    columns = [Column(question="2.a", name=n, title=n.capitalize(), visible=True) for n in ("weights", "recall", "never")]
    mutants = [Mutant(question="2.a", function="f", name=f"wrong <{n}>", dies=n, fails=[("2.a", n), ("2.a", "recall")]) for n in ("weights", "recall")]
    return Matrix(assignment="hippocampus", hash="cd" * 32, quick=False, properties=columns, mutants=mutants)


def test_the_report_shows_which_wrong_answer_fails_which_property(class_records, matrix, tmp_path):
    write_matrix(matrix, tmp_path)
    assert read_matrix(tmp_path, "hippocampus") == matrix
    section = soup(report.write(class_records, [], tmp_path).read_text()).find("section", attrs={"aria-labelledby": "mutants"})
    text = section.get_text(" ", strip=True)
    assert "2 wrong answers fail the property that is meant to catch them" in section.img["alt"]
    assert "wrong <recall> f" in text
    assert "1 property that none of them fails" in text
    assert "verify it again" not in text


def test_a_matrix_of_another_state_says_so_and_a_damaged_one_is_one_sentence(class_records, matrix, tmp_path):
    matrix.hash = "other"
    assert "verify it again" in report.page(class_records, [], None, matrix)
    write_matrix(matrix, tmp_path).write_text("{")
    with pytest.raises(UserError, match="is damaged"):
        read_matrix(tmp_path, "hippocampus")
    assert read_matrix(tmp_path, "another") is None


def test_the_index_lists_every_kind_of_page_of_an_assignment(class_records, tmp_path):
    for record in class_records:
        write_whole(tmp_path / "records" / "hippocampus" / f"{record.student}.json", record_text(record))
    for name in ("hippocampus", "hippocampus.similarity", "hippocampus.stats", "hippocampus.regrade", "gone.stats"):
        write_whole(tmp_path / "reports" / f"{name}.html", "")
    tree = soup(write_index(tmp_path).read_text())
    links = {a.get_text(): a["href"] for a in tree.select("tbody tr")[1].find_all("a")}
    assert links == {
        "Class report": "hippocampus.html",
        "Test quality": "hippocampus.stats.html",
        "Similarity": "hippocampus.similarity.html",
        "Last regrading": "hippocampus.regrade.html",
    }
    assert tree.select("tbody tr")[1].get_text(" ", strip=True).startswith("Hippocampus: Hopfield networks to conditioning hippocampus 24")
