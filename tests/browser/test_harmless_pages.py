"""Pages made of a hostile submission, in a real browser: no script runs, no request leaves, nobody is led away."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.feedback import write as write_feedback
from autograder.grade import Options, grade
from autograder.report import write as write_report
from autograder.report_index import write_index
from tests.course import nasty

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PORT = 8947
#: Longer than any timer, animation or lazy load of these pages.
SETTLE_MS = 700


class Watch:
    """What a page does that it must not."""

    def __init__(self, page, own: str) -> None:
        self.page, self.own = page, own
        self.asked: list[str] = []
        self.did: list[str] = []
        page.route("**/*", self._route)
        page.on("dialog", lambda dialog: (self.did.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: self.did.append(f"popup {popup.url}"))
        page.on("download", lambda download: self.did.append(f"download {download.url}"))
        page.on("websocket", lambda socket: self.asked.append(socket.url))

    def _route(self, route) -> None:
        url = route.request.url
        self.asked.append(url)
        if url.startswith(self.own):
            route.continue_()
        else:
            route.abort()

    def strangers(self) -> list[str]:
        return sorted({url for url in self.asked if not url.startswith((self.own, "data:"))})

    def pwned(self) -> object:
        return [frame.evaluate("window.__pwned") for frame in self.page.frames if frame.evaluate("window.__pwned") is not None]

    def provoke(self) -> None:
        """What a reader does: open what is folded, move over it, focus and press it, follow no link."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        self.page.evaluate("""for (const e of document.querySelectorAll('body *')) for (const kind of
            ['mouseover', 'mouseenter', 'focus', 'error', 'load', 'toggle', 'animationstart'])
            e.dispatchEvent(new Event(kind, {bubbles: false}))""")
        self.page.mouse.move(200, 200)
        self.page.wait_for_timeout(SETTLE_MS)


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


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("nasty")
    assignment = nasty.make_assignment(root / "solutions")
    nasty.hand_in(assignment, root)
    found = Course(root)
    grade(assignment, found, Options(jobs=1, trust=True))
    records = found.records(nasty.NAME)
    for record in records:
        write_feedback(record, {}, root)
    write_report(records, found.roster(), root)
    write_index(root)
    return found


def opened(browser, path: Path, policy: bool = True) -> Iterator[Watch]:
    page = browser.new_context(bypass_csp=not policy).new_page()
    watch = Watch(page, path.parent.as_uri().rsplit("/", 1)[0])
    page.goto(path.as_uri())
    watch.provoke()
    yield watch
    page.context.close()


def pages(course: Course) -> list[Path]:
    return [*sorted(course.root.glob("feedback/*/*/*.html")), *sorted(course.root.glob("reports/*.html"))]


@pytest.mark.parametrize("policy", [True, False], ids=["as it is", "without its policy"])
def test_no_page_of_ours_runs_loads_or_leads_anywhere(browser, course, policy):
    """Without its policy too: the policy is the second line, escaping is the first."""
    files = pages(course)
    assert len(files) == len(nasty.STUDENTS) + len(nasty.FILE_NAMES) + 2
    for path in files:
        for watch in opened(browser, path, policy):
            assert watch.pwned() == [], path
            assert watch.did == [], path
            assert watch.strangers() == [], path
            assert watch.page.url == path.as_uri()
            assert len(watch.page.frames) == 1
            assert watch.page.evaluate("document.scripts.length + document.querySelectorAll('iframe, object, embed, form, base').length") == 0
            assert watch.page.locator("meta[http-equiv='Content-Security-Policy']").count() == 1
            for href in watch.page.evaluate("[...document.links].map(a => a.href)"):
                assert href.startswith((path.as_uri() + "#", course.root.as_uri() + "/reports/")), href
                assert "evil.example" not in href


def test_what_a_student_wrote_is_there_to_be_read(browser, course):
    text = ""
    for path in course.root.glob("feedback/*/*/*.html"):
        for watch in opened(browser, path):
            text += watch.page.inner_text("body")
    assert "<script>window.__pwned=1</script>" in text
    assert "{{7*7}}" in text
    assert "[bold red]x[/bold red]" in text


@pytest.mark.parametrize("text", [nasty.HTML, "<img src=x onerror='alert(1)'>", f"<img src='{nasty.EVIL}/x'>",
                                  f"<meta http-equiv=refresh content='0;url={nasty.EVIL}'>"])
def test_this_watch_sees_what_an_unescaped_page_does(browser, tmp_path, text):
    path = tmp_path / "course" / "page.html"
    path.parent.mkdir()
    path.write_text(f"<!doctype html><meta charset=utf-8><p>{text}</p>")
    page = browser.new_page()
    watch = Watch(page, path.parent.as_uri())
    page.goto(path.as_uri())
    page.wait_for_timeout(SETTLE_MS)
    assert watch.pwned() or watch.did or watch.strangers()
    page.context.close()


@pytest.fixture(scope="module")
def server(course):
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "formgrader", "--course", str(course.root),
               "--no-browser", "--port", str(PORT)]
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


def test_formgrader_shows_a_hostile_notebook_as_text(browser, course, server):
    """nbgrader's own pages have scripts, and ask a host of theirs for the one that sets formulas; nothing else may leave."""
    own = f"http://localhost:{PORT}/"
    page = browser.new_context().new_page()
    watch = Watch(page, own)
    page.goto(server)
    page.goto(f"{own}formgrader/gradebook/{nasty.NAME}/{nasty.NAME}")
    page.wait_for_selector("a[href*='/submissions/']", timeout=30_000)
    links = [f"{own}{str(link).removeprefix(own).lstrip('/')}" for link in
             page.evaluate("[...document.querySelectorAll(\"a[href*='/submissions/']\")].map(a => a.href)")]
    assert len(links) >= len(nasty.STUDENTS)
    assert watch.pwned() == []
    seen = ""
    for link in links:
        page.goto(link)
        page.wait_for_selector("text=Nasty", timeout=30_000)
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.mouse.move(300, 300)
        page.wait_for_timeout(SETTLE_MS)
        assert watch.pwned() == [], link
        assert watch.did == [], link
        assert page.url.rstrip("/") == link.rstrip("/")
        seen += page.inner_text("body")
        for href in page.evaluate("[...document.links].map(a => a.getAttribute('href') || '')"):
            assert not re.match(r"\s*(javascript|data|vbscript):", urllib.parse.unquote(href), re.IGNORECASE), href
            assert href.startswith("#") or "evil.example" not in href, href  # a heading's own anchor
        assert page.locator("iframe, object, embed, svg, video, base, meta[http-equiv='refresh']").count() == 0
    assert [url for url in watch.strangers() if "evil" in url] == []
    assert {urllib.parse.urlsplit(url).hostname for url in watch.strangers()} <= {"cdnjs.cloudflare.com", "cdn.jsdelivr.net"}
    assert "<script>window.__pwned=1</script>" in seen
    for list_page in ("manage_students", f"manage_submissions/{nasty.NAME}", "gradebook", "manage_assignments"):
        page.goto(f"{own}formgrader/{list_page}")
        page.wait_for_timeout(SETTLE_MS * 2)
        assert watch.pwned() == [], list_page
        assert watch.did == [], list_page
    page.context.close()
