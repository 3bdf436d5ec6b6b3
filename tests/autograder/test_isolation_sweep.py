"""What student code left behind is removed, whatever it is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograder.isolation_sweep import empty, end_all, remove, runs
from autograder.sandbox import Box, Limits


def nested(folder, depth):
    """Folders inside one another, deeper than a path may be long; 3,000 of them break a recursion."""
    code = f"import os\nos.chdir({str(folder)!r})\nfor _ in range({depth}):\n    os.mkdir('d' * 20)\n    os.chdir('d' * 20)\nopen('x', 'w')"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_folders_inside_one_another_are_removed_however_deep(tmp_path):
    folder = tmp_path / "left"
    folder.mkdir()
    nested(folder, 3000)
    assert remove(folder)
    assert not folder.exists()


def test_links_are_removed_and_not_followed_and_what_is_closed_is_opened(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("x")
    folder = tmp_path / "left"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "a" / "b" / "link").symlink_to(tmp_path / "outside")
    os.mkfifo(folder / "a" / "fifo")
    (folder / "a" / "b").chmod(0)
    (folder / "a").chmod(0)
    folder.chmod(0)
    assert remove(folder)
    assert (tmp_path / "outside" / "kept").read_text() == "x"


def test_a_folder_that_is_a_link_is_left_alone(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    assert not remove(tmp_path / "link")
    assert (tmp_path / "outside").is_dir()


def test_only_what_is_to_be_kept_stays(tmp_path):
    (tmp_path / "keep").mkdir()
    (tmp_path / "go").mkdir()
    (tmp_path / "file").write_text("x")
    assert empty(str(tmp_path), {"keep"})
    assert [path.name for path in tmp_path.iterdir()] == ["keep"]


def test_a_process_that_ignores_signals_is_ended(tmp_path):
    code = "import signal, time\n[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]\nprint(flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert runs(process.pid)
        assert end_all(lambda: [process.pid], within=5) == []
        assert not runs(process.pid)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_worker_that_leaves_very_deep_folders_does_not_stop_the_grader():
    with Box("L1", trust=True, limits=Limits(wall_seconds=5)) as box:
        worker = box.worker()
        assert worker.run("import os\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')", "cell") == []
        scratch, folder = worker._scratch, box._folder
        worker.close()
        assert not scratch.exists()
    assert not folder.exists()
