"""Which students of the course the senders of a platform are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from autograder.arrivals import Arrival
from autograder.course import is_student_id
from autograder.people import People, Person
from autograder.platforms import Sender


class Senders:
    """Gives every sender of one platform the same student each time."""

    def __init__(
        self,
        platform: str,
        assignment: str,
        people: People,
        arrivals: Mapping[str, Arrival],
        students: Collection[str],
    ) -> None:
        self.platform, self.assignment, self.people, self.students = platform, assignment, people, students
        #: Student → the platform's id, so that two people of one name stay two.
        self.ids = {s: a.id for s, a in arrivals.items() if a.platform == platform and len(a.together) < 2}
        self.before = {id_: student for student, id_ in self.ids.items() if id_}

    def students_of(self, senders: Sequence[Sender]) -> list[str]:
        """Everybody whose submission it is: the senders, or all members of the group that is named as one."""
        found = [student for sender in senders for student in self._of(sender)]
        return list(dict.fromkeys(found))

    def _of(self, sender: Sender) -> list[str]:
        known = self._by_id(sender) or self.before.get(sender.id, "")
        if not known:
            group = next((g for g in self.people.group if _same(g.name, sender.name)), None)
            if group is not None and self.people.group_called(group.name, self.assignment) is group:
                return list(group.members)
        student = known or self._listed(sender) or self._by_name(sender) or self._new(sender)
        if student and not known:
            self.ids[student] = sender.id
            self.before[sender.id] = student
        return [student] if student else []

    def _by_id(self, sender: Sender) -> str:
        for student, person in self.people.people.items():
            theirs = getattr(person, self.platform)
            if theirs and theirs in (sender.id, sender.email, f"Participant {sender.id}"):
                return student
            if sender.email and person.email.casefold() == sender.email.casefold():
                return student
        return ""

    def _listed(self, sender: Sender) -> str:
        """A student of the class list who is called by the platform's id, address or name."""
        names = (sender.id, sender.email, sender.email.split("@")[0], sender.name)
        return next((name for name in names if name and name in self.students and self._free(name, sender)), "")

    def _by_name(self, sender: Sender) -> str:
        """A person whose name nobody else has."""
        found = [s for s, p in self.people.people.items() if p.name and _same(p.name, sender.name)]
        taken = self.people.people.get(found[0], Person()) if len(found) == 1 else Person()
        free = len(found) == 1 and not getattr(taken, self.platform) and self._free(found[0], sender)
        return found[0] if free else ""

    def _new(self, sender: Sender) -> str:
        name = sender.id or sender.email or sender.name if self.platform == "gradescope" else sender.name
        if self.platform == "canvas":
            # Canvas shortens a name to its letters, which others may share
            name = f"{sender.name}_{sender.id}"
        if not self._free(name, sender):
            name = f"{name} ({sender.id})"
        # a name that can be no folder's: the id tells who it is as well, in this archive and the next
        return next((each for each in (name, sender.id) if is_student_id(each)), "")

    def _free(self, student: str, sender: Sender) -> bool:
        return self.ids.get(student, sender.id) == sender.id


def _same(ours: str, theirs: str) -> bool:
    """Whether two spellings are one name: in any case, first or last name first, with or without what parts them."""
    words = re.findall(r"\w+", _folded(ours))
    orders = {"".join(words), "".join([*words[-1:], *words[:-1]]), "".join([*words[1:], *words[:1]])}
    return bool(words) and "".join(re.findall(r"\w+", _folded(theirs))) in orders


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
