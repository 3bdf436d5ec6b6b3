"""Each coverage-guided harness runs, finds new branches and no crash, and sees a crash where there is one."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tests.fuzz.run import ROOT, TARGETS, fuzz

pytestmark = pytest.mark.skipif(importlib.util.find_spec("atheris") is None,
                                reason="atheris is not installed (there is no build for this platform)")  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_two_seconds_of_fuzzing_find_no_crash(target, tmp_path):
    result = fuzz(target, 2, tmp_path)
    assert result.exit_code == 0, result.log.read_text(errors="replace")[-3000:]
    assert result.crashes == []
    assert result.executions > 10  # the seeds at least, on however busy a machine
    assert result.edges > 50


def test_a_broken_promise_is_seen_and_kept_as_a_file(tmp_path):
    program = ("import sys; from tests.fuzz import harness\n"
               "def check(data):\n    assert b'question' not in data\n"
               "harness.CHECKS['manifest'] = check\n"
               f"harness.main(['x', 'manifest', '-max_total_time=20', '-artifact_prefix={tmp_path}/', {str(tmp_path / 'c')!r}])")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "seed").write_bytes(b'schema = 1\nname = "a"\n')
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 77
    (crash,) = tmp_path.glob("crash-*")
    assert b"question" in crash.read_bytes()
