"""Ten ways in which isolation looks right and is not: one test for each, from inside a worker."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import autograder
from autograder import isolation_box, isolation_landlock, isolation_seccomp
from autograder.isolation_levels import why_not
from autograder.isolation_memory import memory_bytes, tree
from autograder.isolation_promises import PROMISES, probe_level, verify_promises
from autograder.sandbox import Box, IsolationError, Limits
from autograder.student import StudentFault

pytestmark = pytest.mark.skipif(sys.platform != "linux" or bool(why_not("L3")),
                                reason="this machine keeps no L3: " + (why_not("L3") if sys.platform == "linux" else ""))

LIMITS = Limits(cpu_seconds=2, wall_seconds=4, memory_mb=400, processes=16, disk_mb=8)
IMPORTS = "import ctypes, errno, gc, os, resource, signal, socket, sys, threading, time\nfrom pathlib import Path"


@pytest.fixture(scope="module")
def box():
    with Box("L3", limits=LIMITS) as box:
        yield box


@pytest.fixture
def inside(box):
    """Run the body of a function in a fresh worker and get what it returns."""
    workers = []

    def run(body: str):
        worker = box.worker()
        workers.append(worker)
        source = "def f():\n" + "\n".join(f"    {line}" for line in body.split("\n"))
        assert worker.run(f"{IMPORTS}\n{source}", "probe") == []
        return worker.student.f()

    yield run
    for worker in workers:
        worker.close()


def denied(statement: str) -> str:
    return (f"try:\n    {statement}\nexcept OSError as error:\n    return errno.errorcode[error.errno]\n"
            "return 'allowed'")


def test_1_student_code_is_never_root_and_its_processes_are_counted(inside):
    uids = inside("return [*os.getresuid(), *os.getresgid(), *os.getgroups()]")
    assert 0 not in uids[:6]
    made = inside("made = 0\ntry:\n    while made < 100:\n        if os.fork() == 0:\n            time.sleep(30)\n"
                  "            os._exit(0)\n        made += 1\nexcept BlockingIOError:\n    pass\nreturn made")
    assert LIMITS.processes - 3 <= made <= LIMITS.processes
    status = inside("return Path('/proc/self/status').read_text()")
    assert "CapEff:\t0000000000000000" in status
    assert "CapPrm:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status


@pytest.mark.parametrize("path", ["/dev/x", "/dev/shm/x", "/x", "/proc/x", "/box/x", "/usr/lib/x", "/path/0/x", "/sys/x"])
def test_2_nothing_but_the_scratch_space_is_writable(inside, path):
    assert inside(denied(f"open({path!r}, 'w')")) in ("EROFS", "EACCES", "ENOENT", "EPERM")


def test_3_the_zygote_has_one_thread_when_it_forks(inside):
    assert inside("return len(os.listdir('/proc/self/task'))") == 1
    assert inside("return gc.get_freeze_count() > 1000")
    assert inside("return [os.environ[f'{n}_NUM_THREADS'] for n in ('OMP', 'OPENBLAS', 'MKL')]") == ["1"] * 3


def test_3_a_package_that_starts_a_thread_is_refused(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "threads.py").write_text("import threading, time\n"
                                         "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()")
    with pytest.raises(IsolationError, match="thread"), Box("L3", preload=("threads",), python_path=(tmp_path,)):
        pass


def test_4_memory_is_limited_for_all_processes_together(inside):
    with pytest.raises(StudentFault) as fault:
        inside("for _ in range(8):\n    if os.fork() == 0:\n        x = bytearray(120 << 20)\n"
               "        x[::4096] = bytes([1]) * len(x[::4096])\n        time.sleep(30)\ntime.sleep(30)")
    assert fault.value.code == "memory"


def test_4_and_where_there_are_no_control_groups_a_watchdog_counts(box, inside, monkeypatch):
    monkeypatch.setattr("autograder.isolation_memory._parents", lambda: iter(()))
    with pytest.raises(StudentFault) as fault:
        inside("for _ in range(8):\n    if os.fork() == 0:\n        x = bytearray(120 << 20)\n"
               "        x[::4096] = bytes([1]) * len(x[::4096])\n        time.sleep(30)\ntime.sleep(30)")
    assert fault.value.code == "memory"
    own = tree(os.getpid())
    assert 0 < memory_bytes(own, 0) <= memory_bytes(own, 1 << 50)  # shared pages are counted once


def test_5_size_and_number_of_files_are_limited(inside):
    assert inside(denied("[open(f'{i}', 'wb').write(bytes(1 << 20)) for i in range(20)]")) == "ENOSPC"
    assert inside(denied("[open(f'{i}', 'w').close() for i in range(5000)]")) == "ENOSPC"
    # where the interpreter itself lies below /tmp, the box shows that folder, read-only
    tmp = "/tmp" if sys.prefix.startswith("/tmp/") else "/scratch"
    assert inside("return os.listdir('.'), os.getcwd(), os.path.realpath('/tmp')") == ([], "/scratch", tmp)


def test_6_nothing_of_the_grader_is_in_reach(box, inside, tmp_path):
    from autograder.isolation_box import stage

    package = Path(autograder.__file__).parent
    secret = tmp_path / "secret"
    secret.write_text("expected values")
    for path in (secret, package / "record.py", package.parent / "pyproject.toml", Path(stage.__code__.co_filename),
                 Path.home() / ".cache", Path("/etc/passwd"), box._folder):
        assert inside(f"return os.path.exists({str(path)!r})") is False, path
    # an editable install of the project does not show it
    errors = inside("out = []\nfor name in ('autograder.grading', 'autograder.record', 'hippo', 'solutions'):\n    try:\n"
                    "        __import__(name)\n        out.append(name)\n    except ImportError:\n        pass\nreturn out")
    assert errors == []
    environment = inside("return dict(os.environ)")
    assert not any(str(package.parent) in value or str(Path.home()) in value for value in environment.values())
    assert len(environment) < 20
    assert inside("return [p for p in os.listdir('/proc') if p.isdigit()]") == ["1", "2"]
    assert inside(denied("open('/proc/1/mem', 'rb')")) == "EACCES"
    assert inside("return sorted(int(n) for n in os.listdir('/proc/self/fd'))[:4]")[:3] == [0, 1, 2]
    hostname = inside("return socket.gethostname()")
    assert hostname == "box"


@pytest.mark.parametrize("call", [
    "libc.unshare(0x10000000)", "libc.mount(b'none', b'/scratch', b'tmpfs', 0, None)", "libc.setns(0, 0)",
    "libc.ptrace(16, 1, 0, 0)", "libc.chroot(b'/scratch')", "libc.syscall(319, b'x', 0)", "libc.shmget(0, 4096, 0o1600)",
    "libc.umount2(b'/scratch', 2)", "libc.syscall(250, 0, -3, 0)",
])
def test_7_no_new_namespace_mount_or_hidden_memory_afterwards(inside, call):
    if "syscall" in call and os.uname().machine != "x86_64":
        pytest.skip("numbers of another machine")
    assert inside(f"libc = ctypes.CDLL(None, use_errno=True)\nreturn {call}, ctypes.get_errno()") == (-1, 1)


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_7_no_socket_of_any_family_not_even_for_udp(inside, family, kind):
    assert inside(denied(f"socket.socket(socket.{family}, socket.{kind})")) == "EPERM"


def test_7_threads_fall_back_to_the_older_call(inside):
    assert inside("out = []\nts = [threading.Thread(target=out.append, args=(i,)) for i in range(4)]\n"
                  "[t.start() for t in ts]\n[t.join() for t in ts]\nreturn sorted(out)") == [0, 1, 2, 3]


def test_8_landlock_alone_confines_a_process_too(tmp_path):
    """In a fork of this process, because the confinement is for good."""
    if isolation_landlock.abi() == 0:
        pytest.skip("the kernel has no Landlock")
    (tmp_path / "secret").write_text("x")
    (tmp_path / "own").mkdir()
    child = os.fork()
    if child == 0:
        import ctypes

        failures = 0
        try:
            ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
            isolation_landlock.restrict([isolation_box.interpreter()], [str(tmp_path / "own")])
            (tmp_path / "own" / "file").write_text("x")
            for path, mode in ((tmp_path / "secret", "r"), (tmp_path / "secret", "w"), (tmp_path / "new", "w")):
                try:
                    open(path, mode).close()  # noqa: PTH123
                    failures += 1
                except PermissionError:
                    pass
        except BaseException:
            failures += 10
        os._exit(failures)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_8_the_filter_alone_keeps_marks_of_files_and_limits_of_others(tmp_path):
    """In a fork of this process too. Landlock covers neither, and an ordinary user's own grader is of the same user."""
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    before, grader = secret.stat(), os.getpid()
    child = os.fork()
    if child == 0:
        import ctypes
        import resource

        done = 0
        try:
            ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
            assert isolation_seccomp.install(marks=False)
            for attempt in (lambda: resource.prlimit(grader, resource.RLIMIT_CPU, (1000, 1000)),
                            lambda: os.sched_setaffinity(grader, {0}), lambda: os.setpriority(os.PRIO_PROCESS, grader, 5)):
                try:
                    attempt()
                    done += 1
                except PermissionError:
                    pass
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.sched_setaffinity(0, os.sched_getaffinity(0))
            secret.chmod(0o777)
            os.utime(secret, (0, 0))
            os.chown(secret, os.getuid(), os.getgid())
        except BaseException:
            done += 10
        os._exit(done)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    after = secret.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_ctime_ns) == (before.st_mode, before.st_mtime_ns, before.st_ctime_ns)


def test_9_noise_on_stderr_is_no_fault(inside):
    assert inside("import warnings\nwarnings.warn('careful')\nprint('x', file=sys.stderr)\nreturn 1") == 1


def test_10_every_level_that_is_offered_keeps_what_it_promises():
    for level in ("L3", "L2", "L1"):
        if why_not(level):
            continue
        rows = probe_level(level)
        assert not list(Path(autograder.__file__).parent.glob("hippo-probe*"))
        assert len(rows) == len(PROMISES)
        assert all(row.kept and not (row.cure and level == "L3") for row in rows), (level, rows)


def test_10_a_broken_promise_stops_everything(box, monkeypatch):
    verify_promises(box)
    monkeypatch.setattr("autograder.isolation_promises.ATTEMPTS", "def __getattr__(): pass\ndef write_to(paths): "
                        "return 'a file'\nconnect = read = look_around = lambda *a: ''")
    with pytest.raises(IsolationError, match=r"nothing is written outside.*a file"):
        verify_promises(box)


def test_closing_a_box_leaves_no_process_and_no_folder():
    with Box("L3", limits=LIMITS) as box:
        worker = box.worker()
        pids = [worker._process.pid, box._zygote.pid]
        folder = box._folder
    assert not folder.exists()
    assert not worker._process.ended(0) or worker._process.ended(1)
    assert worker._process.ended(2)
    worker.close()
    assert not Path(f"/proc/{pids[1]}").exists()
