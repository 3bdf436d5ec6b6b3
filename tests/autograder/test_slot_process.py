"""The process of a slot ends quietly when there is nobody left to answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_a_slot_whose_coordinator_does_not_read_any_more_prints_no_traceback(tmp_path):
    reading, writing = os.pipe()
    process = subprocess.Popen([sys.executable, "-P", "-m", "autograder.slot_process"], stdin=subprocess.PIPE,
                               stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.close(reading)  # as when the coordinator was killed
    assert process.stdin is not None
    assert process.stderr is not None
    with process:
        setup = {"assignment": "nothing", "solutions": str(tmp_path), "level": None, "trust": False}
        process.stdin.write(json.dumps(setup).encode() + b"\n")
        process.stdin.flush()
        said = process.stderr.read()  # stdin stays open: it is the answer that cannot be given
    assert b"Traceback" not in said
    assert process.returncode == 0
