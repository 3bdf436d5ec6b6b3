"""Commands that hand results on: feedback, report, formgrader."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from pathlib import Path

from autograder.assignment import Assignment, load_assignment, solutions_folder
from autograder.course import DB_VARIABLE, Course, read_times
from autograder.database import with_driver
from autograder.errors import ALL_GOOD, NOTHING_TO_DO, UserError
from autograder.terminal import Terminal, plural


def feedback(name: str, root: Path, db: str, solutions: Path | None, as_json: bool, quiet: bool) -> int:
    from autograder.feedback import write
    from autograder.results import class_results

    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment, course = load_assignment(name, solutions_folder(solutions)), Course(root, db)
    found = class_results(assignment, course)
    for note in found.notes:
        terminal.say(f"note: {note}")
    pages = []
    with terminal.progress("writing feedback") as tell:
        for done, record in enumerate(found.records, start=1):
            student = record.student
            times = read_times(course.times(student, name))
            pages.append(str(write(record, found.marks.get(student), course.root, found.late.get(student), times)))
            tell(done, len(found.records), student)
    terminal.say(f"{plural(len(pages), 'feedback page')} in {course.root / 'feedback'}")
    terminal.result({"assignment": name, "pages": pages, "notes": found.notes})
    return ALL_GOOD


def report(name: str, root: Path, as_json: bool, quiet: bool) -> int:
    from autograder.report import write
    from autograder.report_index import write_index
    from autograder.results import graded

    terminal = Terminal(as_json=as_json, quiet=quiet)
    course = Course(root)
    page = write(graded(course, name), course.roster(), course.root)
    index = write_index(course.root)
    terminal.say(f"class report: {page} (all reports: {index})")
    terminal.result({"assignment": name, "page": str(page)})
    return ALL_GOOD


def write_grades(assignment: Assignment, course: Course) -> Path:
    """grades.csv from the records, the marks given by hand and what being late costs."""
    from autograder.commands.exporting import write_csv_of
    from autograder.results import class_results

    return write_csv_of(course, class_results(assignment, course))


def formgrader(root: Path, db: str, port: int, browser: bool) -> int:
    """Become nbgrader's formgrader server for the course folder."""
    course = Course(root, db)
    if not (course.root / "gradebook.db").exists() and not db:
        raise UserError(f"{course.root} has no gradebook yet: run `autograder grade` first.", NOTHING_TO_DO)
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise UserError(f"port {port} is in use: end what runs there, or name another with --port.")
    course.write_nbgrader_config()
    token = secrets.token_urlsafe(24)
    # the login page sets the cookie that the formgrader's own pages need
    url = f"http://localhost:{port}/login?next=%2Fformgrader&token={token}"
    print(f"formgrader: {url} (Ctrl-C ends it)", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "jupyter", "server", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
               "--ServerApp.default_url=/formgrader", "--log-level=WARN",
               "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
               f"--ServerApp.root_dir={course.root.resolve()}"]  # fmt: skip
    if os.name == "posix" and os.geteuid() == 0:
        command.append("--allow-root")
    if not browser:
        command.append("--no-browser")
    os.chdir(course.root)
    # the token goes by the environment: a command line can be read by everybody on the machine
    database = {DB_VARIABLE: with_driver(db)} if db else {}
    os.execve(sys.executable, command, os.environ | {"JUPYTER_TOKEN": token} | database)
