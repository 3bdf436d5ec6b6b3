"""Start student code in processes of its own, and end them: the only file that does."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder import isolation_box as layout
from autograder.isolation import IsolationError, Limits
from autograder.isolation_channel import Channel
from autograder.isolation_levels import choose
from autograder.isolation_process import Process, end_group, has_ended
from autograder.isolation_standby import Standby
from autograder.isolation_sweep import remove
from autograder.isolation_trunk import Trunk
from autograder.isolation_user import spare_uid
from autograder.isolation_worker import Output, Worker
from autograder.student import StudentFault

__all__ = ["Box", "IsolationError", "Limits", "Output", "Worker"]

#: How long a box may take to import its packages on a busy machine, and a fork to come up.
START_SECONDS, FORK_SECONDS = 180.0, 30.0
#: How often a worker is asked for before there is none.
START_ATTEMPTS = 3


class _Killed(IsolationError):
    """It ended without a word: whatever hinders a box by itself, it says."""


class Box:
    """A warm process that has imported everything and forks a confined worker per question.

    Parameters
    ----------
    level
        One of `isolation.KEEPS`; the strongest that this machine can keep unless given.
    preload
        Packages to import before any student code runs.
    python_path
        Folders that come before the installed packages; readable by everybody.
    limits
        What student code may use.
    trust
        Whether L1, which does not protect this machine, will do.
    trial
        Nobody asks whether this machine can keep the level: somebody is about to find out.

    Raises
    ------
    IsolationError
        Where the level cannot be kept, or only L1 can and `trust` is not given.
    """

    def __init__(self, level: str | None = None, preload: Sequence[str] = (), python_path: Sequence[Path | str] = (),
                 limits: Limits | None = None, trust: bool = False, *, trial: bool = False) -> None:
        self.level: str = level if trial and level else choose(level, trust)
        self._trial = trial
        self._preload, self._python_path = list(preload), [str(path) for path in python_path]
        self.limits: Limits = limits or Limits()
        self._uid: int | None = None
        self._folder: Path | None = None
        self._lock = -1
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._trunk: Trunk | None = None
        self._standby = Standby(self._warm)

    @classmethod
    def at(cls, level: str, limits: Limits | None = None) -> Box:
        """An empty box to try a level out: nothing has been tried, and entering it tries nothing."""
        return cls(level, limits=limits, trial=True)

    def _spare_uid(self) -> int | None:
        """Started as root: a user of its own for student code, because limits on processes mean nothing to root."""
        if os.geteuid() != 0 or self.level == "L2d":
            return None
        if self.level == "L3" or layout.readable_by_all():
            return spare_uid()
        if self.level == "L2":
            raise IsolationError(f"started as root, but no other user may read {sys.prefix}: do not start it as root.")
        return None

    def __enter__(self) -> Box:
        try:
            try:
                self._start()
            except _Killed:
                self._stop()
                self._start()
            if self.level != "L1" and not self._trial:
                from autograder.isolation_promises import verify_promises

                verify_promises(self)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def worker(self, seed: int | None = None) -> Worker:
        """A fresh worker, its random number generators seeded where a seed is given."""
        # where workers share a process space, a student could stop the one that waits for the next student
        worker = self._standby.take() if self.level == "L3" else self._warm()
        if seed is not None:
            worker.student.seed(seed)
        return worker

    def retire(self, worker: Worker) -> None:
        """End a worker, where that is safe without waiting until the kernel has cleared it away."""
        if self.level == "L3":
            self._standby.retire(worker)
        else:
            worker.close()

    def close(self) -> None:
        """End the zygote and with it all its workers."""
        try:
            self._standby.close()
        finally:
            self._stop()

    def _warm(self) -> Worker:
        """A fresh worker; where somebody ended it or its zygote meanwhile, another one."""
        for _ in range(START_ATTEMPTS - 1):
            with suppress(IsolationError):
                return self._seeded()
            time.sleep(0.1)  # a zygote that was killed is seen to have ended a moment later
        return self._seeded()

    def _seeded(self) -> Worker:
        """A fresh worker in which seeding has imported what it needs: none of it is charged to a student."""
        worker = self._fork()
        try:
            worker.cpu_seconds = worker.wall_seconds = START_SECONDS
            worker.student.seed(0)
            worker.student.defines("anything")  # the seed travels with a request
            worker.cpu_seconds, worker.wall_seconds = self.limits.cpu_seconds, self.limits.wall_seconds
        except StudentFault as fault:
            worker.close()
            raise IsolationError(f"a fresh worker failed before any student code ran ({fault.message}): see "
                                 "`autograder doctor`.") from None
        return worker

    def _stop(self) -> None:
        if self._trunk is not None:
            self._trunk.close()
            self._trunk = None
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._zygote is not None:
            end_group(self._zygote)
            self._zygote = None
        if self._folder is not None:
            remove(self._folder)
            os.close(self._lock)
            self._folder = None

    def _start(self) -> None:
        """Start the zygote and wait until it has imported everything."""
        self._folder, self._lock = layout.stage()
        self._uid = self._spare_uid()
        if self.level == "L2d":
            self._trunk = Trunk(self._folder, self._python_path, self.limits, self._config())
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, (self._folder / "log").open("wb") as log:
            if self.level == "L3":
                bwrap = layout.bubblewrap()
                assert bwrap is not None
                command = layout.bubblewrap_command(bwrap, self._python_path, self._folder, theirs.fileno(),
                                                    self._uid is not None)
                environment = {"PATH": "/usr/bin:/bin"}
            else:
                (self._folder / "home").mkdir(exist_ok=True)
                command = layout.zygote_command(str(self._folder), theirs.fileno())
                environment = layout.environment(str(self._folder / "home"))
            self._zygote = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                                            cwd="/", pass_fds=[theirs.fileno()], start_new_session=True)
        self._control = ours
        answer, deadline = b"", time.monotonic() + START_SECONDS
        with suppress(OSError):
            ours.send(json.dumps(self._config()).encode())
            while not select.select([ours], [], [], 0.2)[0]:
                if has_ended(self._zygote) or time.monotonic() > deadline:
                    raise OSError
            answer = ours.recv(4096)
        if answer != b"R":
            reason = answer[1:].decode("utf-8", "replace") or (self._folder / "log").read_text(errors="replace").strip()
            kind = IsolationError if reason else _Killed
            raise kind(f"the box for student code did not start ({(reason or 'no answer')[-300:]}): see "
                       "`autograder doctor`.")

    def _config(self) -> dict[str, Any]:
        """All that the zygote is told; students can read it."""
        told: dict[str, Any] = {
            "level": self.level, "preload": self._preload, "uid": self._uid,
            "fonts": [file.name for file in self._folder.glob("fontlist-*.json")] if self._folder else [],
            "landlock": self.level != "L1", "seccomp": self.level != "L1",
            "memory_bytes": self.limits.memory_mb << 20, "disk_mb": self.limits.disk_mb,
            "value_bytes": self.limits.value_mb << 20, "cpu_backstop": 3600, "required_limits": [],
        }
        if self.level == "L2d":  # the engine counts the processes; what may be read, only the relay knows
            return told | {"path": layout.inner_paths(self._python_path), "scratch": layout.SCRATCH,
                           "masked": layout.MASKED, "processes": None}
        boxed = self.level == "L3"
        staged = layout.STAGED if boxed else str(self._folder)
        first = layout.inner_paths(self._python_path) if boxed else self._python_path
        path = [staged, *first, *layout.standard_library(), *layout.site_folders()]
        readable, listable = (["/"], []) if boxed else layout.readable_outside(path)
        return told | {
            "path": path, "scratch": layout.SCRATCH if boxed else str(self._folder / "home") if self._folder else "",
            "readable": readable, "listable": listable,
            # beside the student's: its `init`, and the two processes of the worker on standby; of an ordinary user
            # without a namespace of its own, everything else that it runs counts too
            "processes": self.limits.processes + 3 if boxed or self._uid is not None else None,
            "required_limits": ["RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_CORE"] if boxed else [],
        }

    def _fork(self) -> Worker:
        if self.level == "L2d":
            return self._fork_in_container()
        if self._zygote is None or self._control is None or has_ended(self._zygote):
            self._stop()
            self._start()  # somebody ended the zygote; a new one costs seconds, not the class
        assert self._control is not None
        scratch = None
        if self.level != "L3":
            scratch = Path(tempfile.mkdtemp(prefix="work-", dir=self._folder))
            if self._uid is not None:
                os.chown(scratch, self._uid, self._uid)
        ours, theirs = socket.socketpair()
        if sys.platform == "linux":
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        request = json.dumps({} if scratch is None else {"scratch": str(scratch)}).encode()
        process: Process | None = None
        try:
            try:
                socket.send_fds(self._control, [request], [theirs.fileno(), out_end, err_end])
            finally:
                theirs.close()
                os.close(out_end)
                os.close(err_end)
            process = Process(_hello(ours), self.level == "L3", self.limits.memory_mb)
            ours.send(b"G")
            process.student_pid = _hello(ours)
        except (OSError, IsolationError) as error:
            if process is not None:
                process.end()
                process.close()
            ours.close()
            os.close(out)
            os.close(err)
            if scratch is not None:
                remove(scratch)
            raise IsolationError(f"no worker could be started ({error}): see `autograder doctor`.") from None
        return Worker(Channel(ours, out, err, self.limits.output_kib << 10), process, self.limits, scratch)

    def _fork_in_container(self) -> Worker:
        if self._trunk is None or self._trunk.gone:
            self._stop()
            self._start()
        assert self._trunk is not None
        line = self._trunk.fork()
        return Worker(line, line, self.limits, None)


def _hello(channel: socket.socket) -> int:
    """Process id, as seen from here, of the process that reports itself ready."""
    readable, _, _ = select.select([channel], [], [], FORK_SECONDS)
    if not readable:
        raise IsolationError("a fork gave no sign of life")
    data, ancillary, _, _ = channel.recvmsg(1024, socket.CMSG_SPACE(12))
    if data[:1] != b"R":
        raise IsolationError(data[1:].decode("utf-8", "replace") or "a fork ended at once")
    for _, kind, payload in ancillary:
        with suppress(struct.error, AttributeError):
            if kind == socket.SCM_CREDENTIALS:
                return int(struct.unpack("3i", payload[:12])[0])
    return int(data[1:])
