"""Kill a grading run at random moments, run it again, and demand the state that an undisturbed run leaves.

`python -P tests/course/faults/kills.py --trials 200 --submissions 60 --seed 1`: each trial starts the real command in a
fresh course folder, kills a coordinator, slot, box or worker with SIGKILL one to three times, repeats the command until
it ends by itself, and compares. With `--folder` a later call goes on where an earlier one stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from autograder.isolation_memory import tree
from tests.course.faults.leftovers import abandoned_groups, processes_of, sweep
from tests.course.faults.small_course import (
    RUN_SECONDS,
    State,
    command,
    final_state,
    surroundings,
    write_assignment,
    write_class,
)

#: How often each kind of process is chosen.
TARGETS = {"coordinator": 0.35, "slot": 0.25, "box": 0.2, "worker": 0.2}
#: Share of trials with one, two and three kills.
KILLS = {1: 0.6, 2: 0.25, 3: 0.15}
#: How long a killed run's processes may live on; how long to look for a target.
GONE_SECONDS, LOOK_SECONDS = 5.0, 10.0
MAX_RUNS = 8


@dataclass
class Trial:
    """What was done to one course, and what was wrong at the end."""

    number: int
    #: "kind after seconds" of each kill that found its target.
    kills: list[str] = field(default_factory=list)
    #: How each run ended: exit code, negative for a signal.
    runs: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Killer:
    """One trial: a course, its runs, and the kills planned for them."""

    def __init__(self, number: int, seed: int, folder: Path, expected: State, submissions: int, usual: float) -> None:
        self.random = random.Random(f"{seed}:{number}")
        self.result = Trial(number)
        self.course, self.temporary, self.solutions = folder / "course", folder / "tmp", folder.parent / "solutions"
        self.expected, self.usual = expected, usual
        self.temporary.mkdir(parents=True)
        self.temporary.chmod(0o755)
        write_class(self.course, submissions)
        self.log = folder / "log"
        count = self.random.choices(list(KILLS), list(KILLS.values()))[0]
        self.plan = [(self.random.uniform(0, usual), self.random.choices(list(TARGETS), list(TARGETS.values()))[0])
                     for _ in range(count)]

    def run(self, stop: threading.Event) -> Trial:
        """Run and kill until a run ends well, then look at what is there."""
        started = time.monotonic()
        while len(self.result.runs) < MAX_RUNS and not stop.is_set():
            code = self._one_run(stop)
            self.result.runs.append(code)
            self._nothing_lives_on()
            if code == 0:
                break
            if code > 0 and code != 3:
                self.result.faults.append(f"exit code {code}")
        else:
            self.result.faults.append(f"no run ended well: {self.result.runs}")
        if not self.result.faults:
            self.result.faults += self.expected.differences(final_state(self.course))
        self.result.faults += [f"left in the temporary folder: {name}" for name in sweep(self.temporary)]
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        if "Traceback" in text:
            self.result.faults.append("a traceback was printed")
        self.result.seconds = round(time.monotonic() - started, 1)
        return self.result

    def _one_run(self, stop: threading.Event) -> int:
        """Start the command, kill what is due while it runs; its exit code."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(command(self.course, self.solutions), env=surroundings(self.temporary), stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, start_new_session=True)
        started = time.monotonic()
        try:
            while process.poll() is None:
                spent = time.monotonic() - started
                if spent > RUN_SECONDS:
                    self.result.faults.append(f"hangs after {RUN_SECONDS:g} s")
                    break
                if stop.is_set():
                    break
                if self.plan and spent >= min(self.plan)[0]:
                    due = min(self.plan)
                    self.plan.remove(due)
                    if self._kill(process, due[1]):
                        self.result.kills.append(f"{due[1]} after {time.monotonic() - started:.2f} s")
                        # what is left of the plan starts anew, with the rest of this run or with the next one
                        self.plan = [(self.random.uniform(0, self.usual / 2) + spent * (due[1] != "coordinator"), kind)
                                     for _, kind in self.plan]
                time.sleep(0.005)
        finally:
            if process.poll() is None:
                process.kill()
        return process.wait()

    def _kill(self, process: subprocess.Popen[bytes], kind: str) -> bool:
        """Kill one process of this kind, waiting a while for there to be one."""
        deadline = time.monotonic() + LOOK_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            found = [process.pid] if kind == "coordinator" else [p for p, k in kinds(process.pid) if k == kind]
            if found:
                with suppress(ProcessLookupError):
                    os.kill(self.random.choice(found), signal.SIGKILL)
                    return True
            time.sleep(0.002)
        return False

    def _nothing_lives_on(self) -> None:
        deadline = time.monotonic() + GONE_SECONDS
        while left := processes_of(self.temporary):
            if time.monotonic() > deadline:
                self.result.faults.append(f"still running {GONE_SECONDS:g} s later: {left}")
                for pid in left:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.05)


def kinds(coordinator: int) -> Iterator[tuple[int, str]]:
    """Descendants of a run and what they are: slot, box (bubblewrap and the zygote in it), worker (`init` and student)."""
    for pid in tree(coordinator)[1:]:
        with suppress(OSError):
            name = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
            status = Path(f"/proc/{pid}/status").read_text()
            depth = next((len(line.split()) - 1 for line in status.splitlines() if line.startswith("NSpid:")), 1)
            if b"autograder.slot" in name:
                yield pid, "slot"
            elif b"isolation_zygote" in name:
                yield pid, "worker" if depth > 2 else "box"


def prepare(folder: Path, submissions: int) -> tuple[State, float]:
    """The assignment, and what an undisturbed run leaves and takes."""
    course, temporary = folder / "undisturbed" / "course", folder / "undisturbed" / "tmp"
    shutil.rmtree(folder / "undisturbed", ignore_errors=True)
    temporary.mkdir(parents=True)
    write_assignment(folder / "solutions")
    write_class(course, submissions)
    started = time.monotonic()
    done = subprocess.run(command(course, folder / "solutions"), env=surroundings(temporary), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the undisturbed run ended with exit code {done.returncode}:\n{done.stderr}")
    return final_state(course), time.monotonic() - started


def trial(number: int, seed: int, folder: Path, expected: State, submissions: int, usual: float,
          stop: threading.Event | None = None) -> Trial:
    """One trial in `folder/trial-<number>`, which stays only if something was wrong."""
    place = folder / f"trial-{number:03}"
    shutil.rmtree(place, ignore_errors=True)
    result = Killer(number, seed, place, expected, submissions, usual).run(stop or threading.Event())
    if not result.faults:
        shutil.rmtree(place)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="trials side by side")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the trials to make, done ones included")
    parser.add_argument("--folder", type=Path, help="where courses and results go; results already there are kept")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    results = folder / f"trials-{options.seed}-{options.submissions}.jsonl"
    done = {} if options.only else {t.number: t for t in _read(results)}
    numbers = [n for n in options.only or range(options.trials) if n not in done]
    expected, usual = prepare(folder, options.submissions)
    print(f"{folder}: undisturbed {usual:.1f} s; {len(done)} trials are done, {len(numbers)} to go", flush=True)

    from tqdm import tqdm

    stop, code = threading.Event(), 0
    with ThreadPoolExecutor(options.jobs) as pool, tqdm(total=len(numbers), unit="trial") as bar:
        waiting = [pool.submit(trial, n, options.seed, folder, expected, options.submissions, usual, stop) for n in numbers]
        try:
            for future in as_completed(waiting):
                result = done[future.result().number] = future.result()
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(result)) + "\n")
                if result.faults:
                    bar.write(f"trial {result.number} {result.kills} {result.runs}: " + "\n    ".join(result.faults[:12]))
                bar.update()
        except KeyboardInterrupt:
            stop.set()
            pool.shutdown(cancel_futures=True)
            code = 130
    code = code or _summary(list(done.values()))
    if not code and not options.folder:
        shutil.rmtree(folder)
    sys.exit(code)


def _read(path: Path) -> list[Trial]:
    return [Trial(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


def _summary(trials: list[Trial]) -> int:
    """Print what was done; 1 if anything was wrong."""
    bad = [t for t in trials if t.faults]
    hit = Counter(kill.split()[0] for t in trials for kill in t.kills)
    ends = Counter(code for t in trials for code in t.runs)
    print(f"{len(trials) - len(bad)} of {len(trials)} trials ended with the state of an undisturbed run")
    print("kills: " + ", ".join(f"{count} {kind}" for kind, count in hit.items()))
    print("runs ended: " + ", ".join(f"{count} with {code}" for code, count in sorted(ends.items())))
    if trials:
        print(f"seconds per trial: mean {sum(t.seconds for t in trials) / len(trials):.1f}, most {max(t.seconds for t in trials):.1f}")
    if groups := abandoned_groups():
        print(f"control groups left: {groups}")
    for t in bad:
        print(f"trial {t.number} failed ({', '.join(t.kills)}): {t.faults[0]}")
    return 1 if bad or groups else 0


if __name__ == "__main__":
    main()
