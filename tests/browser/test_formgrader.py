"""Hand-grading in nbgrader's formgrader, in a real browser: what is entered there reaches grades.csv."""

import csv
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from autograder.assignment import load_assignment
from autograder.commands.handing_back import write_grades
from autograder.course import Course
from autograder.grade import Options, grade
from autograder.new_assignment import new_assignment
from tests.course.demo_class import ClassMaker

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PORT = 8943


@pytest.fixture
def course(tmp_path):
    new_assignment("tiny", tmp_path / "solutions")
    assignment = load_assignment("tiny", tmp_path / "solutions")
    maker = ClassMaker(assignment)
    cells = maker.solved()
    next(c for c in cells if c.role == "written").source = "One is the **negative** of the other. <script>document.title='owned'</script>"
    from autograder.notebooks import to_ipynb

    folder = tmp_path / "submitted" / "ann" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text(to_ipynb(cells))
    course = Course(tmp_path)
    grade(assignment, course, Options(jobs=1, trust=True))
    return assignment, course


@pytest.fixture
def server(course):
    command = [str(Path(sys.executable).parent / "autograder"), "formgrader", "--course", str(course[1].root), "--no-browser", "--port", str(PORT)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONWARNINGS": "ignore"})
    url = re.search(r"http://\S+", process.stderr.readline())[0]
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/login", timeout=5).close()
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    yield url
    process.terminate()
    process.communicate(timeout=20)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_a_mark_entered_in_formgrader_reaches_the_grades_and_survives_a_regrade(course, server):
    from playwright.sync_api import sync_playwright

    assignment, folder = course
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        page = browser.new_page()
        page.goto(server)
        page.goto(f"http://localhost:{PORT}/formgrader/gradebook/tiny/tiny")
        page.wait_for_selector("a[href*='/submissions/']", timeout=30_000)
        page.goto(f"http://localhost:{PORT}" + page.locator("a[href*='/submissions/']").first.get_attribute("href"))
        answer = page.locator("text=negative").first
        answer.wait_for()
        assert page.locator("text=Rubric, 2").count() == 1
        assert page.locator("text=✓ If three of four units agree").count() == 1
        assert page.title() != "owned"
        box = page.locator("input.score#answer-2, #answer-2 input.score").first
        box.fill("0.5")
        box.press("Tab")
        page.wait_for_timeout(1500)
        browser.close()
    assert marks(assignment, folder)["2"] == "0.5"
    grade(assignment, folder, Options(jobs=1, trust=True, force=True))
    assert (marks(assignment, folder)["2"], marks(assignment, folder)["score"]) == ("0.5", "2.5")


def marks(assignment, course):
    rows = csv.DictReader(write_grades(assignment, course).read_text(encoding="utf-8").splitlines())
    return next(row for row in rows if row["student_id"] == "ann")
