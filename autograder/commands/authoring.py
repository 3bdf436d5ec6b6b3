"""Commands of an author: new, verify, release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.assignment import assignment_names, load_assignment, solutions_folder
from autograder.errors import ALL_GOOD, FOUND_FAULTS, NOTHING_TO_DO, USAGE, UserError
from autograder.terminal import Terminal


def new(name: str, solutions: Path | None, as_json: bool) -> int:
    from autograder.new_assignment import new_assignment

    terminal = Terminal(as_json=as_json)
    folder = new_assignment(name, solutions or Path("solutions"))
    terminal.say(f"{folder} is ready and verifies as it stands. Next: autograder verify {name}")
    terminal.result({"folder": str(folder)})
    return ALL_GOOD


def verify(
    name: str,
    solutions: Path | None,
    seeds: int,
    quick: bool,
    course: Path | None,
    jobs: int | None,
    level: str | None,
    trust: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    from autograder.slots import default_jobs
    from autograder.verify import verify as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment = load_assignment(name, solutions_folder(solutions))
    with terminal.progress(f"verifying {name}") as tell:
        found = run(
            assignment,
            n_seeds=seeds,
            jobs=jobs or default_jobs(),
            quick=quick,
            level=level,
            trust=trust,
            progress=lambda done, total: tell(done, total, ""),
        )
    terminal.table(
        f"{name}, isolation {found.level}",
        ("", "must hold", "found"),
        [("✓" if c.ok else "✗", c.name, c.result) for c in found.checks],
    )
    for check in found.checks:
        for fault in check.faults:
            terminal.say(f"  ✗ {fault}")
    listed = {fault.split(" survives;")[0] for check in found.checks for fault in check.faults}
    for mutant, reason in found.survivors.items():
        if mutant not in listed:
            terminal.say(f"  survivor: {mutant} — {reason or 'no reason given in mutants/survivors.toml'}")
    if course is not None and found.matrix is not None:
        from autograder.matrix import write_matrix

        terminal.say(f"mutants by properties, for the class report: {write_matrix(found.matrix, course)}")
    terminal.say(f"{name} verifies." if found.ok else f"{name} does not verify: mend the lines marked ✗.")
    terminal.result(
        {
            "assignment": name,
            "ok": found.ok,
            "isolation": found.level,
            "survivors": found.survivors,
            "checks": [{"name": c.name, "ok": c.ok, "result": c.result, "faults": c.faults} for c in found.checks],
        }
    )
    return ALL_GOOD if found.ok else FOUND_FAULTS


def release(
    name: str | None,
    every: bool,
    solutions: Path | None,
    to: Path | None,
    student_package: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    from autograder.release import release as run

    terminal = Terminal(as_json=as_json, quiet=quiet)
    folder = solutions_folder(solutions)
    if every == (name is not None):
        raise UserError("name one assignment, or say --all.", USAGE)
    names = assignment_names(folder) if every else [str(name)]
    if not names:
        raise UserError(f"{folder} holds no assignment yet: make one with `autograder new NAME`.", NOTHING_TO_DO)
    released: list[dict[str, Any]] = []
    for each in names:
        assignment, releases = load_assignment(each, folder), to or folder.parent / "assignments"
        target = run(assignment, releases, student_package=student_package)
        files = sorted(str(p.relative_to(target)) for p in target.rglob("*") if p.is_file())
        released.append({"assignment": each, "folder": str(target), "files": files})
        terminal.say(f"released {each} to {target} ({len(files)} files, no solution found in them)")
        for wheel in (file for file in files if file.endswith(".whl")):
            withheld = ", ".join(assignment.manifest.withhold) or "nothing"
            terminal.say(f"  students install {wheel}; withheld: {withheld}")
    terminal.result({"released": released})
    return ALL_GOOD
