"""The class on a real dask cluster: same records, same gradebook, with a worker killed midway too."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from autograder import cluster as cluster_module
from autograder.cluster import CONNECT_SECONDS, Cluster
from autograder.commands.handing_back import write_grades
from autograder.errors import UserError
from autograder.grade import Options, grade
from tests.course.faults.small_course import final_state
from tests.course.scale.conftest import STUDENTS

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.course

ROOT = Path(__file__).resolve().parents[3]


def dask(*arguments, cwd, log):
    command = [sys.executable, "-m", "dask", *map(str, arguments)]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with log.open("wb") as file:
        return subprocess.Popen(command, cwd=cwd, env=surroundings, stdout=file, stderr=file)


@contextmanager
def cluster(folder, workers):
    """(address, processes of the workers) of a scheduler of our own; no worker sees the course folder's path."""
    folder.mkdir()
    at = folder / "scheduler.json"
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", at, cwd=folder, log=folder / "log")
    processes = [scheduler]
    try:
        deadline = time.monotonic() + 60
        while not at.exists() or not at.read_text().endswith("}"):
            assert scheduler.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        address = json.loads(at.read_text())["address"]
        processes += [
            dask("worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard", "--local-directory", folder / f"w{number}", cwd=folder, log=folder / f"log{number}")
            for number in range(workers)
        ]
        yield address, processes[1:]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_a_run_on_a_cluster_that_loses_a_worker_is_byte_for_byte_a_local_one(small, course, tmp_path):
    with cluster(tmp_path / "cluster", workers=2) as (address, (doomed, lasting)):
        orphans = []

        def kill_one(done, total, record):
            if done == 3 and not orphans:
                orphans.extend(psutil.Process(doomed.pid).children(recursive=True))
                os.kill(doomed.pid, signal.SIGKILL)

        wait_for_workers(address, 2)
        summary = grade(small.assignment, course, Options(scheduler=address), kill_one)
        assert orphans, "the worker that was killed had a slot"
        assert sorted(record.student for record in summary.graded) == [f"s{number:03}" for number in range(STUDENTS)]
        write_grades(small.assignment, course)
        assert small.state.differences(final_state(course.root)) == []
        _, alive = psutil.wait_procs(orphans, timeout=20)
        assert not alive, "a slot outlives its worker"
        assert lasting.poll() is None
        # nothing changed: not even the cluster is asked
        assert len(grade(small.assignment, course, Options(scheduler="tcp://127.0.0.1:1")).unchanged) == STUDENTS
        psutil.wait_procs(psutil.Process(lasting.pid).children(recursive=True), timeout=20)
        assert not psutil.Process(lasting.pid).children(recursive=True), "slots outlive their run"


@pytest.mark.slow
def test_a_cluster_that_goes_away_is_said_and_what_was_graded_stays(small, course, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "ALONE_SECONDS", 1.0)
    for victim, says in (("worker", "all its workers have left"), ("scheduler", "cannot be used any more")):
        with cluster(tmp_path / victim, workers=1) as (address, (worker,)):
            wait_for_workers(address, 1)
            children = psutil.Process().children()
            scheduler = next(p for p in children if "--scheduler-file" in p.cmdline())

            def kill(done, total, record, process=worker if victim == "worker" else scheduler):
                if done == 2:
                    process.kill()

            with pytest.raises(UserError, match=says) as error:
                grade(small.assignment, course, Options(scheduler=address), kill)
            assert error.value.exit_code == 3
    kept = len(course.records(small.assignment.name))
    assert kept >= 4
    assert len(grade(small.assignment, course, Options(jobs=1)).unchanged) == kept
    write_grades(small.assignment, course)
    assert small.state.differences(final_state(course.root)) == []


def wait_for_workers(address, count):
    client = distributed.Client(address, set_as_default=False)
    try:
        client.wait_for_workers(count, timeout=60)
    finally:
        client.close()


@pytest.mark.parametrize(("address", "code", "says"), [
    ("tcp://127.0.0.1:1", 3, "no dask scheduler answers at tcp://127.0.0.1"),
    ("tcp://no-such-host.invalid:8786", 3, "no dask scheduler answers at tcp://no-such-host"),
    ("carrier-pigeon://roof", 2, "expected one such as tcp://head-node:8786"),
    ("roof", 2, "expected one such as tcp://head-node:8786"),
])
def test_a_scheduler_that_is_not_there_is_said_in_one_sentence(small, address, code, says):
    assert CONNECT_SECONDS <= 10
    with pytest.raises(UserError, match=says) as error:
        Cluster(small.assignment, address)
    assert error.value.exit_code == code
