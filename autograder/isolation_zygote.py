"""The warm process inside the box: imports once, then forks a confined process for every question.

Started as a plain script. A request over the control socket brings three descriptors: the data
socket, and pipes for stdout and stderr. Per request there are three processes:

    zygote ── launcher (enters the namespaces, ends) ── init (pid 1 there) ── student process

`init` ends when the student process does, and with it the kernel ends whatever was left running.
Nothing secret is ever in this memory: students can read all of it.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import time
from typing import Any

READY, GO, FAILED = b"R", b"G", b"E"
#: Parts that nearly every notebook uses and that their package imports late.
LAZY = (("numpy", "numpy.random"), ("torch", "numpy.random"), ("matplotlib", "matplotlib.pyplot"))


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    config: dict[str, Any] = json.loads(control.recv(1 << 16))
    sys.path[:] = config["path"]
    try:
        os.chdir(config["scratch"])
        for name in config["fonts"]:
            shutil.copyfile(os.path.join(config["path"][0], name), name)  # noqa: PTH118
        _preload(config["preload"])
        _one_thread()
    except BaseException as error:
        control.send(FAILED + f"{type(error).__name__}: {error}"[:500].encode("utf-8", "replace"))
        return
    codecs.lookup("ascii")  # found lazily, where there may be nothing to find it in
    gc.collect()
    gc.freeze()
    control.send(READY)
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 4096, 3)
        if not data:
            return
        _reap()
        _one_thread()
        launcher = os.fork()
        if launcher == 0:
            control.close()
            _launch(config | json.loads(data), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if config["level"] == "L3":
            os.waitpid(launcher, 0)


def _preload(modules: list[str]) -> None:
    for name in [*modules, "worker", "isolation_confine", "isolation_landlock", "isolation_memory",
                 "isolation_seccomp"]:
        importlib.import_module(name)
    for package, module in LAZY:
        if package in modules:
            importlib.import_module(module)
    sys.modules.pop("isolation_zygote", None)


def _one_thread() -> None:
    """A forked child of a process with several threads would hang in its first parallel operation."""
    if os.path.isdir("/proc/self/task") and len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH112, PTH208
        raise RuntimeError("an imported package started a thread in the zygote")


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _launch(config: dict[str, Any], data: int, out: int, err: int) -> None:
    """In the fork: set up everything that needs rights, then give up all rights; never returns."""
    import isolation_confine as confine  # type: ignore[import-not-found]

    channel = socket.socket(fileno=data)
    try:
        if config["level"] == "L3":
            confine.enter_namespaces(config["uid"])
            if os.fork():
                os._exit(0)
            confine.mount_private(config["scratch"], config["disk_mb"], config["uid"])
        else:
            os.setsid()
            signal.signal(signal.SIGTERM, _end_everything)
            confine.die_with_parent(signal.SIGTERM)
            confine.adopt_orphans()
        if sys.platform == "linux":
            confine.drop_privileges(config["uid"])
            confine.hide_memory()
        os.chdir(config["scratch"])
        channel.send(READY + str(os.getpid()).encode())
        if channel.recv(1) != GO:
            os._exit(0)
        student = os.fork()
        if student == 0:
            _become_student(config, channel, out, err)
        _wait_for(student, (data, out, err), config["level"] == "L3")
    except BaseException as error:
        channel.send(FAILED + f"{type(error).__name__}: {error}"[:500].encode("utf-8", "replace"))
    os._exit(1)


def _wait_for(student: int, descriptors: tuple[int, ...], own_namespace: bool) -> None:
    """What `init` does: hold nothing open, collect the dead, end with the student process."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if own_namespace else _end_everything)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(null, descriptor)
    while True:
        ended, _ = os.wait()
        if ended == student and own_namespace:
            os._exit(0)
        if ended == student:
            _end_everything()


def _end_everything(*_: object) -> None:
    """Where no pid namespace ends with this process: kill whatever was started, orphans included."""
    from isolation_memory import tree  # type: ignore[import-not-found]

    while len(pids := tree(os.getpid())) > 1:
        for pid in pids[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        time.sleep(0.002)
    os._exit(0)


def _become_student(config: dict[str, Any], channel: socket.socket, out: int, err: int) -> None:
    """The last steps before student code may run; what fails here fails before any of it has."""
    import isolation_confine as confine
    import isolation_landlock as landlock  # type: ignore[import-not-found]
    import isolation_seccomp as seccomp  # type: ignore[import-not-found]
    import worker  # type: ignore[import-not-found]

    os.setsid()
    confine.die_with_parent()
    if config["level"] != "L3" and sys.platform == "linux":
        confine.hide_memory(False)  # what every fork shares would count against each, where the grader may not look
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.closerange(3, channel.fileno())
    os.closerange(channel.fileno() + 1, 1024)
    confine.prefer_as_victim()
    confine.limit_resources(config)  # before Landlock hides from it what the libraries take already
    if config["landlock"]:
        version = landlock.restrict(config["readable"], [config["scratch"], "/dev/null"], config["listable"])
        if version == 0 and config["level"] == "L2":
            raise OSError("the kernel has no Landlock")
    if config["seccomp"] and not seccomp.install(config["level"] == "L3") and config["level"] == "L2":
        raise OSError("seccomp is not available")
    file = channel.makefile("rb", buffering=0)

    def read(count: int) -> bytearray:
        buffer = bytearray(count)
        view, filled = memoryview(buffer), 0
        while filled < count:
            got = file.readinto(view[filled:])
            if not got:
                raise EOFError
            filled += got
        return buffer

    def write(frame: bytes) -> None:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:  # student code may have replaced or closed it
                continue
        channel.sendall(frame)

    channel.send(READY + str(os.getpid()).encode())
    worker.serve(read, write, config["value_bytes"])
    os._exit(0)


if __name__ == "__main__":
    main()
