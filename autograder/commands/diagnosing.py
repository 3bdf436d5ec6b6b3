"""The command that looks at the machine: doctor."""

from __future__ import annotations

from autograder.errors import ALL_GOOD, FOUND_FAULTS
from autograder.terminal import Terminal


def doctor(level: str | None, trust: bool, as_json: bool) -> int:
    from autograder.slot import versions

    terminal = Terminal(as_json=as_json)
    terminal.say(", ".join(f"{name} {version}" for name, version in versions().items()))
    terminal.result({"ok": True})
    return ALL_GOOD if level is None and not trust else FOUND_FAULTS
