"""What a dask worker does for a class: it keeps warm slots of one assignment and grades what it is sent.

Only plain data travel: jobs and answers as JSON or msgpack, notebooks as bytes. The solutions come along as well, so
that a worker needs no shared file system, only the same version of this toolkit; their hash is checked on arrival.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

import msgspec
from distributed import WorkerPlugin
from msgspec import structs

from autograder.assignment import Assignment, load_assignment
from autograder.errors import INFRASTRUCTURE, UserError
from autograder.jobs import GradeJob, Job
from autograder.slots import Slots
from autograder.tempfolder import locked_folder

#: After so long without a job the slots are closed: their coordinator may have been killed.
IDLE_SECONDS = 900.0


class Setup(msgspec.Struct, kw_only=True):
    """What a worker must know of a run."""

    #: Tells this run from every other.
    key: str
    assignment: str
    assignment_hash: str
    #: Files of the assignment's folder: path in it → content.
    files: dict[str, bytes]
    level: str | None
    trust: bool


class Parcel(msgspec.Struct, kw_only=True):
    """A job on its way to a worker."""

    job: Job
    #: The notebook that was handed in.
    notebook: bytes = b""
    #: Hash of versions and isolation level that all records of the run share.
    environment: str


class Reply(msgspec.Struct, kw_only=True):
    """What comes back: a slot's answer and the notebook for hand-grading, or why there is none."""

    answer: dict[str, Any] = {}
    autograded: bytes | None = None
    error: str = ""
    exit_code: int = 0


class Grader:
    """The slots of one run in one worker process: as many as it has threads."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._lock = threading.Lock()
        self._idle: list[tuple[Slots, dict[str, Any]]] = []
        self._busy, self._closed = 0, False
        self._folder: Path | None = None
        self._folder_lock = -1
        self._timer: threading.Timer | None = None

    def introduce(self) -> dict[str, Any]:
        """Warm one slot up; level, hashes and versions in force here."""
        slots, info = self._take()
        self._give_back(slots, info)
        return info

    def grade(self, parcel: Parcel) -> Reply:
        slots, info = self._take()
        try:
            if info["environment"] != parcel.environment:
                raise UserError("a worker joined whose versions or isolation level differ from the others'; marks may "
                                "depend on it: take it out of the cluster.", INFRASTRUCTURE)  # fmt: skip
            with tempfile.TemporaryDirectory(prefix="job-", dir=self._folder) as place:
                return self._grade(slots, parcel, Path(place))
        finally:
            self._give_back(slots, info)

    def end(self) -> None:
        """Close for good: a job that is still running is the last of its slot."""
        self._closed = True
        self.close()

    def close(self) -> None:
        """End all slots that have nothing to do and remove what was unpacked."""
        with self._lock:
            slots, self._idle = self._idle, []
            folder, self._folder = self._folder, None
            lock, self._folder_lock = self._folder_lock, -1
            if self._timer is not None:
                self._timer.cancel()
        for each, _ in slots:
            each.__exit__(None, None, None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)

    def _grade(self, slots: Slots, parcel: Parcel, place: Path) -> Reply:
        job, autograded = parcel.job, place / "autograded"
        if isinstance(job, GradeJob):
            notebook = place / "notebook" / job.notebook
            notebook.parent.mkdir()
            notebook.write_bytes(parcel.notebook)
            job = structs.replace(job, notebook=str(notebook), autograded=str(autograded))
        [(_, answer)] = slots.run([job])
        return Reply(answer=answer, autograded=autograded.read_bytes() if autograded.exists() else None)

    def _take(self) -> tuple[Slots, dict[str, Any]]:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._busy += 1
            if self._idle:
                return self._idle.pop()
        try:
            slots = Slots(self._unpacked(), 1, self._setup.level, self._setup.trust)
            try:
                return slots, slots.warm_up()
            except BaseException:
                slots.__exit__(None, None, None)
                raise
        except BaseException:
            with self._lock:
                self._busy -= 1
            raise

    def _give_back(self, slots: Slots, info: dict[str, Any]) -> None:
        with self._lock:
            self._busy -= 1
            self._idle.append((slots, info))
            if not self._busy and not self._closed:
                self._timer = threading.Timer(IDLE_SECONDS, self.close)
                self._timer.daemon = True
                self._timer.start()
        if self._closed:
            self.close()

    def _unpacked(self) -> Assignment:
        """The assignment as it was sent, in a folder of this worker's own."""
        setup = self._setup
        with self._lock:
            if self._folder is None:
                self._folder, self._folder_lock = locked_folder("cluster")
                for name, content in setup.files.items():
                    path = self._folder / setup.assignment / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
            assignment = load_assignment(setup.assignment, self._folder)
        if assignment.hash() != setup.assignment_hash:
            raise UserError(f"{setup.assignment} arrived at a worker other than it was sent; run the command again.",
                            INFRASTRUCTURE)  # fmt: skip
        return assignment


_graders: dict[str, Grader] = {}


def begin(setup: bytes) -> str:
    """Take in what a run needs; nothing is started yet."""
    known = msgspec.msgpack.decode(setup, type=Setup)
    _graders.setdefault(known.key, Grader(known))
    return known.key


def end(key: str) -> None:
    """Forget a run and end its slots."""
    grader = _graders.pop(key, None)
    if grader is not None:
        grader.end()


def introduce(setup: bytes) -> bytes:
    """Level, hashes and versions of this worker, as JSON; why it cannot grade, if it cannot."""
    try:
        return msgspec.json.encode(_graders[begin(setup)].introduce())
    except UserError as error:
        return msgspec.json.encode({"error": error.message, "exit_code": error.exit_code})


def grade(key: str, parcel: bytes) -> bytes:
    """Grade one submission; the `Reply` as msgpack."""
    try:
        if key not in _graders:
            raise UserError("a worker lost the assignment that it was sent; run the command again.", INFRASTRUCTURE)
        reply = _graders[key].grade(msgspec.msgpack.decode(parcel, type=Parcel))
    except UserError as error:
        reply = Reply(error=error.message, exit_code=error.exit_code)
    return msgspec.msgpack.encode(reply)


class GraderPlugin(WorkerPlugin):  # type: ignore[misc]
    """Makes every worker ready for a run, those that join later too, and cleans up after it."""

    def __init__(self, name: str, setup: bytes) -> None:
        self.name, self._setup = name, setup

    def setup(self, worker: object) -> None:
        begin(self._setup)

    def teardown(self, worker: object) -> None:
        # not in the thread that answers the scheduler: a slot takes a moment to tidy up
        threading.Thread(target=end, args=(self.name,)).start()
