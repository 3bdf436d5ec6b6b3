"""First process of a container: starts the zygote there and carries what workers say over stdin and stdout.

Started as a plain script. Both ways, everything is `kind · channel · length · payload`; a channel is one
worker. Towards the worker:

    H  what the zygote is told      F  fork a worker      D  bytes for its socket
    U  what has it used?            K  end it

and back: H the zygote is ready, F the worker is, E it could not be started and why, D bytes from its socket,
O and P what it printed on stdout and stderr, C it closed its socket, U and K the answers.

Workers of one container share its process ids and its user. So after each of them everything that is neither
this process nor the zygote is ended and the scratch space emptied: nothing of one question waits for the next. As the
first process of its namespace this one cannot be ended from inside; a zygote that was ended ends the container.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

OWN = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 pathlib costs time before every fork
if __name__ == "__main__":
    sys.path.insert(0, OWN)

import isolation_confine as confine  # type: ignore[import-not-found]  # noqa: E402
from isolation_memory import cpu_seconds, memory_bytes, queued_seconds, tree  # type: ignore[import-not-found]  # noqa: E402
from isolation_sweep import empty, end_all  # type: ignore[import-not-found]  # noqa: E402

HEADER = struct.Struct("<cII")
CHUNK = 1 << 16
END_SECONDS = 10.0
#: What may be read of /proc and /sys.
PROC = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")


class Relayed:
    """One worker: its socket, its output pipes, and how far it has come up."""

    def __init__(self, number: int, data: socket.socket, out: int, err: int, scratch: str) -> None:
        self.number, self.data, self.out, self.err, self.scratch = number, data, out, err, scratch
        self.init = self.student = 0
        self.waiting = bytearray()
        self.open = {data.fileno(), out, err}
        self.oom_before = oom_kills()

    def drain(self) -> None:
        """Send what has been printed so far, as much as a pipe holds."""
        for descriptor, kind in ((self.out, b"O"), (self.err, b"P")):
            for _ in range(16 if descriptor in self.open else 0):
                data = b""
                with suppress(OSError):
                    data = os.read(descriptor, CHUNK)
                if not data:
                    break
                send(kind, self.number, data)


class Relay:
    """Carries frames both ways."""

    def __init__(self, control: socket.socket, zygote: int, scratch: str, enough: int) -> None:
        self.control, self.zygote, self.scratch, self.enough = control, zygote, scratch, enough
        self.workers: dict[int, Relayed] = {}
        self.received = bytearray()
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN)
        self.poll.register(control, select.POLLIN)

    def serve(self) -> None:
        """Until stdin ends or the zygote does."""
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor == 0:
                    data = os.read(0, CHUNK)
                    if not data:
                        return
                    self.received += data
                    self._frames()
                elif descriptor == self.control.fileno():
                    return  # it says nothing after "ready": it has ended
                else:
                    self._from(descriptor)

    def _frames(self) -> None:
        while len(self.received) >= HEADER.size:
            kind, number, length = HEADER.unpack_from(self.received)
            if len(self.received) < HEADER.size + length:
                return
            payload = bytes(self.received[HEADER.size:HEADER.size + length])
            del self.received[:HEADER.size + length]
            if kind == b"F":
                self._fork(number)
            elif (worker := self.workers.get(number)) is None:
                continue
            elif kind == b"D":
                worker.waiting += payload
                self._to(worker)
            elif kind == b"U":
                worker.drain()
                send(b"U", number, json.dumps(used(worker, self.enough)).encode())
            elif kind == b"K":
                self._end(worker)

    def _fork(self, number: int) -> None:
        ours, theirs = socket.socketpair()
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        scratch = os.path.join(self.scratch, f"work-{number}")  # noqa: PTH118
        os.mkdir(scratch, 0o700)  # noqa: PTH102
        ours.setblocking(False)
        for descriptor in (out, err):
            os.set_blocking(descriptor, False)
        socket.send_fds(self.control, [json.dumps({"scratch": scratch}).encode()], [theirs.fileno(), out_end, err_end])
        for descriptor in (out_end, err_end):
            os.close(descriptor)
        theirs.close()
        worker = self.workers[number] = Relayed(number, ours, out, err, scratch)
        for descriptor in worker.open:
            self.poll.register(descriptor, select.POLLIN)

    def _from(self, descriptor: int) -> None:
        """Something came from a worker, or there is room again for what goes to it."""
        worker = next((w for w in self.workers.values() if descriptor in w.open), None)
        if worker is None:
            return
        is_data = descriptor == worker.data.fileno()
        if is_data and worker.waiting:
            self._to(worker)
        try:
            data = worker.data.recv(CHUNK) if is_data else os.read(descriptor, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.poll.unregister(descriptor)
            worker.open.discard(descriptor)
            if is_data:
                send(b"C", worker.number)
        elif is_data and not worker.student:
            self._hello(worker, data)
        else:
            send(b"D" if is_data else b"O" if descriptor == worker.out else b"P", worker.number, data)

    def _hello(self, worker: Relayed, data: bytes) -> None:
        """First `init` says that it is there, then, after "go", the student process does; no student code ran yet."""
        if data[:1] != b"R" or not data[1:].isdigit():
            send(b"E", worker.number, data[1:])
        elif not worker.init:
            worker.init = int(data[1:])
            worker.data.send(b"G")
        else:
            worker.student = int(data[1:])
            send(b"F", worker.number)

    def _to(self, worker: Relayed) -> None:
        """Never waits: a worker that does not read must not keep the others' frames here."""
        descriptor = worker.data.fileno()
        if descriptor not in worker.open:
            worker.waiting.clear()
            return
        with suppress(BlockingIOError):
            while worker.waiting:
                try:
                    del worker.waiting[:worker.data.send(worker.waiting[:CHUNK])]
                except BlockingIOError:
                    raise
                except OSError:
                    worker.waiting.clear()
        self.poll.register(descriptor, select.POLLIN | (select.POLLOUT if worker.waiting else 0))

    def _end(self, worker: Relayed) -> None:
        others = [other for other in self.workers.values() if other is not worker]
        left = end_all(lambda: self._strangers([other.init for other in others if other.init]), END_SECONDS)
        worker.drain()
        for descriptor in worker.open:
            self.poll.unregister(descriptor)
        worker.data.close()
        for descriptor in (worker.out, worker.err):
            os.close(descriptor)
        del self.workers[worker.number]
        clean = empty(self.scratch, {os.path.basename(other.scratch) for other in others})  # noqa: PTH119
        send(b"K", worker.number, json.dumps({"left": len(left), "oom": oom_kills() > worker.oom_before}).encode())
        if left or not clean:
            sys.exit(0)  # with the container everything ends; the next one is fresh

    def _strangers(self, inits: list[int]) -> list[int]:
        """Every process here that is neither ours nor below one of `inits`."""
        keep = {os.getpid(), self.zygote} | {pid for init in inits for pid in tree(init)}
        everything = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
        # where this is not the first process of a container, only what it has started is its own
        return [pid for pid in (everything if os.getpid() == 1 else tree(os.getpid())) if pid not in keep]


def send(kind: bytes, number: int, payload: bytes = b"") -> None:
    rest = memoryview(HEADER.pack(kind, number, len(payload)) + payload)
    while rest:
        rest = rest[os.write(1, rest):]


def receive() -> bytes:
    """The payload of the first frame."""
    def exactly(count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = os.read(0, count - len(data))
            if not more:
                sys.exit(0)
            data += more
        return data

    return exactly(HEADER.unpack(exactly(HEADER.size))[2])


def used(worker: Relayed, enough: int) -> dict[str, Any]:
    """Seconds of CPU and of waiting for a processor, and bytes of memory, of all processes of a worker.

    Up to `enough` bytes an upper bound will do; `init` holds nothing that is not the zygote's.
    """
    pids = tree(worker.init)
    return {"cpu": cpu_seconds(pids), "queued": queued_seconds(worker.student),
            "memory": memory_bytes(pids[1:], enough), "oom": oom_kills() > worker.oom_before}


def oom_kills() -> int:
    """How often the kernel has ended a process of this container for want of memory, where it says so."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        with suppress(OSError, ValueError), open(path, encoding="ascii") as file:  # noqa: PTH123
            return int(dict(line.split() for line in file).get("oom_kill", 0))
    return 0


def here(config: dict[str, Any]) -> dict[str, Any]:
    """`config` with what only this side knows: where packages are, and what may be read."""
    packages = [path for path in sys.path if path != OWN and os.path.isdir(path)]  # noqa: PTH112
    for name in config["masked"]:
        for path in packages:
            if os.path.isdir(os.path.join(path, name)):  # noqa: PTH112, PTH118
                raise RuntimeError(f"the image holds the package {name}, which students must not see")
    top = [f"/{name}" for name in os.listdir("/") if name not in ("proc", "sys")]  # noqa: PTH208
    return config | {"path": [OWN, *config["path"], *packages], "readable": [*top, *PROC], "listable": ["/"]}


def versions(names: list[str]) -> dict[str, str]:
    """Versions of these packages without their local part, and of Python."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in names:
        with suppress(PackageNotFoundError):
            found[name] = version(name).partition("+")[0]
    return found


def main() -> None:
    confine.hide_memory()
    confine.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would let students interrupt even process 1
    config = json.loads(receive())
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        told = here(config)
    except RuntimeError as error:
        send(b"E", 0, str(error).encode())
        return
    zygote = os.fork()
    if zygote == 0:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)  # stdout is for frames
        os.set_inheritable(theirs.fileno(), True)
        os.execv(sys.executable, [sys.executable, "-S", "-s", "-P", f"{OWN}/isolation_zygote.py", str(theirs.fileno())])
    theirs.close()
    ours.send(json.dumps(told).encode())
    answer = ours.recv(4096)
    if answer != b"R":
        send(b"E", 0, answer[1:] or b"the zygote ended at once")
        return
    send(b"H", 0, json.dumps(versions(config["versions"])).encode())
    Relay(ours, zygote, config["scratch"], config["memory_bytes"]).serve()


if __name__ == "__main__":
    main()
