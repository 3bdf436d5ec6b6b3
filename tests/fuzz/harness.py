"""One coverage-guided fuzzing process: `python -m tests.fuzz.harness TARGET [libFuzzer's arguments]`."""

from __future__ import annotations

import hashlib
import os
import sys
import traceback
from pathlib import Path

import atheris

# ours, and the parsers in Python below them, whose branches lead to ours
for name in ("zipfile", "tomllib"):
    sys.modules.pop(name, None)
with atheris.instrument_imports(include=["autograder", "zipfile", "tomllib"]):
    import tomllib  # noqa: F401
    import zipfile  # noqa: F401

    from tests.fuzz.properties import CHECKS

from tests.fuzz.mutators import Mutator  # noqa: E402

#: libFuzzer's own exit code for a crash.
CRASHED = 77


def main(arguments: list[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    program, target, *options = arguments
    check = CHECKS[target]

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        mutator = Mutator(seed, lambda raw: atheris.Mutate(raw, max(len(raw) + 16, 16)))
        for _ in range(mutator.random.choice((1, 1, 1, 2, 4))):
            changed = mutator.mutated(target, data)
            data = changed if len(changed) <= max_size else data
        return data

    crashes = next((o.removeprefix("-artifact_prefix=") for o in options if o.startswith("-artifact_prefix=")), "./")

    def one(data: bytes) -> None:
        try:
            check(data)
        except BaseException:
            # by ourselves and at once: libFuzzer's own way out can hang in the destructors of torch
            traceback.print_exc()
            Path(f"{crashes}crash-{hashlib.sha1(data).hexdigest()}").write_bytes(data)
            sys.stderr.flush()
            os._exit(CRASHED)

    # what is loaded lazily is loaded now, or its first use would look like something new
    one(b"")
    atheris.Setup([program, *options], one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
