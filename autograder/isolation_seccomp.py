"""A seccomp filter that takes away system calls no answer needs; runs inside the box, standard library only."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

# (x86_64, aarch64) numbers; -1 where the machine has no such call
_DENIED = {
    "socket": (41, 198), "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "unshare": (272, 97), "setns": (308, 268),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "acct": (163, 89), "syslog": (103, 116), "quotactl": (179, 60), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171), "sethostname": (170, 161),
    "setdomainname": (171, 162), "iopl": (172, -1), "ioperm": (173, -1), "vhangup": (153, 58),
    # memory that no process has mapped escapes the accounting of processes
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "migrate_pages": (256, 238), "move_pages": (279, 239),
}
#: Calls that may be made for the own process, which is 0 in their first argument, and for no other.
_OWN_ONLY = {
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}
#: Landlock does not cover what files are marked with. Where the box is no mount namespace of its own, these do nothing
#: and say that they did: honest code copies permissions and times along with its files.
_MARKS = {
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1),
    "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1),
    "futimesat": (261, -1), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466), "file_setattr": (469, 469),
}
_CLONE, _CLONE3 = (56, 220), 435
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
#: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x7E020000
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _program(machine: str, marks: bool) -> bytes:
    """Berkeley packet filter: denied calls return an error, everything else goes through."""
    column, audit = _ARCHITECTURES[machine]

    def numbers(calls: dict[str, tuple[int, int]]) -> list[int]:
        return [pair[column] for pair in calls.values() if pair[column] >= 0]

    def op(code: int, k: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", code, yes, no, k)

    program = [op(_LOAD, 4), op(_JUMP_EQUAL, audit, 1, 0), op(_RETURN, _KILL), op(_LOAD, 0)]
    if machine == "x86_64":  # the same calls under x32 numbers
        program += [op(_JUMP_AT_LEAST, 0x40000000, 0, 1), op(_RETURN, _KILL)]
    # threads fall back to clone, whose flags can be read
    program += [op(_JUMP_EQUAL, _CLONE3, 0, 1), op(_RETURN, _ERRNO | errno.ENOSYS)]
    for number in numbers(_DENIED):
        program += [op(_JUMP_EQUAL, number, 0, 1), op(_RETURN, _ERRNO | errno.EPERM)]
    for number in [] if marks else numbers(_MARKS):
        program += [op(_JUMP_EQUAL, number, 0, 1), op(_RETURN, _ERRNO)]
    for number in numbers(_OWN_ONLY):
        program += [op(_JUMP_EQUAL, number, 0, 4), op(_LOAD, 16), op(_JUMP_EQUAL, 0, 1, 0),
                    op(_RETURN, _ERRNO | errno.EPERM), op(_RETURN, _ALLOW)]
    program += [op(_JUMP_EQUAL, _CLONE[column], 0, 3), op(_LOAD, 16), op(_JUMP_SET, _NEW_NAMESPACES, 0, 1),
                op(_RETURN, _ERRNO | errno.EPERM), op(_RETURN, _ALLOW)]
    return b"".join(program)


def known() -> bool:
    """Whether the filter is written for this kind of machine."""
    return platform.machine() in _ARCHITECTURES


def install(marks: bool) -> bool:
    """Filter this process and its children for good; False on a machine the filter is not written for.

    Parameters
    ----------
    marks
        Whether owner, permissions, times and attributes of files may be changed.
    """
    if not known():
        return False
    code = _program(platform.machine(), marks)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
