"""Grade the one submission in a tree like Gradescope's, with a valid results file at every moment.

Run as `python -m autograder.gradescope_run` by `run_autograder`, as root; student code runs as another user.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import structs

from autograder.atomic import write_whole
from autograder.errors import ALL_GOOD, INFRASTRUCTURE, UserError
from autograder.late import Lateness, lateness
from autograder.lms.gradescope import number, question, results
from autograder.marks import NO_MARK, exact, shown
from autograder.record import QuestionResult, Record
from autograder.spec import Late, Manifest, read_manifest

#: What everything but the student's process takes of the memory, in MiB, and the least that is left for that.
RESERVED_MB, LEAST_MB = 512, 128
WAITS = "Not graded yet: the time limit came first, or grading was interrupted. Submit again."
OURS = ("Your submission could not be graded, which is not your fault and not a mark: ask the person who runs the "
        "course.")  # fmt: skip


class Results:
    """The results file, which is replaced as a whole."""

    def __init__(self, path: Path, manifest: Manifest, late: Lateness | None) -> None:
        self.path, self.manifest, self.late = path, manifest, late
        self.started = time.monotonic()

    def so_far(self, done: Sequence[QuestionResult]) -> None:
        """The questions that are graded, and the others as not graded."""
        total = sum((exact(result.score) for result in done), Decimal(0))
        known = {result.id: result for result in done}
        tests = []
        for place, each in enumerate(self.manifest.question, start=1):
            if each.auto <= 0:
                continue
            if each.id in known:
                tests.append(question(known[each.id], NO_MARK, str(place), hand=False))
            else:
                tests.append({"name": f"{each.id} {each.title}", "number": str(place), "score": 0,
                              "max_score": number(exact(each.auto)), "output": WAITS, "output_format": "text",
                              "visibility": "visible", "tags": [each.id]})  # fmt: skip
        score = self.late.final(total) if self.late is not None else total
        self.write({"score": number(score), "output": WAITS, "output_format": "text", "tests": tests})

    def final(self, record: Record) -> None:
        seconds = time.monotonic() - self.started
        more = [f"Isolation {record.isolation}; seed {record.seed}."]
        by_hand = sum(each.hand for each in self.manifest.question)
        if by_hand:
            more.append(f"A person still marks {shown(by_hand)} marks.")
        self.write(results(record, None, self.late, seconds=seconds, more=more, hand=False))

    def failed(self) -> None:
        self.write({"score": 0, "output": OURS, "output_format": "text"})

    def write(self, value: dict[str, Any]) -> None:
        shared = {"visibility": "visible", "stdout_visibility": "hidden"}
        write_whole(self.path, json.dumps(shared | value, indent=1, allow_nan=False) + "\n")


def main() -> int:
    """Grade what lies in the tree; always 0 where a results file says what happened."""
    root = Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
    solutions = root / "source" / "solutions"
    found = Results(root / "results" / "results.json", _NOTHING, None)
    try:
        (folder,) = (path.parent for path in solutions.glob("*/assignment.toml"))
        manifest = read_manifest(folder / "assignment.toml")
        late = _late(manifest.late, root / "submission_metadata.json")
        found = Results(found.path, manifest, late)
        found.so_far(())
        found.final(_graded(root, folder, manifest, found))
    except UserError as error:
        print(error.message, file=sys.stderr)
        found.failed()
    except Exception:
        # Gradescope shows this to the instructor only
        traceback.print_exc()
        found.failed()
    return ALL_GOOD


def _graded(root: Path, folder: Path, manifest: Manifest, found: Results) -> Record:
    """The record of the submission; `found` is told after every question."""
    import torch

    from autograder.assignment import load_assignment
    from autograder.isolation_box import readable_by_all
    from autograder.isolation_levels import choose
    from autograder.jobs import GradeJob
    from autograder.lms.gradescope_submission import fetch
    from autograder.slot import Slot, open_slot
    from autograder.tempfolder import temp_folder

    torch.set_num_threads(1)
    assignment = load_assignment(folder.name, folder.parent)
    memory_mb = min(manifest.limits.memory_mb, max(LEAST_MB, _memory_limit_mb() - RESERVED_MB))
    limits = structs.replace(manifest.limits, memory_mb=memory_mb)
    # Gradescope's container is what stands around the weakest level
    assignment = type(assignment)(folder, structs.replace(manifest, limits=limits), assignment.cells)
    level = choose(os.environ.get("AUTOGRADER_ISOLATION") or None, True)
    if level == "L1" and os.geteuid() == 0 and not readable_by_all():
        raise UserError("another user cannot read Python here, so student code would run as root: run setup.sh.",
                        INFRASTRUCTURE)  # fmt: skip
    records: list[Record] = []
    with temp_folder("grade") as scratch:
        notebook, note = fetch(root / "submission", scratch / f"{assignment.name}.ipynb", assignment.name)
        job = GradeJob(student="student", notebook=str(notebook), note=note, seed=assignment.seed,
                       autograded=str(scratch / "autograded.ipynb"))  # fmt: skip

        def work(slot: Slot) -> None:
            slot.after_question = found.so_far
            records.append(slot.grade(job, {}))

        open_slot(assignment, level, True, work)
    return records[0]


def _late(policy: Late | None, metadata: Path) -> Lateness | None:
    """How late it is by what Gradescope says of submission and due date; this machine's clock is never asked."""
    if policy is None:
        return None
    try:
        known = json.loads(metadata.read_bytes())
        moment = datetime.fromisoformat(known["created_at"])
        due = policy.due
        if (stated := known.get("assignment", {}).get("due_date")) is not None:
            due = datetime.fromisoformat(stated)
        # who got an extension has a date of their own; of a group, the latest counts
        own = [user.get("assignment", {}).get("due_date") for user in known.get("users", ())]
        due = max([due, *(datetime.fromisoformat(each) for each in own if each)])
        return lateness(policy, moment, due)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        print("submission_metadata.json does not say when this was handed in: it counts as in time.", file=sys.stderr)
        return None


def _memory_limit_mb() -> int:
    """The limit of the container, of every group that this process is in; a large number where there is none."""
    lowest = 1 << 20
    paths = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    try:
        for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
            number_, names, path = line.split(":", 2)
            if "memory" in names.split(","):
                paths.append(f"/sys/fs/cgroup/memory{path}/memory.limit_in_bytes")
            elif number_ == "0":
                paths.append(f"/sys/fs/cgroup{path}/memory.max")
    except (OSError, ValueError):
        pass
    for name in paths:
        try:
            lowest = min(lowest, int(Path(name).read_text(encoding="ascii")) >> 20)
        except (OSError, ValueError):
            continue
    return lowest


_NOTHING = Manifest(schema=1, name="", title="", points=0, question=[])


if __name__ == "__main__":
    sys.exit(main())
