"""Every kind of page, in a real browser: axe-core finds nothing serious, nothing is asked for, a phone needs no scrolling."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from autograder import feedback, report, stats_page
from autograder.assignment import load_assignment
from autograder.flaky import Flaky
from autograder.late import Lateness
from autograder.marking import Answer, marking_page
from autograder.marks import ManualMark
from autograder.marksheet import MarkRow
from autograder.matrix import Column, Matrix, Mutant, write_matrix
from autograder.record import Times
from autograder.regrade import Regrading, compare
from autograder.regrade_page import page as regrade_page
from autograder.report_index import write_index
from tests.autograder.marking_course import PIXEL
from tests.autograder.outputs.conftest import difference, record_of
from tests.autograder.outputs.test_similarity import example

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: The version these pages were looked at with.
AXE = "axe-core@4.14.1"
WIDTHS = (1280, 390)
KINDS = ("feedback", "feedback-all-right", "feedback-unreadable", "panel", "report", "report-of-two", "similarity",
         "stats", "stats-of-two", "regrade", "marking", "index")


@pytest.fixture(scope="session")
def axe(tmp_path_factory) -> str:
    """The text of axe-core, from npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, which brings axe-core")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix", str(folder), AXE]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    path = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip(f"npm could not install {AXE}: {(made.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield started
        started.close()


def students():
    """A class of twelve with every kind of result."""
    weights, digits = np.arange(144.0).reshape(12, 12), np.linspace(0, 1, 2 * 784).reshape(2, 784)
    details = {"weights": difference(weights, weights + 5 * np.eye(12)), "bottleneck": difference(digits, digits[:, ::-1]),
               "inverse": difference([[1.0, 2], [3, 4]], [[1.0, 2], [3, 5]], "pseudo_inv(X)"),
               "recall": difference(np.sin(np.arange(50.0)), np.cos(np.arange(50.0)))}
    fails = [(), ("weights", "inverse", "recall", "bottleneck", "hidden_recall"), ("mse",), ("mse", "hidden_corrupt"), ("ridge",),
             ("weights", "mse", "ridge"), (), ("hidden_matrix",), ("capacity",), ("inverse", "matrix", "hidden_matrix")]
    known = [record_of(f"student-{n}-with-a-rather-long-name", fails=f, details=details, notes=("a cell was duplicated",) if f else ())
             for n, f in enumerate(fails)]
    unreadable = record_of("zoë", status="unreadable", message="Expected a notebook.", questions=[], score=0.0)
    return [*known, record_of("late", status="timed out", fails=("mse",), message="A function took too long."), unreadable]


def marking() -> str:
    """What a person marks: words, pictures, what was printed, and nothing at all; one has a mark."""
    assignment = load_assignment("hippocampus", Path(__file__).parents[2] / "solutions")
    answers = {("anna", "1.a"): Answer(text="**Lesions.** H.M. lost *episodes*:\n\n1. new ones\n2. $W_{ij} < 0$\n\n> said he\n\n```\n" + "x" * 200),
               ("anna", "2.a"): Answer(pictures=[PIXEL, PIXEL], printed="0.1 " * 200)}
    rows = [MarkRow(who, q.id, q.title, "by hand", Decimal(2), Decimal(1) if who == "anna" else None, "", None, "c")
            for q in assignment.manifest.question for who in ("anna", "bob") if q.hand]
    return marking_page(assignment, rows, answers, {"anna": "bcdfghj", "bob": "kmnpqrs"})


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """One page of each kind."""
    root = tmp_path_factory.mktemp("pages")
    records = students()
    marks = {"1.a": ManualMark(score=1.5, comment="Well argued."), "2.a": ManualMark(score=0.5, override=0.25, auto_changed_since=True)}
    columns = [Column(question=q.id, name=p.name, title=p.title, visible=p.visible) for q in records[0].questions for p in q.properties]
    mutants = [Mutant(question=c.question, function="mse", name=f"wrong in way {n}", dies=c.name, fails=[(c.question, c.name)])
               for n, c in enumerate(columns[:-1])]
    write_matrix(Matrix(assignment="hippocampus", hash="x", quick=False, properties=columns, mutants=mutants), root)
    before, after = records[1], record_of(records[1].student, fails=("weights",))
    changes = list(compare(before, after, {}))
    assert changes
    regrading = Regrading("hippocampus", "Hippocampus", False, 1, 11, changes, ["nora"], level="L3", notes=["a note"])
    flaky = [Flaky("2.a", "recall", "Recall is as the equation says", True, True, ["anna"])]
    made = {
        "feedback": feedback.page(records[1], marks, Lateness(1, Decimal(10)), Times(seconds=1.5, questions={"2.a": 1.0})),
        "feedback-all-right": feedback.page(records[0]),
        "feedback-unreadable": feedback.page(records[-1]),
        "panel": f"<!doctype html><html lang=en><title>panel</title><main><h1>Notebook</h1>{feedback.panel(records[1].questions[1:3], ['4 more run later'])}</main>",
        "report-of-two": report.page(records[:2], []),
        "similarity": example(),
        "stats": stats_page.page(records, flaky, "12 records"),
        "stats-of-two": stats_page.page(records[:2], [], "2 records"),
        "regrade": regrade_page(regrading),
        "marking": marking(),
    }  # fmt: skip
    paths = {"report": report.write(records, [*(r.student for r in records), "nora"], root)}
    for kind in ("similarity", "stats", "regrade"):
        (root / "reports" / f"hippocampus.{kind}.html").write_text(made[kind], encoding="utf-8")
    paths["index"] = write_index(root)
    for kind, text in made.items():
        paths[kind] = root / f"{kind}.html"
        paths[kind].write_text(text, encoding="utf-8")
    return paths


def test_every_kind_of_page_is_looked_at(pages):
    assert sorted(pages) == sorted(KINDS)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(browser, axe, pages, kind, width):
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(pages[kind].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert found["testEngine"]["name"] == "axe-core"
    told = [f"{v['impact']}: {v['help']} ({v['nodes'][0]['html'][:160]})" for v in found["violations"]]
    assert [line for line in told if line.startswith(("serious", "critical"))] == []
    page.context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_for_nothing_and_fits_a_phone(browser, pages, kind):
    for width in WIDTHS:
        asked: list[str] = []
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(pages[kind].as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.wait_for_timeout(100)
        assert [url for url in asked if url != pages[kind].as_uri() and not url.startswith("data:")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.context.close()


def test_in_print_nothing_stays_folded(browser, pages):
    page = browser.new_page()
    page.goto(pages["feedback"].as_uri())
    page.emulate_media(media="print")
    hidden = page.locator("details:not([open]) li .title").first
    assert hidden.is_visible()
    page.context.close()


def test_axe_sees_what_is_wrong(browser, axe, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<!doctype html><html><body><img src='x.png'><p style='color:#ccc;background:#fff'>pale</p></body></html>")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {v["id"] for v in found["violations"]}
    page.context.close()
