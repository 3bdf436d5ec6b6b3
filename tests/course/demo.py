"""`make demo`: a whole course with a class of 24, from verification to feedback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.assignment import load_assignment  # noqa: E402
from tests.course.demo_class import write_class  # noqa: E402

NAME = "hippocampus"


def run(*arguments: str) -> None:
    """Run one `autograder` command and show it as one would type it."""
    print(f"\n$ autograder {' '.join(arguments)}", flush=True)
    command = [str(Path(sys.executable).parent / "autograder"), *arguments]
    code = subprocess.call(command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if code:
        sys.exit(f"the demo stops here: this command ended with exit code {code}")


def main(folder: str) -> None:
    """Run the demo in `folder`, which is made anew."""
    started = time.monotonic()
    course = (ROOT / folder).resolve()
    shown = os.path.relpath(course, ROOT)
    shutil.rmtree(course, ignore_errors=True)
    course.mkdir(parents=True)
    # what is graded here was made up, so that a machine without a box may grade it too
    run("verify", NAME, "--quick", "--trust-submissions", "--course", shown)
    run("release", NAME, "--to", f"{shown}/assignments")
    with tempfile.TemporaryDirectory() as handed_in:
        write_class(load_assignment(NAME, ROOT / "solutions"), Path(handed_in))
        run("collect", handed_in, NAME, "--course", shown)
    run("grade", NAME, "--course", shown, "--trust-submissions")
    run("feedback", NAME, "--course", shown)
    run("report", NAME, "--course", shown)
    run("stats", NAME, "--course", shown)
    run("similarity", NAME, "--course", shown)
    run("export", NAME, "--course", shown)
    print(f"""
Done in {time.monotonic() - started:.0f} s. Look at

  marks          {course}/grades.csv
  class report   {course}/reports/{NAME}.html
  all reports    {course}/reports/index.html   (how good the tests are, who wrote alike)
  feedback       {course}/feedback/01-perfect/{NAME}/{NAME}.html
                 {course}/feedback/05-one-property-wrong/{NAME}/{NAME}.html

and try next

  .venv/bin/autograder formgrader --course {shown}     mark figures and written answers by hand
  .venv/bin/autograder doctor                          what isolation keeps on this machine, and how to raise it
  .venv/bin/autograder new my-first-assignment         an assignment of your own
  .venv/bin/hippo run                                  the experiments behind the course
""")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["demo"])
