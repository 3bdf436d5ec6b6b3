"""Control groups of either version on a made-up tree, and the watchdog where there are none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder import isolation_memory
from autograder.isolation_memory import MemoryGroup
from autograder.isolation_process import Process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's own")
LIMIT_MB = 64


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """A tree with `lines` as this process's groups; `handed_down` says which folders pass the controller on."""
    def make(lines: str, handed_down: tuple[str, ...] = (), version: int = 2) -> Path:
        root = tmp_path / "cgroup"
        root.mkdir()
        own = tmp_path / "own"
        own.write_text(lines)
        if version == 2:
            (root / "cgroup.controllers").write_text("cpu memory pids\n")
        for line in lines.splitlines():
            _, controllers, path = line.split(":", 2)
            folder = root / ("memory" if "memory" in controllers else "") / path.lstrip("/")
            folder.mkdir(parents=True, exist_ok=True)
            for each in [folder, *folder.parents]:
                if each.is_relative_to(root):
                    inside = str(each.relative_to(root))
                    (each / "cgroup.subtree_control").write_text("cpu memory\n" if inside in handed_down else "\n")
        monkeypatch.setattr(isolation_memory, "_ROOT", root)
        monkeypatch.setattr(isolation_memory, "_OWN", own)
        return root

    return make


def told(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def the_group(root: Path) -> Path:
    (folder,) = root.rglob("hippo-*")
    return folder


def test_a_group_of_version_2_is_made_below_the_nearest_that_hands_memory_down(groups):
    root = groups("0::/user.slice/app.slice/run.scope\n", ("user.slice", "user.slice/app.slice"))
    group = MemoryGroup.open(LIMIT_MB, 4711)
    folder = the_group(root)
    assert folder.parent == root / "user.slice/app.slice"  # the scope itself holds the grader, so it hands nothing down
    assert told(folder) == {"memory.max": str(LIMIT_MB << 20), "memory.swap.max": "0", "memory.oom.group": "1",
                            "cgroup.procs": "4711"}
    assert not group.killed_any()
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 1\n")
    assert group.killed_any()
    for file in folder.iterdir():
        file.unlink()  # a kernel's files go with their folder
    group.close()
    assert not folder.exists()


def test_where_nothing_hands_memory_down_there_is_no_group(groups):
    root = groups("0::/user.slice/run.scope\n")
    assert MemoryGroup.open(LIMIT_MB, 4711) is None
    assert not list(root.rglob("hippo-*"))


def test_a_group_of_version_1_is_made_below_the_grader_s_own(groups):
    root = groups("9:memory:/jobs/7\n3:cpu,cpuacct:/\n", version=1)
    group = MemoryGroup.open(LIMIT_MB, 4711)
    folder = the_group(root)
    assert folder.parent == root / "memory/jobs/7"
    assert told(folder) == {"memory.limit_in_bytes": str(LIMIT_MB << 20), "memory.memsw.limit_in_bytes": str(LIMIT_MB << 20),
                            "cgroup.procs": "4711"}
    (folder / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 0\n")
    assert not group.killed_any()
    (folder / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    assert group.killed_any()


def test_a_group_into_which_no_process_may_be_moved_gives_way_to_one_further_up(groups, monkeypatch):
    root = groups("0::/a/b\n", (".", "a"))
    plain = Path.write_text

    def refuse(self, text, *args, **kwargs):
        if self.name == "cgroup.procs" and self.parent.parent == root / "a":
            raise PermissionError(13, "Permission denied")
        return plain(self, text, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", refuse)
    assert MemoryGroup.open(LIMIT_MB, 4711) is not None
    assert [folder.parent for folder in root.glob("hippo-*")] == [root]


def test_groups_whose_grader_was_killed_are_removed(groups):
    root = groups("0::/a/b\n", ("a",))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    (root / "a" / f"hippo-{ended.pid}-0").mkdir()
    (root / "a" / f"hippo-{os.getpid()}-900000").mkdir()
    MemoryGroup.open(LIMIT_MB, 4711)
    assert not (root / "a" / f"hippo-{ended.pid}-0").exists()
    assert (root / "a" / f"hippo-{os.getpid()}-900000").exists()


@pytest.mark.slow
@pytest.mark.parametrize("spread", [1, 4], ids=["one process", "several processes"])
def test_without_groups_the_watchdog_sees_what_is_held_in_all(groups, spread):
    """In processes of this test's own: nothing of them is a student's."""
    groups("0::/none\n")
    held = f"held = bytearray({(LIMIT_MB + 32 << 20) // spread})\nheld[::4096] = bytes([1]) * len(held[::4096])\ntime.sleep(60)"
    # the first process stands for `init`, which is ours and not counted
    code = (f"import os, sys, time\nsys.stdin.readline()\nfor _ in range({spread}):\n    if os.fork() == 0:\n        break\n"
            f"else:\n    time.sleep(60)\n{held}")
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as running:
        process = Process(running.pid, own_namespace=False, memory_mb=LIMIT_MB)
        assert process.memory_limit == "watchdog"
        assert not process.over_memory()
        running.stdin.write(b"\n")
        running.stdin.flush()
        deadline = time.monotonic() + 20
        while not process.over_memory() and time.monotonic() < deadline:
            time.sleep(0.05)
        found = process.out_of_memory
        process.end()
        process.close()
    assert found
