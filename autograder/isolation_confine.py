"""Take rights away from the calling process: namespaces, mounts, user, capabilities, limits; inside the box only."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from typing import Any

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REC, _PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
_PDEATHSIG, _DUMPABLE, _CAPBSET_DROP, _SUBREAPER, _NO_NEW_PRIVS, _CAP_AMBIENT = 1, 4, 24, 36, 38, 47
_CAP_VERSION = 0x20080522
#: Inodes of the private scratch space for each MiB of it.
INODES_PER_MIB = 32


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def enter_namespaces(uid: int | None) -> None:
    """New pid, mount and ipc namespaces for the children; with a user namespace unless `uid` will be switched to."""
    outer_uid, outer_gid = os.getuid(), os.getgid()
    flags = _NEWNS | _NEWPID | _NEWIPC
    _check(_libc().unshare(flags if uid is not None else flags | _NEWUSER), "unshare")
    if uid is None:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{outer_uid} {outer_uid} 1"),
                           ("gid_map", f"{outer_gid} {outer_gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 before any import that costs
                file.write(text)


def mount_private(scratch: str, disk_mb: int, uid: int | None) -> None:
    """A scratch space of limited size and number of files, and a /proc that shows this pid namespace alone."""
    libc = _libc()
    owner = os.getuid() if uid is None else uid
    group = os.getgid() if uid is None else uid
    _check(libc.mount(None, b"/", None, ctypes.c_ulong(_REC | _PRIVATE), None), "make mounts private")
    options = f"size={disk_mb}m,nr_inodes={disk_mb * INODES_PER_MIB},mode=0700,uid={owner},gid={group}"
    _check(libc.mount(b"tmpfs", scratch.encode(), b"tmpfs", ctypes.c_ulong(_NOSUID | _NODEV), options.encode()),
           "mount the scratch space")
    hidden = ctypes.c_ulong(_NOSUID | _NODEV | _NOEXEC)
    if libc.mount(b"proc", b"/proc", b"proc", hidden, None) != 0:
        # a masked /proc outside forbids a new one: then none is shown at all
        _check(libc.mount(b"tmpfs", b"/proc", b"tmpfs", ctypes.c_ulong(_NOSUID | _NODEV | _NOEXEC | _RDONLY),
                          b"size=4k,nr_inodes=4"), "hide /proc")


def drop_privileges(uid: int | None) -> None:
    """Become `uid` where given; no capability remains and none can be gained."""
    libc = _libc()
    for capability in range(64):
        if libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # past the last one, or not ours to drop: then no_new_privs has to do
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    libc.prctl(_CAP_AMBIENT, 4, 0, 0, 0)
    _check(libc.capset(struct.pack("Ii", _CAP_VERSION, 0), struct.pack("6I", 0, 0, 0, 0, 0, 0)), "drop capabilities")
    _check(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs")


def hide_memory(hidden: bool = True) -> None:
    """Whether nobody of the same user may look into this process, nor count its memory exactly."""
    _libc().prctl(_DUMPABLE, int(not hidden), 0, 0, 0)


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Get this signal when the parent ends."""
    if hasattr(_libc(), "prctl"):
        _libc().prctl(_PDEATHSIG, int(number), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    if hasattr(_libc(), "prctl"):
        _libc().prctl(_SUBREAPER, 1, 0, 0, 0)


def limit_resources(config: dict[str, Any]) -> None:
    """Limits of one process, and of the number of processes of its user."""
    address_space = config["memory_bytes"] + _address_space()
    limits = {"RLIMIT_AS": address_space, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": config["disk_mb"] << 20,
              "RLIMIT_NOFILE": 256, "RLIMIT_CPU": config["cpu_backstop"], "RLIMIT_MEMLOCK": 0, "RLIMIT_MSGQUEUE": 0,
              "RLIMIT_NPROC": config["processes"]}
    for name, value in limits.items():
        number = getattr(resource, name, None)
        if number is None or value is None:
            continue
        _, hard = resource.getrlimit(number)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(number, (value, value))
        except (OSError, ValueError):
            if name in config["required_limits"]:
                raise


def _address_space() -> int:
    """Bytes of address space that the imported libraries take already."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 4 << 30


def prefer_as_victim() -> None:
    """Let the kernel end this process first when memory runs out."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write("1000")
    except OSError:
        pass
