"""Fuzz one reader, or all of them, for a given time: `python -m tests.fuzz.run TARGET [--seconds N] [--corpus DIR]`."""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.seeds import SEEDS

ROOT = Path(__file__).resolve().parents[2]
#: Readers with a coverage-guided harness.
TARGETS = ("protocol", "notebook", "archive", "manifest")
#: An input that takes so long to read is a fault too; generous, because other people use the machine.
SLOW_SECONDS = 60
MAX_BYTES = 32_768


@dataclass(frozen=True)
class Result:
    """What one run of a harness did."""

    target: str
    seconds: int
    executions: int
    #: Branches of the code under test, and branches together with how often they were taken.
    edges: int
    features: int
    corpus: int
    peak_mb: int
    #: Inputs that broke a promise, as files.
    crashes: list[Path]
    exit_code: int
    log: Path

    def row(self) -> str:
        rate = self.executions / max(self.seconds, 1)
        return (f"{self.target:<10}{self.seconds:>8}{self.executions:>13,}{rate:>9.0f}{self.edges:>8}{self.features:>10}"
                f"{self.corpus:>8}{self.peak_mb:>9}{len(self.crashes) or int(self.exit_code != 0):>9}")


HEADER = (f"{'target':<10}{'seconds':>8}{'executions':>13}{'per s':>9}{'edges':>8}{'features':>10}{'corpus':>8}{'peak MB':>9}"
          f"{'crashes':>9}")  # fmt: skip


def fuzz(target: str, seconds: int, corpus: Path) -> Result:
    """Run the harness of one target; it stops at the first crash."""
    found, crashes, log = corpus / target, corpus / "crashes" / target, corpus / f"{target}.log"
    found.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS[target]():
        (found / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    before = set(crashes.iterdir())
    command = [sys.executable, "-m", "tests.fuzz.harness", target, f"-max_total_time={seconds}", f"-timeout={SLOW_SECONDS}",
               f"-max_len={MAX_BYTES}", "-rss_limit_mb=4096", "-print_final_stats=1", "-len_control=0",
               f"-artifact_prefix={crashes}/", str(found)]  # fmt: skip
    started = time.monotonic()
    with log.open("wb") as file:
        done = subprocess.run(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, check=False)
    text = log.read_text(encoding="utf-8", errors="replace")
    edges, features, kept = _last(r"cov: (\d+) ft: (\d+) corp: (\d+)", text)
    (ran,) = _last(r"Done \d+ runs in (\d+) second", text)
    (executions,) = _last(r"(?:number_of_executed_units: |^#)(\d+)\b", text)
    (peak,) = _last(r"peak_rss_mb: +(\d+)", text)
    return Result(target, ran or round(time.monotonic() - started), executions, edges, features, kept, peak, sorted(set(crashes.iterdir()) - before),
                  done.returncode, log)


def _last(pattern: str, text: str) -> tuple[int, ...]:
    """The numbers of the last match; zeros where there is none."""
    matches = list(re.finditer(pattern, text, re.MULTILINE))
    return tuple(int(n) for n in matches[-1].groups()) if matches else (0,) * re.compile(pattern).groups


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--corpus", type=Path, help="folder that keeps what was found, between runs too")
    chosen = parser.parse_args(arguments)
    corpus = chosen.corpus or Path(tempfile.mkdtemp(prefix="hippo-fuzz-"))
    results = []
    for target in TARGETS if chosen.target == "all" else (chosen.target,):
        print(f"{target}: {chosen.seconds} s, log in {corpus / target}.log", flush=True)
        results.append(fuzz(target, chosen.seconds, corpus.resolve()))
    print("\n".join([HEADER, *(result.row() for result in results)]))
    for result in results:
        for crash in result.crashes:
            print(f"{result.target}: {crash}")
        if result.exit_code and not result.crashes:
            print(f"{result.target}: the harness ended with {result.exit_code}, see {result.log}")
    return int(any(result.exit_code for result in results))


if __name__ == "__main__":
    sys.exit(main())
