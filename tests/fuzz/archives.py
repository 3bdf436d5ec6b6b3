"""What must hold of any archive: refused as a whole, or every file in it in its place and nothing elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder import archive
from autograder import collect as collector
from autograder.collect import CollectReport, collect
from autograder.errors import UserError
from autograder.placing import COLLECTED, KEPT, UNCHANGED
from autograder.plaintext import clean
from tests.fuzz.confinement import writes_only_in
from tests.fuzz.inputs import as_file, assert_sentence
from tests.fuzz.seeds import NAME, STUDENTS

#: Limits of the archive reader, scaled down to the size of what a fuzzer makes.
SMALL = {archive: {"MAX_FILE_BYTES": 1 << 16, "HARMLESS_BYTES": 1 << 12, "MAX_ENTRIES": 64},
         collector: {"MAX_KEPT_BYTES": 1 << 16}}  # fmt: skip


def check_archive(raw: bytes) -> None:
    """An archive is refused in a sentence or every file in it has its place; nothing else is touched."""
    with small_limits(), as_file(raw, "class.zip") as path:
        course = path.parent / "course"
        course.mkdir()
        reports = []
        for _ in range(2):
            try:
                with writes_only_in(course):
                    reports.append(collect(path, course, NAME, expected_names=STUDENTS))
            except UserError as error:
                assert_sentence(error.message)
                assert not list(course.iterdir()), "refused as a whole, but something was written"
                return
            assert_accounted_for(reports[-1], course)
            # one submission of each student, and what is kept of the others
            senders = {row.student or re.split("(?i)[.]zip", row.file)[0] for row in reports[-1].rows}
            limit = len(senders) * (collector.MAX_KEPT_BYTES + archive.MAX_FILE_BYTES)
            assert sum(f.stat().st_size for f in _files(course) if f.suffix in ("", ".ipynb", ".zip")) <= limit
        first, second = reports
        assert len(first.rows) == len(second.rows)
        assert not second.collected


def assert_accounted_for(report: CollectReport, course: Path) -> None:
    """Every row is counted once, can be shown, and leads to files in their places."""
    outcomes = [row.outcome for row in report.rows]
    assert all(getattr(report, outcome) == outcomes.count(outcome) for outcome in outcomes)
    taken = set()
    for row in report.rows:
        for text in (row.student, row.file, row.what):
            assert clean(text) == text
            assert "\n" not in text
        if row.outcome in (COLLECTED, UNCHANGED, KEPT):
            assert row.student not in taken, "two submissions of one student"
            taken.add(row.student)
    for file in _files(course):
        top, *place = file.relative_to(course).parts
        if top == "submitted":
            assert place[1:] in ([NAME, f"{NAME}.ipynb"], [NAME, "timestamp.txt"])
            assert place[0] in taken
        elif top == "earlier":
            assert place[0] == NAME
            assert place[1] in taken
            assert len(place) == 3
        elif top == "arrivals":
            assert place == [f"{NAME}.json"]
            continue
        else:
            assert top == "quarantine"
            assert place[0] == NAME
            assert len(place) == 2
        assert file.stat().st_size <= archive.MAX_FILE_BYTES or file.name == "reasons.csv"


def _files(folder: Path) -> Iterator[Path]:
    for above, folders, files in os.walk(folder):
        for name in [*files, *folders]:
            path = Path(above) / name
            assert not path.is_symlink()
            if path.is_file():
                yield path
            else:
                assert path.is_dir()


@contextmanager
def small_limits() -> Iterator[None]:
    """The archive reader with limits that a fuzzer's small inputs can exceed."""
    before = {module: {name: getattr(module, name) for name in small} for module, small in SMALL.items()}
    for module, small in SMALL.items():
        vars(module).update(small)
    try:
        yield
    finally:
        for module, usual in before.items():
            vars(module).update(usual)
