"""Where things lie in a course folder: nbgrader's layout, plus records and reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.atomic import write_whole
from autograder.database import with_driver, without_password
from autograder.errors import NOT_GRADABLE, UserError
from autograder.plaintext import clean, one_line
from autograder.record import SCHEMA, Record, Times, checksum

#: Environment variable that overrules the gradebook's URL in the file below.
DB_VARIABLE = "AUTOGRADER_DB"
NBGRADER_CONFIG = '''"""Opens this course in nbgrader's formgrader: `autograder formgrader --course .`"""
import os

c = get_config()  # noqa: F821
c.CourseDirectory.root = {root!r}
# {variable} is set by `autograder formgrader --db URL`; no password is kept here: ~/.pgpass is the place for one
c.CourseDirectory.db_url = os.environ.get({variable!r}, {db_url!r})
c.CourseDirectory.course_id = {course_id!r}
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError()"}}
'''


@dataclass(frozen=True)
class Course:
    """One course folder."""

    root: Path
    #: URL of the gradebook; "" means gradebook.db in the course folder.
    db: str = ""

    @property
    def db_url(self) -> str:
        return self.db or f"sqlite:///{self.root.resolve() / 'gradebook.db'}"

    @property
    def grades_csv(self) -> Path:
        return self.root / "grades.csv"

    def submitted(self, student: str, assignment: str) -> Path:
        return self.root / "submitted" / student / assignment

    def autograded(self, student: str, assignment: str) -> Path:
        return self.root / "autograded" / student / assignment / f"{assignment}.ipynb"

    def record(self, student: str, assignment: str) -> Path:
        return self.root / "records" / assignment / f"{student}.json"

    def times(self, student: str, assignment: str) -> Path:
        return self.root / "records" / assignment / "times" / f"{student}.json"

    def write_nbgrader_config(self) -> None:
        """Let nbgrader's own commands and its formgrader open the course; an existing file stays."""
        path = self.root / "nbgrader_config.py"
        if not path.exists():
            url = without_password(with_driver(self.db_url))
            text = NBGRADER_CONFIG.format(
                root=str(self.root.resolve()), db_url=url, course_id="", variable=DB_VARIABLE
            )
            write_whole(path, text)

    def students(self, assignment: str) -> list[str]:
        """Students who handed in something for `assignment`, in order."""
        folder = self.root / "submitted"
        if not folder.is_dir():
            raise UserError(
                f"{folder} is not there: collect submissions first (`autograder collect FOLDER_OR_ZIP "
                f"{assignment} --course {self.root}`)."
            )
        return sorted(
            p.name for p in folder.iterdir() if is_student_id(p.name) and p.is_dir() and _is_there(p / assignment)
        )

    def misnamed(self, assignment: str) -> list[str]:
        """Folders with something for `assignment` whose names cannot be a student's: nobody grades them."""
        folder = self.root / "submitted"
        return sorted(
            one_line(p.name, 80) for p in folder.iterdir()
            if not is_student_id(p.name) and not p.name.startswith(".") and p.is_dir() and _is_there(p / assignment)
        )  # fmt: skip

    def roster(self) -> list[str]:
        """Everybody who should hand in: students.csv (column student_id) and whoever handed in anything."""
        names = set()
        folder = self.root / "submitted"
        if folder.is_dir():
            names |= {p.name for p in folder.iterdir() if p.is_dir() and is_student_id(p.name)}
        listed = self.root / "students.csv"
        if listed.is_file():
            names |= set(read_roster(listed))
        return sorted(names)

    def notebook(self, student: str, assignment: str) -> tuple[Path, str]:
        """The notebook to grade and a note if it is not called as it should be.

        Raises
        ------
        UserError
            Exit code 4, one sentence, when there is no notebook to grade.
        """
        folder = self.submitted(student, assignment)
        expected = folder / f"{assignment}.ipynb"
        try:
            return self._notebook(folder, expected)
        except OSError as error:
            raise UserError(f"{assignment}/ cannot be read: {error.strerror}.", NOT_GRADABLE) from None

    def _notebook(self, folder: Path, expected: Path) -> tuple[Path, str]:
        assignment = folder.name
        if not folder.is_dir():
            raise UserError(
                f"expected a folder {assignment}/ with {assignment}.ipynb in it, found a file.", NOT_GRADABLE
            )
        if expected.exists() or expected.is_symlink():
            return expected, ""
        found = sorted(p for p in folder.glob("*.ipynb") if not p.name.startswith("."))
        others = [p for p in found if not re.search("[\ud800-\udfff]", p.name)]  # no other name can be handed on
        if found and not others:
            raise UserError(f"the notebook's file name is no text: call it {assignment}.ipynb.", NOT_GRADABLE)
        if not others:
            raise UserError(f"no notebook was handed in: expected {assignment}.ipynb.", NOT_GRADABLE)
        close = [p for p in others if p.stem.startswith(assignment)] or others
        newest = max(close, key=lambda p: (p.lstat().st_mtime, p.name))
        return newest, f"the notebook is called {one_line(newest.name, 100)}; it was graded as {assignment}.ipynb"

    def records(self, assignment: str) -> list[Record]:
        """All records of an assignment, by student."""
        return [read_record(path) for path in sorted((self.root / "records" / assignment).glob("*.json"))]

    def assignments(self) -> list[str]:
        """Assignments that have records."""
        folder = self.root / "records"
        return sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []


def _is_there(path: Path) -> bool:
    """Whether something is there, be it that nobody may look at it: that is said when it is graded."""
    try:
        path.lstat()
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


def is_student_id(name: str) -> bool:
    """Whether a folder's name can be a student: not hidden, no path, nothing that a terminal or page obeys."""
    fits = len(name.encode("utf-8", "surrogatepass")) <= 200  # a folder's name may have 255 bytes
    return fits and clean(name) == name and bool(re.fullmatch(r"[^\s./\\<>\"`][^/\\<>\"`\t\n]{0,99}", name))


def read_roster(path: Path) -> Sequence[str]:
    """Student ids of a CSV with a column `student_id` or `id`."""
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            column = next((c for c in ("student_id", "id") if c in (reader.fieldnames or ())), None)
            if column is None:
                raise UserError(
                    f"{path}: expected a column student_id, found {', '.join(reader.fieldnames or ['nothing'])}."
                )
            return [row[column].strip() for row in reader if row[column] and row[column].strip()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as CSV ({error}): save the list of students as “CSV UTF-8”.") from None


def read_times(path: Path) -> Times | None:
    """What grading took; None where nobody knows any more, which costs nobody a mark."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Times)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError, OSError):
        return None


def read_record(path: Path) -> Record:
    """A record from its file; a damaged one, or one that belongs elsewhere, is named in one sentence."""
    try:
        raw = path.read_bytes()
        record = msgspec.json.decode(raw, type=Record)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        raise _unusable(path, "is damaged") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    if record.schema != SCHEMA:
        raise _unusable(path, f"has schema {record.schema}, expected {SCHEMA}")
    if record.student != path.stem:
        raise _unusable(path, f"is the record of {one_line(record.student, 100)}")
    if path.parent.parent.name == "records" and record.assignment != path.parent.name:
        raise _unusable(path, f"is a record of {one_line(record.assignment, 100)}")
    if checksum(raw) != record.checksum:
        raise _unusable(path, "is damaged: it was changed after it was written")
    return record


def _unusable(path: Path, why: str) -> UserError:
    return UserError(f"{path} {why}; delete it and run `autograder grade` again.", NOT_GRADABLE)
