"""The gradebook in PostgreSQL: a real server, started here, on a socket of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import sqlalchemy

from autograder.commands.handing_back import write_grades
from autograder.course import Course
from autograder.database import shown_url, with_driver, without_password
from autograder.errors import UserError
from autograder.grade import Options, grade
from autograder.gradebook import Gradebook
from autograder.merge import merge
from tests.course.faults.small_course import NAME, QUERIES, final_state

pytestmark = pytest.mark.course


def binaries():
    """The folder of the newest server that Debian has installed, or what the PATH finds."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return Path(found).parent if found else None


def unprivileged():
    """Name of a user that the server may run as: it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@pytest.fixture(scope="module")
def server():
    """The server's socket folder and the name of its superuser."""
    pytest.importorskip("psycopg2", reason="the extra `postgres` is not installed")
    there = binaries()
    if there is None:
        pytest.skip("PostgreSQL's server is not installed (Debian: apt install postgresql)")
    user = unprivileged()
    if os.geteuid() == 0 and user is None:
        pytest.skip("started as root, and there is no user postgres or nobody that the server could run as")
    folder = Path(tempfile.mkdtemp(prefix="hippo-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    quiet = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}}
    process = None
    try:
        subprocess.run([there / "initdb", "-D", folder / "data", "-A", "trust", "-U", "grader", "-E", "UTF8", "--no-sync"], check=True, **quiet)
        process = subprocess.Popen([there / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"], **quiet)
        deadline = time.monotonic() + 60
        while subprocess.run([there / "pg_isready", "-h", folder], check=False, **quiet).returncode:
            assert process.poll() is None
            assert time.monotonic() < deadline, "the server does not come up"
            time.sleep(0.1)
        yield folder
    finally:
        if process is not None:
            process.send_signal(2)  # fast shutdown: sessions are cut off
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server, request):
    """An empty database."""
    name = "".join(c for c in request.node.name if c.isalpha())[:50].lower()
    engine = sqlalchemy.create_engine(f"postgresql+psycopg2://grader@/postgres?host={server}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"create database {name}"))
    engine.dispose()
    return f"postgresql://grader@/{name}?host={server}"


def rows_of(url):
    engine = sqlalchemy.create_engine(with_driver(url))
    with engine.connect() as connection:
        rows = [tuple(row) for query in QUERIES for row in connection.execute(sqlalchemy.text(query))]
    engine.dispose()
    return sorted(rows, key=repr)


def test_records_marks_and_totals_are_those_of_sqlite(small, course, url):
    there = Course(course.root, url)
    grade(small.assignment, there, Options(jobs=1))
    write_grades(small.assignment, there)
    state = final_state(course.root, rows_of(url))
    state.others.append("gradebook.db")
    state.others.sort()
    assert small.state.differences(state) == []
    # a mark given by hand in formgrader reaches the table, and a regrade keeps it
    with Gradebook(url) as book:
        book._book.find_grade("answer-3", NAME, NAME, "s000").manual_score = 0.5
        book._book.find_comment("answer-3", NAME, NAME, "s000").manual_comment = "well put – ✓"
        book._book.find_grade("check-1", NAME, NAME, "s001").manual_score = 1.5
        book._book.db.commit()
    grade(small.assignment, there, Options(jobs=1, students=["s000", "s001"], force=True))
    with Gradebook(url) as book:
        marks = book.manual_marks(small.assignment)
    assert (marks["s000"]["3"].score, marks["s000"]["3"].comment) == (0.5, "well put – ✓")
    assert (marks["s001"]["1"].override, marks["s001"]["1"].auto_changed_since) == (1.5, False)
    lines = {line.split(",")[0]: line.split(",") for line in write_grades(small.assignment, there).read_text().splitlines()}
    assert (lines["s000"][2], lines["s001"][2]) == ("4.5", "3.5")
    assert merge(small.assignment, there).written == 0


def test_a_half_made_database_is_none(url, monkeypatch):
    """All tables and alembic's note of their version, or nothing: whoever comes next starts afresh."""
    from autograder import gradebook

    monkeypatch.setattr(gradebook, "_newest_version", lambda: "x" * 40)  # too long for its column: refused after the tables
    with pytest.raises(UserError):
        Gradebook(url)
    monkeypatch.undo()
    with Gradebook(url):
        pass
    assert [row for row in rows_of(url) if row[0] == "version"] != []


@pytest.mark.parametrize(("url", "code", "says"), [
    ("postgresql://ann:s3cret@127.0.0.1:1/course", 3, "the gradebook postgresql+psycopg2://ann:***@127.0.0.1:1/course cannot be used: connection to server"),
    ("postgresql://ann:s3cret@/course?host=/nowhere", 3, "cannot be used"),
    ("postgresql://ann@/course?host=/nowhere&password=s3cret", 3, "cannot be used"),
    ("postgresql+pg8000://ann:s3cret@127.0.0.1/course", 2, "needs the Python package pg8000"),
    ("postgres://ann:s3cret@127.0.0.1/course", 2, "expected a URL such as"),
    ("oracle9000://ann:s3cret@127.0.0.1/course", 2, "expected a URL such as"),
    ("s3cret", 2, "expected a URL such as"),
])
def test_a_database_that_cannot_be_used_is_said_in_one_sentence_without_its_password(url, code, says):
    if "://" in url:
        pytest.importorskip("psycopg2", reason="the extra `postgres` is not installed")
    with pytest.raises(UserError) as error:
        Gradebook(url)
    assert says in error.value.message
    assert error.value.exit_code == code
    assert url == "s3cret" or "s3cret" not in error.value.message
    assert "\n" not in error.value.message


@pytest.mark.parametrize(("url", "shown"), [
    ("sqlite:////tmp/course/gradebook.db", "sqlite:////tmp/course/gradebook.db"),
    ("postgresql://ann@db.example/course", "postgresql://ann@db.example/course"),
    ("postgresql+psycopg://ann:a/b@c:d@db.example:5432/course", "postgresql+psycopg://ann:***@db.example:5432/course"),
    ("postgresql://db.example/course?user=ann&password=a%20b&sslmode=require", "postgresql://db.example/course?user=ann&password=***&sslmode=require"),
])
def test_a_url_is_shown_without_its_password(url, shown):
    assert shown_url(url) == shown


@pytest.mark.parametrize(("url", "kept"), [
    ("postgresql://ann:s3cret@db.example/course", "postgresql://ann@db.example/course"),
    ("postgresql://db.example/course?user=ann&password=s3cret", "postgresql://db.example/course?user=ann"),
    ("postgresql://db.example/course?password=s3cret&user=ann", "postgresql://db.example/course?user=ann"),
    ("sqlite:////tmp/gradebook.db", "sqlite:////tmp/gradebook.db"),
])
def test_a_url_is_kept_without_its_password(url, kept):
    assert without_password(url) == kept


def test_no_password_is_left_in_the_course_folder(course):
    Course(course.root, "postgresql://ann:s3cret@127.0.0.1:1/course").write_nbgrader_config()
    text = (course.root / "nbgrader_config.py").read_text()
    assert "ann@127.0.0.1:1/course" in text
    assert "s3cret" not in text
