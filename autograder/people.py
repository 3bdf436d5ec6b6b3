"""Who is who in a course, who works together and who has more time: `people.toml` in the course folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from autograder.course import is_student_id
from autograder.errors import UserError
from autograder.plaintext import one_line

FILE = "people.toml"
PLATFORMS = ("canvas", "moodle", "brightspace", "gradescope", "ags")


class Person(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the platforms call one student; "" where that is not known."""

    name: str = ""
    email: str = ""
    #: Canvas' user id.
    canvas: str = ""
    #: Moodle's identifier, ID number or user name.
    moodle: str = ""
    #: Brightspace's OrgDefinedId or Username.
    brightspace: str = ""
    #: Gradescope's student id, or the address used there.
    gradescope: str = ""
    #: The user id of an LTI platform.
    ags: str = ""


class Group(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Students who hand in one submission together."""

    name: str
    members: list[str]
    #: Assignments that this holds for; all of them if none is named.
    assignments: list[str] = []


class Extension(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """More time for some students: until a date of their own, or some days longer than the others."""

    #: Students, or names of groups.
    who: list[str]
    assignments: list[str] = []
    due: datetime | None = None
    days: float = 0.0
    #: For the course's own memory; it stands nowhere else.
    reason: str = ""


class People(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What `people.toml` says; an empty one where there is none."""

    #: Zone of platform times that name none, such as "Europe/Vienna"; by default this machine's.
    timezone: str = ""
    people: dict[str, Person] = {}
    group: list[Group] = []
    extension: list[Extension] = []

    def zone(self) -> tzinfo | None:
        return ZoneInfo(self.timezone) if self.timezone else None

    def group_of(self, student: str, assignment: str) -> Group | None:
        """The group in which `student` does this assignment."""
        return next((g for g in self._groups(assignment) if student in g.members), None)

    def group_called(self, name: str, assignment: str) -> Group | None:
        return next((g for g in self._groups(assignment) if g.name == name), None)

    def _groups(self, assignment: str) -> list[Group]:
        return [g for g in self.group if not g.assignments or assignment in g.assignments]

    def due(self, student: str, assignment: str, due: datetime) -> datetime:
        """The date until which `student` may hand in: the latest that anybody granted."""
        group = self.group_of(student, assignment)
        own = {student, group.name} if group else {student}
        granted = [e for e in self.extension if own & set(e.who) and (not e.assignments or assignment in e.assignments)]
        return max([due, *((e.due or due) + timedelta(days=e.days) for e in granted)])


def read_people(course: Path) -> People:
    """Read and check `people.toml`.

    Raises
    ------
    UserError
        In one sentence with the file's name: not TOML, unknown keys, a student in two groups of one
        assignment, two students with one platform id, a time without its zone.
    """
    path = course / FILE
    try:
        people = msgspec.toml.decode(path.read_bytes(), type=People)
    except FileNotFoundError:
        return People()
    except msgspec.ValidationError as error:
        raise UserError(f"{path}: {one_line(str(error).replace('Object', 'the table', 1), 300)}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not sound TOML: {one_line(str(error), 300)}.") from None
    except RecursionError:
        raise UserError(f"{path}: its values are nested too deeply: write it as solutions/README.md shows.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    for fault in _faults(people):
        raise UserError(f"{path}: {one_line(fault, 300)}.")
    return people


def _faults(people: People) -> list[str]:
    faults = []
    if people.timezone:
        try:
            people.zone()
        except (ZoneInfoNotFoundError, ValueError, OSError):
            faults.append(f'timezone {people.timezone!r} is not known; expected one such as "Europe/Vienna"')
    named = [*people.people, *(m for g in people.group for m in g.members)]
    faults += [f"{s!r} cannot be a student's id" for s in named if not is_student_id(s)]
    for platform in (*PLATFORMS, "email"):
        seen: dict[str, str] = {}
        for student, person in people.people.items():
            known = getattr(person, platform)
            if known and known in seen:
                faults.append(f"{platform} {known!r} belongs to {seen[known]} and to {student}")
            seen[known] = student
    for place, group in enumerate(people.group):
        if not group.members:
            faults.append(f"group {group.name!r} has no members")
        for other in people.group[:place]:
            together = not group.assignments or not other.assignments or set(group.assignments) & set(other.assignments)
            if together and (both := sorted(set(group.members) & set(other.members))):
                faults.append(f"{both[0]} is in the groups {other.name!r} and {group.name!r} of one assignment")
            if together and group.name == other.name:
                faults.append(f"two groups are called {group.name!r}")
    for extension in people.extension:
        who = _listed(extension.who)
        if not extension.who:
            faults.append('an extension is for nobody: expected who = ["student or group"]')
        if extension.due is not None and extension.due.tzinfo is None:
            faults.append(f"the extension of {who} has no time zone; expected a time such as 2026-11-08T23:59:00+01:00")
        if not 0 <= extension.days <= 3660:
            faults.append(f"the extension of {who} has days = {extension.days:g}, expected 0 or more")
        if extension.due is not None and extension.due.year > 9000:
            faults.append(f"the extension of {who} ends in the year {extension.due.year}")
        if extension.due is None and not extension.days:
            faults.append(f"the extension of {who} says neither due nor days")
    return faults


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nobody"
