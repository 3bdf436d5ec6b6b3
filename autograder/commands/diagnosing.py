"""The command that looks at the machine: doctor."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.errors import ALL_GOOD, FOUND_FAULTS
from autograder.terminal import Terminal


def doctor(level: str | None, trust: bool, as_json: bool) -> int:
    """Versions, the level that this machine can keep, and every promise tried out."""
    from autograder.environment import versions
    from autograder.isolation import KEEPS
    from autograder.isolation_levels import LEVELS, why_not
    from autograder.isolation_promises import probe
    from autograder.sandbox import Box

    terminal = Terminal(as_json=as_json)
    known = versions() | {"nbgrader": _version("nbgrader"), "bubblewrap": _bubblewrap()}
    terminal.table("versions", ("", ""), list(known.items()))
    reasons = {each: why_not(each) for each in LEVELS}
    terminal.table(
        "isolation levels",
        ("level", "here", "keeps"),
        [(each, reason or "works", KEEPS[each]) for each, reason in reasons.items()],
    )
    with Box(level, trust=True) as box:
        rows = probe(box)
        in_force = box.level
    terminal.table(
        f"what {in_force} promises, tried out",
        ("", "promise", "tried by", "result", "cure"),
        [("✓" if row.kept else "✗", row.promise, row.probe, row.result, row.cure) for row in rows],
    )
    if in_force != "L3":
        terminal.say(f"In force: {in_force}. To raise it: {_cure(reasons['L3'])}")
    broken = [row.promise for row in rows if not row.kept]
    terminal.say("Every promise is kept." if not broken else f"{len(broken)} promises are broken: do not grade here.")
    terminal.result(
        {"versions": known, "level": in_force, "levels": reasons, "ok": not broken,
         "promises": [dict(row._asdict()) for row in rows]}
    )  # fmt: skip
    return ALL_GOOD if not broken and (in_force != "L1" or trust) else FOUND_FAULTS


def _cure(reason: str) -> str:
    if "not installed" in reason:
        return "install bubblewrap, for example with `apt install bubblewrap`."
    return f"{reason}." if reason else "pass --isolation L3."


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return f"not installed: {Path(sys.executable).name} -m pip install {package}"


def _bubblewrap() -> str:
    from autograder.isolation_box import bubblewrap

    found = bubblewrap()
    return str(found) if found else "not installed: `apt install bubblewrap` gives the strongest isolation"
