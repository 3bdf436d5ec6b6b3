"""Grade on the workers of a dask scheduler: the same jobs, the same answers, an autograded notebook with each."""

from __future__ import annotations

import itertools
import logging
import re
import time
import uuid
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from msgspec import structs

from autograder.assignment import Assignment
from autograder.atomic import write_whole
from autograder.environment import require_same, versions
from autograder.errors import INFRASTRUCTURE, UserError
from autograder.jobs import GradeJob, Job, file_hash, job_name
from autograder.notebooks import submitted_bytes

#: How long to wait for the scheduler, for a first worker, and for workers to have imported everything.
CONNECT_SECONDS, JOIN_SECONDS, WARM_SECONDS = 5.0, 15.0, 300.0
#: So many jobs are on their way to each thread: one runs, one waits beside it.
JOBS_PER_THREAD = 2
#: How often to look for answers and for workers; how long a run waits for a new worker once all have left.
POLL_SECONDS, LOOK_SECONDS, ALONE_SECONDS = 0.02, 1.0, 60.0
#: So many submissions that end every worker do not stop the class.
MAX_FAILED = 3


class Cluster:
    """All workers of the scheduler at `address`; notebooks and solutions travel, no file system need be shared."""

    def __init__(self, assignment: Assignment, address: str, level: str | None = None, trust: bool = False) -> None:
        self._address, self._name = address, assignment.name
        self._client = _connect(address)
        self._key, self._numbers = f"hippo-{uuid.uuid4().hex}", itertools.count()
        self._environment = ""
        self._info: dict[str, Any] = {}
        try:
            from autograder import cluster_worker

            self._worker = cluster_worker
            setup = cluster_worker.Setup(
                key=self._key,
                assignment=assignment.name,
                assignment_hash=assignment.hash(),
                files=_files(assignment),
                level=level,
                trust=trust,
            )
            self._setup = msgspec.msgpack.encode(setup)
            self._client.register_plugin(cluster_worker.GraderPlugin(self._key, self._setup), name=self._key)
            self._introductions = self._introduce()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            if isinstance(error, Exception) and not isinstance(error, UserError):
                raise self._lost(error) from None
            raise

    def warm_up(self) -> dict[str, Any]:
        """Wait until every worker is ready; refuse those that may come to other marks."""
        here, deadline = versions(), time.monotonic() + WARM_SECONDS
        found: dict[str, dict[str, Any]] = {}
        while len(found) < len(self._introductions):
            present = self.workers()
            for worker, future in list(self._introductions.items()):
                if worker not in found and future.status == "finished":
                    found[worker] = msgspec.json.decode(future.result())
                elif future.status == "error" or (worker not in found and worker not in present):
                    del self._introductions[worker]  # it has left, or its process ended: others take over
            if time.monotonic() > deadline or not self._introductions:
                break
            time.sleep(0.1)
        if not found:
            raise UserError(f"no worker of {self._address} got ready; look at its log.", INFRASTRUCTURE)
        for worker, info in found.items():
            if "error" in info:
                raise UserError(f"worker {worker}: {info['error']}", info["exit_code"])
            require_same(here, info["versions"], f"worker {worker}")
        levels = sorted({info["ready"] for info in found.values()})
        if len(levels) > 1:
            raise UserError(
                f"the workers keep different isolation levels ({', '.join(levels)}), which marks may depend on: insist "
                f"on one with --isolation, or raise the others (`autograder doctor` there says how).",
                INFRASTRUCTURE,
            )
        self._info = next(iter(found.values()))
        return self._info

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, dict[str, Any]]]:
        """Answers in the order in which they are ready; dask sends the job of a lost worker to another."""
        waiting, sent, failures = iter(jobs), dict[Any, Job](), list[UserError]()
        crew = _Crew(self)
        while True:
            try:
                for job in itertools.islice(waiting, max(JOBS_PER_THREAD * crew.threads() - len(sent), 0)):
                    sent[self._send(job)] = job
                if not sent:
                    break
                future = next((future for future in sent if future.done()), None)
                if future is None:
                    time.sleep(POLL_SECONDS)
                    continue
                job = sent.pop(future)
                reply = self._reply(future, job)
            except UserError as error:
                failures.append(error)
                # one submission that ends every worker does not stop the others
                if error.exit_code != INFRASTRUCTURE or len(failures) > MAX_FAILED:
                    raise
                continue
            except (OSError, CancelledError, RuntimeError) as error:
                raise self._lost(error) from None
            if isinstance(job, GradeJob) and reply.autograded is not None:
                write_whole(Path(job.autograded), reply.autograded)
            yield job, reply.answer
        if failures:
            raise failures[0]

    def _send(self, job: Job) -> Any:
        """A future for the job's answer; the notebook goes along, its path stays here."""
        raw = b""
        if isinstance(job, GradeJob):
            path = Path(job.notebook)
            changes: dict[str, Any] = {"notebook": path.name, "autograded": ""}
            try:
                raw = submitted_bytes(path)
            except UserError as error:
                if error.exit_code == INFRASTRUCTURE:
                    raise
                changes |= {"refused": error.message, "submission": file_hash(path)}
            job = structs.replace(job, **changes)
        parcel = self._worker.Parcel(job=job, notebook=raw, environment=self._info["environment"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a notebook with pictures is larger than dask likes
            # students' names stay out of the keys: dask's own pages show them
            return self._client.submit(
                self._worker.grade,
                self._key,
                msgspec.msgpack.encode(parcel),
                key=f"{self._key}-{next(self._numbers)}",
                pure=False,
            )

    def _reply(self, future: Any, job: Job) -> Any:
        from distributed.scheduler import KilledWorker

        try:
            reply = msgspec.msgpack.decode(future.result(), type=self._worker.Reply)
        except KilledWorker:
            raise UserError(
                f"the workers that graded {job_name(job)} ended one after another; everything graded so far is kept: "
                "run the command again, and `autograder doctor` on a worker if it happens once more.",
                INFRASTRUCTURE,
            ) from None
        if reply.error:
            raise UserError(reply.error, reply.exit_code)
        return reply

    def _introduce(self) -> dict[str, Any]:
        """Worker's address → future of what it says of itself, once it is warm."""
        deadline = time.monotonic() + JOIN_SECONDS
        while not (workers := self.workers()):
            if time.monotonic() > deadline:
                raise UserError(
                    f"no worker has joined the scheduler at {self._address}: start some with `dask worker "
                    f"{self._address} --nworkers auto --nthreads 1`, then run the command again.",
                    INFRASTRUCTURE,
                )
            time.sleep(0.2)
        return {
            worker: self._client.submit(
                self._worker.introduce, self._setup, workers=[worker], pure=False, key=f"{self._key}-warm-{number}"
            )
            for number, worker in enumerate(workers)
        }

    def workers(self) -> dict[str, int]:
        """Address → number of threads."""
        return dict(self._client.nthreads())

    def _alive(self) -> bool:
        return bool(self._client.status == "running")

    def _lost(self, error: BaseException) -> UserError:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        return UserError(
            f"the scheduler at {self._address} cannot be used any more ({why[:200]}); everything graded so far is "
            "kept: run the command again.",
            INFRASTRUCTURE,
        )

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):
            if self._alive():
                self._client.unregister_worker_plugin(self._key)
        with suppress(Exception):
            self._client.close(timeout=2)


class _Crew:
    """How many threads the cluster has at the moment; whether it has been empty for too long."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._threads = cluster, 0
        self._seen = self._looked = 0.0

    def threads(self) -> int:
        now = time.monotonic()
        if now - self._looked > LOOK_SECONDS:
            self._threads, self._looked = sum(self._cluster.workers().values()), now
            if self._threads or not self._seen:
                self._seen = now
            elif now - self._seen > ALONE_SECONDS:
                raise OSError("all its workers have left")
        return self._threads


def _connect(address: str) -> Any:
    try:
        import distributed
    except ModuleNotFoundError:
        raise UserError("--scheduler needs dask.distributed, which is not here: install hippo[cluster].") from None
    if not re.fullmatch(r"(tcp|tls|ws|wss|ucx)://[^/\s]+:\d{1,5}", address):
        raise UserError(f"--scheduler {address!r} is no address: expected one such as tcp://head-node:8786.")
    # what matters is said in one sentence; its own log would be a page
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise UserError(
            f"no dask scheduler answers at {address}: start one with `dask scheduler`, and check address and firewall.",
            INFRASTRUCTURE,
        ) from None


def _files(assignment: Assignment) -> dict[str, bytes]:
    """All that grading needs of the assignment's folder."""
    folder = assignment.folder
    files = [folder / "assignment.toml", folder / "rubric.md", assignment.source, *assignment.tests.rglob("*")]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(files)
        if path.is_file() and "__pycache__" not in path.parts
    }
