"""One grading for a whole group: what one member's submission earned, every member earned."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import structs

from autograder.arrivals import handed_in, read_arrivals, write_arrivals
from autograder.atomic import write_whole
from autograder.course import Course
from autograder.groups import teams
from autograder.jobs import GradeJob, file_hash
from autograder.people import read_people
from autograder.placing import set_aside
from autograder.plainfile import plain_bytes
from autograder.record import Record


class Fanout:
    """Jobs that differ only in the member of a group: one of them is done, the others get its record."""

    def __init__(self, jobs: Sequence[GradeJob], together: Mapping[str, tuple[str, ...]]) -> None:
        first: dict[tuple[object, ...], GradeJob] = {}
        self.jobs: list[GradeJob] = []
        self._others: dict[str, list[GradeJob]] = {}
        for job in jobs:
            members = together.get(job.student)
            if members is None:
                self.jobs.append(job)
                continue
            same = msgspec.json.encode(structs.replace(job, student="", notebook="", autograded=""))
            leader = first.setdefault((members, file_hash(Path(job.notebook)), same), job)
            if leader is job:
                self.jobs.append(job)
            else:
                self._others.setdefault(leader.student, []).append(job)

    def records(self, record: Record) -> Iterator[Record]:
        """The record of the member who was graded, then those of the others, each with its notebook in place."""
        yield record
        leader = next((job for job in self.jobs if job.student == record.student), None)
        for job in self._others.get(record.student, []):
            if leader is not None:
                write_whole(Path(job.autograded), Path(leader.autograded).read_bytes())
            yield structs.replace(record, student=job.student)


def share_submissions(course: Course, assignment: str) -> dict[str, tuple[str, ...]]:
    """Let every member of a group have the group's newest submission; say who works with whom.

    What a member handed in before is kept under `earlier/`. Collecting does the same; this is for
    groups that `people.toml` has named since.
    """
    people, arrivals = read_people(course.root), read_arrivals(course.root, assignment)
    before = dict(arrivals)
    for group in people.group:
        if group.assignments and assignment not in group.assignments:
            continue
        held = {m: found for m in group.members if (found := _submission(course, m, assignment)) is not None}
        if not held or len(group.members) < 2:
            continue
        newest = max(sorted(held), key=lambda member: held[member][0])
        when, raw = held[newest]
        stamp = course.submitted(newest, assignment) / "timestamp.txt"
        for member in group.members:
            if member in held and held[member][1] == raw:
                continue
            target = course.submitted(member, assignment) / f"{assignment}.ipynb"
            if target.is_dir() or target.parent.is_file():
                continue
            if newest in arrivals:
                earlier = arrivals[member].earlier if member in arrivals else []
                arrivals[member] = structs.replace(arrivals[newest], earlier=earlier, together=sorted(group.members))
            if member in held:
                set_aside(course.root, assignment, member, held[member][1], held[member][0], arrivals)
            write_whole(target, raw)
            os.utime(target, (when, when))
            if stamp.is_file():
                write_whole(target.parent / "timestamp.txt", plain_bytes(stamp))
    if arrivals != before:
        write_arrivals(course.root, assignment, arrivals)
    return teams({s for g in people.group for s in g.members} | set(arrivals), assignment, people, arrivals)


def _submission(course: Course, student: str, assignment: str) -> tuple[float, bytes] | None:
    """When a student's notebook came, and its bytes; None where there is none that can be read."""
    path = course.submitted(student, assignment) / f"{assignment}.ipynb"
    with suppress(OSError):
        stamp = handed_in(course, student, assignment)
        return (stamp.timestamp() if stamp is not None else path.stat().st_mtime), plain_bytes(path)
    return None
