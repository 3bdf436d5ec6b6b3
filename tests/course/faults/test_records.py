"""Whatever happened to records, a plain rerun grades again what is damaged and leaves alone what is not."""

from __future__ import annotations

import json
import os
import random
import shutil
import time

import pytest

from autograder.course import Course, read_record
from autograder.errors import NOT_GRADABLE, UserError
from autograder.record import checksum, record_text
from tests.course.faults.small_course import NAME, run

pytestmark = pytest.mark.course


def flipped(raw, place):
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


#: How a record can be damaged; each is done to another student.
DAMAGE = {
    "cut off": lambda raw, other: raw[: len(raw) // 2],
    "empty": lambda raw, other: b"",
    "half of it zeros, as after a power cut": lambda raw, other: raw[: len(raw) // 2] + bytes(len(raw) - len(raw) // 2),
    "a better score": lambda raw, other: raw.replace(b'"score": 2.0', b'"score": 4.0'),
    "one bit of a sentence": lambda raw, other: flipped(raw, raw.index(b"One and two") + 4),
    "another schema": lambda raw, other: raw.replace(b'"schema": 1', b'"schema": 2'),
    "a list": lambda raw, other: b"[1, 2, 3]\n",
    "no text": lambda raw, other: random.Random(1).randbytes(3000),
    "another student's": lambda raw, other: other,
    "no checksum": lambda raw, other: raw[: raw.rindex(b",")] + b"\n}\n",
}


def test_damaged_records_and_only_they_are_graded_again(graded, completes):
    course = Course(graded)
    students = course.students(NAME)
    other = course.record(students[-1], NAME).read_bytes()
    for student, damage in zip(students[1:], DAMAGE.values(), strict=False):
        path = course.record(student, NAME)
        before = path.read_bytes()
        path.write_bytes(damage(before, other))
        assert path.read_bytes() != before
        with pytest.raises(UserError, match="run `autograder grade` again") as refused:
            read_record(path)
        assert refused.value.exit_code == NOT_GRADABLE
    found = completes(graded)
    assert (found["graded"], found["unchanged"]) == (len(DAMAGE), len(students) - len(DAMAGE))


def test_any_single_changed_byte_of_a_record_is_noticed(graded, tmp_path):
    path = Course(graded).record("s001", NAME)
    raw = path.read_bytes()
    copy = tmp_path / "records" / NAME / "s001.json"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(raw)
    assert record_text(read_record(copy)).encode() == raw
    draw = random.Random(2)
    for place in draw.sample(range(len(raw)), 300):
        copy.write_bytes(raw[:place] + bytes([raw[place] ^ 1 << draw.randrange(8)]) + raw[place + 1 :])
        with pytest.raises(UserError):
            read_record(copy)
    assert checksum(raw) == json.loads(raw)["checksum"]


@pytest.mark.slow
def test_what_is_gone_is_made_again(graded, completes):
    shutil.rmtree(graded / "records")
    (graded / "grades.csv").unlink()
    assert completes(graded)["graded"] == 12


def test_a_gradebook_that_is_gone_is_written_again_from_the_records(graded, completes):
    (graded / "gradebook.db").unlink()
    (graded / "autograded" / "s002" / NAME / f"{NAME}.ipynb").unlink()
    found = completes(graded)
    assert (found["graded"], found["unchanged"]) == (1, 11)


@pytest.mark.slow
def test_what_killed_writers_left_is_swept_once_it_is_old(graded, completes):
    hour_ago = time.time() - 3600
    left = [
        graded / "records" / NAME / ".s001.json-abcdefgh.unfinished",
        graded / "records" / NAME / "times" / ".s001.json-abcdefgh.unfinished",
        graded / ".grades.csv-abcdefgh.unfinished",
        graded / "autograded" / "s001" / NAME / f".{NAME}.ipynb-abcdefgh.unfinished",
    ]
    young = graded / "records" / NAME / ".s002.json-abcdefgh.unfinished"
    for path in [*left, young]:
        path.write_text('{"schema": 1, "stud')
        os.utime(path, (hour_ago, hour_ago) if path != young else None)
    Course(graded).record("s001", NAME).unlink()
    completes(graded)
    assert [path for path in left if path.exists()] == []
    assert young.exists()  # somebody may be writing it


def test_marks_are_not_handed_on_from_a_damaged_record(graded, small):
    import subprocess
    import sys
    from pathlib import Path

    path = Course(graded).record("s001", NAME)
    path.write_bytes(path.read_bytes().replace(b'"score": 2.0', b'"score": 4.0'))
    before = (graded / "grades.csv").read_bytes()
    command = [str(Path(sys.executable).parent / "autograder"), "export", NAME, "--course", str(graded), "--solutions", str(small.solutions)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == NOT_GRADABLE
    assert "s001.json is damaged" in done.stderr
    assert "Traceback" not in done.stderr
    assert (graded / "grades.csv").read_bytes() == before
    assert run(graded, small.solutions, "--quiet").returncode == 0
