"""The command that packs an assignment for a platform that grades by itself: package."""

from __future__ import annotations

from pathlib import Path

from autograder.assignment import load_assignment, solutions_folder
from autograder.errors import ALL_GOOD, UserError
from autograder.plaintext import one_line
from autograder.terminal import Terminal


def package(
    name: str, target: str, out: Path | None, solutions: Path | None, torch_index: str, as_json: bool, quiet: bool
) -> int:
    from autograder.package import TARGETS
    from autograder.package import package as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    if target not in TARGETS:
        raise UserError(f"--target {one_line(target, 40)!r} is not known; expected {' or '.join(TARGETS)}.")
    path, files = run(
        load_assignment(name, solutions_folder(solutions)),
        out or Path(f"{name}-{target}.zip"),
        torch_index=torch_index,
    )
    terminal.say(
        f"packed {path} ({path.stat().st_size >> 10} KiB, {len(files)} files). It holds the solution and the hidden "
        "tests: give it to nobody but the platform."
    )
    terminal.result({"assignment": name, "target": target, "file": str(path), "files": files})
    return ALL_GOOD
