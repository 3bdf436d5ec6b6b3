"""How learning platforms name the files of their download-all archives: who sent which, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from autograder.errors import NOT_GRADABLE, UserError
from autograder.plaintext import one_line

Parts = tuple[str, ...]
PLATFORMS = ("canvas", "moodle", "brightspace", "gradescope")
GRADESCOPE_LIST = "submission_metadata.yml"

_CANVAS = re.compile(r"(?P<name>[^/]+?)_(?P<late>LATE_)?(?P<id>\d+)_(?:LATE_)?(?P<attempt>\d+)_(?P<file>.+)")
# the first id counts: what follows is the student's own, who could write another one there
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?")
_BRIGHTSPACE = re.compile(r"(?P<id>\d+-\d+) ?- (?P<name>.+) ?- (?P<date>[^-]*\d{4}[^-]*)")
_GRADESCOPE = re.compile(r"submission_\d+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Sender:
    """One of those who handed a file in, as the platform knows them."""

    id: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Sent:
    """One file of a platform's archive."""

    senders: tuple[Sender, ...]
    #: What the student called it, with the folders that the student made.
    path: Parts
    #: Files that came at once; a later attempt replaces an earlier one.
    attempt: str
    handed_in: datetime | None = None
    marked_late: bool = False


def detect(paths: Iterable[Parts]) -> str:
    """The platform that made an archive with these files; "" where it is not one of them beyond doubt."""
    all_paths = list(paths)
    listed = list_of_gradescope(all_paths)
    if listed is not None and any(_GRADESCOPE.fullmatch(p[len(listed) - 1]) for p in all_paths):
        return "gradescope"
    handed = [p for p in all_paths if p[-1].lower().endswith((".ipynb", ".zip"))]
    fitting = [name for name in ("canvas", "moodle", "brightspace") if handed and all(read(name, p) for p in handed)]
    # a Moodle name may fit Canvas' pattern too; the words in it are Moodle's alone
    return "moodle" if "moodle" in fitting else fitting[0] if len(fitting) == 1 else ""


def list_of_gradescope(paths: Sequence[Parts]) -> Parts | None:
    """Where Gradescope's list lies: above all else. In a folder of its own it would be a student's."""
    for path in paths:
        above = path[:-1]
        # a broken archive may hold a file where it has a folder
        inside = all(p[: len(above)] == above and len(p) > len(above) for p in paths)
        if path[-1] == GRADESCOPE_LIST and len(above) < 2 and inside:
            return path
    return None


def read(
    platform: str, parts: Parts, zone: tzinfo | None = None, listed: Mapping[str, Sent] | None = None
) -> Sent | None:
    """Who sent a file, or None where its path is not one that the platform makes.

    Parameters
    ----------
    zone
        Zone of times that name none; by default this machine's.
    listed
        What `gradescope_list` says.
    """
    # the archive may lie unpacked in a folder of its own
    for start in range(min(2, len(parts))):
        inner = parts[start:]
        if platform == "gradescope":
            sent = (listed or {}).get(inner[0])
            if sent is not None and len(inner) > 1:
                return replace(sent, path=inner[1:])
        elif found := _read_named(platform, inner, zone):
            return found
    return None


def _read_named(platform: str, parts: Parts, zone: tzinfo | None) -> Sent | None:
    pattern = {"canvas": _CANVAS, "moodle": _MOODLE, "brightspace": _BRIGHTSPACE}[platform]
    found = pattern.fullmatch(parts[0])
    if found is None:
        return None
    named = found.groupdict()
    sender = Sender(named["id"], named["name"].strip())
    if platform == "canvas":
        is_file = len(parts) == 1 or parts[0].lower().endswith(".zip")
        return Sent((sender,), (named["file"], *parts[1:]), "", marked_late="_LATE_" in parts[0]) if is_file else None
    if platform == "moodle":
        # without folders the file's name follows; with them it stands inside
        path = (named["file"], *parts[1:]) if named["file"] else parts[1:]
        return Sent((sender,), path, "") if path else None
    return Sent((sender,), parts[1:], parts[0], brightspace_time(named["date"], zone)) if len(parts) > 1 else None


def brightspace_time(text: str, zone: tzinfo | None = None) -> datetime | None:
    """`Jan 1, 2026 1234 PM` as a time; None in a language that is not known here.

    Example
    -------
    >>> brightspace_time("Jan 1, 2026 1234 AM").isoformat()[:16]
    '2026-01-01T00:34'
    """
    found = re.fullmatch(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}), (\d{4}),? (\d{1,2}):?(\d\d) ?([AP]M)", text.strip())
    if found is None or found[1].lower() not in _MONTHS:
        return None
    hour = int(found[4]) % 12 + (12 if found[6] == "PM" else 0)
    month = _MONTHS.index(found[1].lower()) + 1
    try:
        moment = datetime(int(found[3]), month, int(found[2]), hour, int(found[5]))
    except ValueError:
        return None
    return _in_zone(moment, zone)


def gradescope_list(raw: bytes, zone: tzinfo | None = None) -> dict[str, Sent]:
    """Folder → who sent it and when, from `submission_metadata.yml`; what is no submission there is left out."""
    import yaml

    try:
        listed = yaml.safe_load(raw.decode("utf-8-sig"))
    except (yaml.YAMLError, RecursionError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
        listed = None  # yaml's own types raise all of these
    if not isinstance(listed, dict):
        raise UserError(
            f"{GRADESCOPE_LIST} cannot be read: export the submissions from Gradescope again.", NOT_GRADABLE
        )
    found = {}
    for folder, about in listed.items():
        if isinstance(folder, str) and isinstance(about, dict):
            when = about.get(":created_at")
            senders = tuple(_submitter(each) for each in _list(about.get(":submitters")) if isinstance(each, dict))
            moment = when if isinstance(when, datetime) else _iso(when)
            found[folder] = Sent(senders, (), folder, _in_zone(moment, zone))
    return found


def _submitter(about: Mapping[str, Any]) -> Sender:
    # a list of lists of one list can be short in YAML and endless in full
    plain = {key: value for key, value in about.items() if isinstance(value, str | int)}
    sid, name, email = (one_line(str(plain.get(key, "")), 100) for key in (":sid", ":name", ":email"))
    return Sender(sid, name, email)


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _iso(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _in_zone(moment: datetime | None, zone: tzinfo | None) -> datetime | None:
    """The moment with its zone; None where it is none that every zone can tell."""
    if moment is None or not 1970 < moment.year < 9000:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone) if zone else moment.astimezone()
