"""What hostile code might reach outside its box, watched from outside while it runs."""

from __future__ import annotations

import hashlib
import os
import secrets
import select
import socket
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

#: Part of the name of every file that hostile code tries to leave somewhere.
MARK = "hostile-was-here"
#: Folders that other programs write to as well: here only what carries the mark or belongs to a box's user counts.
SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", "/etc", "/usr/lib")


class Outside:
    """A course, a secret and listeners that every user of the machine may use; only isolation protects them.

    Parameters
    ----------
    folder
        An empty folder that everybody may enter.
    repository
        The checkout, in which nothing must appear either.
    victim
        Where the assignment's solution and tests lie.
    """

    def __init__(self, folder: Path, repository: Path, victim: Path) -> None:
        self.token = f"token-{secrets.token_hex(16)}"
        self.canary, self.course = folder / "canary", folder / "course"
        self.secret = folder / "secret"
        self.repository, self.victim, self.home = repository, victim, Path.home()
        self._write_course()
        self.connections: list[str] = []
        self._servers: dict[int, tuple[str, socket.socket]] = {}
        self._listen(folder)
        self.before = self._state()

    def _write_course(self) -> None:
        other = self.course / "submitted" / "ada" / "victim"
        for path in (other, self.course / "records" / "victim", self.canary):
            path.mkdir(parents=True)
        (other / "victim.ipynb").write_text(f'{{"cells": [], "metadata": {{"token": "{self.token}"}}}}')
        (self.course / "records" / "victim" / "ada.json").write_text(f'{{"student": "ada", "token": "{self.token}"}}')
        (self.canary / "canary").write_text(self.token)
        self.secret.write_text(self.token)
        with sqlite3.connect(self.course / "gradebook.db") as book:
            book.execute("create table grade (student text, auto_score real)")
            book.execute("insert into grade values (?, 1)", (self.token,))
        for root, folders, files in os.walk(self.canary.parent):
            for name in folders:
                (Path(root) / name).chmod(0o777)
            for name in files:
                (Path(root) / name).chmod(0o666)
        os.environ["HOSTILE_SECRET"] = self.token

    def _listen(self, folder: Path) -> None:
        self.unix, self.abstract = str(folder / "socket"), f"hostile-{os.getpid()}-{secrets.token_hex(4)}"
        addresses = (("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
                     ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
                     ("unix", socket.AF_UNIX, socket.SOCK_STREAM, self.unix),
                     ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.abstract))
        self.ports = {}
        for name, family, kind, address in addresses:
            server = socket.socket(family, kind)
            server.bind(address)
            if kind == socket.SOCK_STREAM:
                server.listen()
            if family == socket.AF_INET:
                self.ports[name] = server.getsockname()[1]
            self._servers[server.fileno()] = (name, server)
        Path(self.unix).chmod(0o777)
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        poll = select.poll()
        for number in self._servers:
            poll.register(number, select.POLLIN)
        while True:
            for number, _ in poll.poll():
                name, server = self._servers[number]
                if server.type == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(1000)
                self.connections.append(name)

    @property
    def places(self) -> dict[str, str]:
        """What stands for a word between @ signs in a case."""
        return {
            "canary": str(self.canary), "secret": str(self.secret), "course": str(self.course),
            "victim": str(self.victim), "root": str(self.repository), "home": str(self.home), "mark": MARK,
            "tcp": str(self.ports["tcp"]), "udp": str(self.ports["udp"]), "unix": self.unix, "abstract": self.abstract,
            "grader": str(os.getpid()),
        }

    def _state(self) -> dict[str, str]:
        """Every file of ours: permissions, time, contents; and where a marked file could lie."""
        own = [self.canary, self.secret, self.course / "submitted", self.course / "records", self.course / "gradebook.db",
               *(path for path in self.victim.rglob("*") if path.suffix in (".py", ".toml"))]
        found = {}
        for start in own:
            for path in [start, *(start.rglob("*") if start.is_dir() else ())]:
                status = path.lstat()
                contents = hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""
                found[str(path)] = f"{status.st_mode:o} {status.st_uid} {status.st_mtime_ns} {contents}"
        return found

    def changes(self, uid: int | None) -> list[str]:
        """What is not as it was, and what was left behind anywhere."""
        now = self._state()
        changed = [path for path in {*now, *self.before} if now.get(path) != self.before.get(path)]
        for folder in (*SHARED, str(self.home), str(self.home / ".config/autostart"), str(self.repository),
                       str(self.course), str(self.victim), str(Path.cwd())):
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    with suppress(OSError):
                        foreign = uid is not None and entry.stat(follow_symlinks=False).st_uid == uid
                        if MARK in entry.name or foreign:
                            changed.append(entry.path)
        for name in (".bashrc", ".profile", ".pythonrc.py", ".pdbrc", ".ipython/profile_default/startup/00.py"):
            with suppress(OSError):
                if MARK in (self.home / name).read_text(errors="replace"):
                    changed.append(str(self.home / name))
        return changed


class Meter:
    """The largest memory that the workers have held together, the one on standby among them.

    Parameters
    ----------
    limit
        Bytes up to which an upper bound will do, which is quicker to get than the truth.
    permanent
        Processes of the box that are no worker.
    """

    def __init__(self, limit: int, permanent: Collection[int]) -> None:
        self._limit, self._permanent, self._most, self._group = limit, permanent, 0, 0
        self._ended = threading.Event()
        # the zygote's memory, which every worker begins with
        self._base = max((_fields(f"/proc/{pid}/status").get("RssAnon", 0) for pid in permanent), default=0)

    @contextmanager
    def running(self) -> Iterator[Meter]:
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        try:
            yield self
        finally:
            self._ended.set()
            watcher.join()

    @property
    def peak(self) -> int:
        """Bytes, by counting."""
        return self._most

    @property
    def group_peak(self) -> int:
        """Bytes, by the kernel's own account of a control group; 0 where there is none."""
        return self._group

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            pids = [process.pid for process in below() if process.pid not in self._permanent]
            self._most = max(self._most, _memory(pids, self._base, self._limit))
            for path in groups():
                with suppress(OSError, ValueError):
                    self._group = max(self._group, int(path.read_text()))


def groups() -> list[Path]:
    """The kernel's high-water marks of the control groups that this grader has made."""
    found = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        ours = f"hippo-{os.getpid()}-*"
        if "memory" in controllers.split(","):
            found += Path("/sys/fs/cgroup/memory", path.lstrip("/")).glob(f"{ours}/memory.max_usage_in_bytes")
        elif number == "0":
            found += Path("/sys/fs/cgroup", path.lstrip("/")).glob(f"{ours}/memory.peak")
    return found


def below() -> list[psutil.Process]:
    """Every process that this one has started, and theirs."""
    return psutil.Process().children(recursive=True)


def _memory(pids: Sequence[int], base: int, enough: int) -> int:
    """Bytes that these processes hold beyond the `base` that each inherits; shared ones counted once where it matters."""
    bound = 0
    for pid in pids:
        with suppress(OSError, ValueError, KeyError):
            held = _fields(f"/proc/{pid}/status")
            bound += max(held["RssAnon"] - base, 0) + held["RssShmem"]
    if bound <= enough:
        return bound
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError, KeyError):
            held = _fields(f"/proc/{pid}/smaps_rollup")
            total += held["Pss_Anon"] + held["Pss_Shmem"]
    return min(bound, total or bound)


def _fields(path: str) -> dict[str, int]:
    """Bytes by name in a file of lines such as `RssAnon:   1234 kB`."""
    lines = (line.split() for line in Path(path).read_text().splitlines() if line.endswith(" kB"))
    return {words[0].rstrip(":"): int(words[1]) << 10 for words in lines}


def left_over(before: int, uid: int | None, marks: Sequence[str], patience: float) -> list[str]:
    """Processes that should have ended: more than there were before, of the box's user, or with its files in their command."""
    deadline = time.monotonic() + patience
    while True:
        own = below()
        known = {process.pid for process in own}
        strays = []
        for process in psutil.process_iter(["pid", "uids", "cmdline", "status"]):
            info = process.info
            if info["pid"] in known or info["status"] == psutil.STATUS_ZOMBIE:
                continue
            theirs = uid is not None and info["uids"] is not None and info["uids"].real == uid
            if theirs or any(mark in word for word in info["cmdline"] or () for mark in marks):
                strays.append(f"{info['pid']} {' '.join(info['cmdline'] or ())[:100]}")
        extra = [f"{process.pid} {_name(process)}" for process in own] if len(own) > before else []
        if not strays and not extra:
            return []
        if time.monotonic() > deadline:
            return strays + extra
        time.sleep(0.05)


def _name(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return f"{process.status()} {' '.join(process.cmdline())[:100]}"
    return "gone"
