"""The command that looks at the machine: doctor."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.errors import ALL_GOOD, FOUND_FAULTS, INFRASTRUCTURE, UserError
from autograder.terminal import Terminal


def doctor(level: str | None, trust: bool, as_json: bool) -> int:
    """Versions, the level that this machine can keep, every promise tried out, and how to get a higher level."""
    from autograder.environment import versions
    from autograder.isolation import KEEPS
    from autograder.isolation_levels import LEVELS, strongest, tried, why_not
    from autograder.isolation_promises import probe_level

    terminal = Terminal(as_json=as_json)
    if level is not None and level not in LEVELS:
        raise UserError(f"there is no isolation level {level!r}: choose one of {', '.join(LEVELS)}.")
    known = versions() | {"nbgrader": _version("nbgrader"), "bubblewrap": _bubblewrap(), "containers": _engines()}
    terminal.table("versions", ("", ""), list(known.items()))
    reasons = {each: why_not(each) for each in LEVELS}
    terminal.table(
        "isolation levels",
        ("level", "here", "keeps"),
        [(each, reason or "works", KEEPS[each]) for each, reason in reasons.items()],
    )
    in_force = level or strongest()
    if reasons[in_force] and not tried(in_force).broken:
        raise UserError(f"isolation {in_force} cannot be kept here: {reasons[in_force]}.", INFRASTRUCTURE)
    rows = probe_level(in_force)
    terminal.table(
        f"what {in_force} promises, tried out",
        ("", "promise", "tried by", "result", "cure"),
        [("✓" if row.kept else "✗", row.promise, row.probe, row.result, row.cure) for row in rows],
    )
    terminal.say(f"In force: {in_force}.")
    missing = {each: _cure(each, reasons[each]) for each in LEVELS[: LEVELS.index(in_force)]}
    for each, cure in missing.items():
        terminal.say(f"To have {each}, which keeps {KEEPS[each]}: {cure}")
    broken = [row.promise for row in rows if not row.kept]
    terminal.say("Every promise is kept." if not broken else f"{len(broken)} promises are broken: do not grade here.")
    terminal.result(
        {"versions": known, "level": in_force, "levels": reasons, "ok": not broken, "missing": missing,
         "promises": [dict(row._asdict()) for row in rows]}
    )  # fmt: skip
    return ALL_GOOD if not broken and (in_force != "L1" or trust) else FOUND_FAULTS


def containerfile() -> int:
    """Print what a container engine makes the image for L2d from."""
    from autograder.isolation_container import containerfile as text

    print(text(), end="")
    return ALL_GOOD


def _cure(level: str, reason: str) -> str:
    """What is missing for a level, as something to do."""
    from autograder.isolation_container import build_command

    if not reason:
        return f"pass --isolation {level}."
    if reason == "bubblewrap is not installed":
        return "install bubblewrap, for example with `apt install bubblewrap`."
    if reason == "neither podman nor docker is installed":
        return f"install podman or docker, then make the image: `{build_command('podman')}`."
    return f"{reason.rstrip('.')}."


def _engines() -> str:
    from autograder.isolation_container import engines

    return ", ".join(engines()) or "no podman and no docker: one of them gives L2d, also on macOS"


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
