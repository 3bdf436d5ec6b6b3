"""One warm box at a level; grades hostile submissions one after another and reports what was seen from outside.

Run as `python -m tests.course.hostile.arena LEVEL`; names of cases come in on stdin, a line of JSON goes out for each.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import psutil

from autograder.feedback import page
from autograder.jobs import GradeJob
from autograder.record import Record
from autograder.slot import Slot, open_slot
from tests.course.hostile import watch
from tests.course.hostile.corpus import CASES, Case, filled, honest_notebook, notebook, victim

ROOT = Path(__file__).resolve().parents[3]
SEED = 20240506
#: Seconds in which what was ended must be gone.
PATIENCE = 2.0


class Arena:
    """A slot with a warm box, and eyes on everything around it."""

    def __init__(self, slot: Slot, outside: watch.Outside) -> None:
        self.slot, self.outside = slot, outside
        self._honest = self._hand_in("honest", honest_notebook(), {})
        before = {process.pid for process in watch.below()}
        self.slot.answer(self._honest)
        time.sleep(0.5)
        now = {process.pid for process in watch.below()}
        #: How many processes a box at rest has, and which of them are no worker.
        self.at_rest, self.permanent = len(now), before & now
        self._own = psutil.Process()

    def _hand_in(self, student: str, text: str, beside: dict[str, str]) -> GradeJob:
        folder = self.outside.course.parent / "handed-in" / student
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "victim.ipynb").write_text(text, encoding="utf-8", errors="surrogatepass")
        for name, contents in beside.items():
            (folder / name).write_text(filled(contents, self.outside.places))
        return GradeJob(student=student, notebook=str(folder / "victim.ipynb"), seed=SEED,
                        autograded=str(self.outside.course.parent / "autograded" / student / "victim.ipynb"))

    def fight(self, case: Case) -> dict[str, Any]:
        """Grade the case, then an honest submission; what both earned and what happened meanwhile."""
        job = self._hand_in(case.name, notebook(case, self.outside.places), case.beside)
        connections = len(self.outside.connections)
        own = self._own.memory_info().rss
        started = time.monotonic()
        with watch.Meter(victim().manifest.limits.memory_mb << 20, self.permanent).running() as meter:
            answer = self.slot.answer(job)
        seconds = time.monotonic() - started
        uid, folder = self.slot.box._uid, self.slot.box._folder
        left = watch.left_over(self.at_rest, uid, [str(folder)], PATIENCE)
        changes = self.outside.changes(uid)
        started = time.monotonic()
        honest = self.slot.answer(self._honest)["record"]
        autograded = Path(job.autograded).read_text(encoding="utf-8")
        record = msgspec.convert(answer["record"], Record)
        feedback = page(record)
        told = json.dumps(answer["record"]) + autograded + feedback
        return {
            "case": case.name,
            "record": answer["record"],
            "honest": [honest["score"], honest["max_score"], honest["status"], honest["notes"]],
            "seconds": round(seconds, 3),
            "honest_seconds": round(time.monotonic() - started, 3),
            "load": os.getloadavg()[0] / (os.cpu_count() or 1),
            "peak": meter.peak,
            "group_peak": meter.group_peak,
            "grader_growth": self._own.memory_info().rss - own,
            "left": left,
            "changes": changes,
            "scratch": sorted(path.name for path in folder.glob("work-*")) if folder is not None else [],
            "connections": self.outside.connections[connections:],
            "told_secret": self.outside.token in told,
            "feedback": feedback,
            "autograded": autograded,
        }


def main() -> None:
    """Serve cases until stdin ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    level = sys.argv[1]

    def say(value: dict[str, Any]) -> None:
        out.write(json.dumps(value) + "\n")
        out.flush()

    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        folder = Path(name)
        folder.chmod(0o755)

        def serve(slot: Slot) -> None:
            arena = Arena(slot, watch.Outside(folder, ROOT, victim().folder))
            say({"level": slot.box.level, "uid": os.getuid()})
            for line in sys.stdin:
                say(arena.fight(CASES[line.strip()]))

        open_slot(victim(), None if level == "strongest" else level, False, serve)


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    main()
