"""Hostile code ends with a fault that says why; the honest code after it is answered as always."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
import torch

from autograder.isolation_memory import tree
from autograder.sandbox import Box, IsolationError, Limits
from autograder.student import StudentFault

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="boxes need Linux")

LIMITS = Limits(cpu_seconds=1, wall_seconds=2, memory_mb=700, processes=24, disk_mb=8, value_mb=16, output_kib=64)
IMPORTS = "import gc, os, signal, socket, subprocess, sys, threading, time\nimport numpy as np\nimport torch"
HONEST = "def honest(x):\n    print('thinking')\n    return (x @ x.T).sum()"
FORGED = """
def forge(data):
    for number in range(3, 1024):
        try:
            os.write(number, data)
        except OSError:
            pass
"""


@pytest.fixture(scope="module")
def box():
    with Box(preload=("torch", "numpy"), limits=LIMITS, trust=True) as box:
        yield box


def attack(box: Box, source: str) -> tuple[object, object]:
    """(value, fault) of the function `f` that a hostile cell defines, or of the cell itself."""
    worker = box.worker(1)
    started = time.monotonic()
    try:
        worker.run(IMPORTS, "imports")
        worker.run(FORGED, "forge")
        worker.run(source, "hostile")
        return worker.student.f(), None
    except StudentFault as fault:
        return None, fault
    finally:
        init = worker._process.pid
        worker.close()
        assert not Path(f"/proc/{init}").exists() or tree(init) == [init]
        assert time.monotonic() - started < 30


def assert_honest(box: Box) -> None:
    worker = box.worker(1)
    try:
        assert worker.run(IMPORTS + "\n" + HONEST, "honest") == []
        assert float(worker.student.honest(torch.ones(3, 2))) == 18
        assert worker.output().stdout == "thinking\n"
    finally:
        worker.close()


@pytest.mark.parametrize(("source", "code"), [
    ("os._exit(0)", "crashed"),
    ("def f():\n    os.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
    ("def f():\n    while True: pass", "timeout"),
    ("def f():\n    sum(range(10**12))", "timeout"),
    ("def f():\n    time.sleep(60)", "timeout"),
    ("for n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n  except OSError: pass\nwhile True: pass", "timeout"),
    ("def f():\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    time.sleep(60)", "timeout"),
    ("def f():\n    for _ in range(8): threading.Thread(target=lambda: exec('while True: pass')).start()\n"
     "    time.sleep(60)", "timeout"),
    ("def f():\n    return input()", "raised"),
    ("def f():\n    return f()", "raised"),
    ("sys.setrecursionlimit(10**9)\ndef f():\n    hash(__import__('functools').reduce(lambda a, _: (a,), range(2 * 10**5), ()))",
     "crashed"),
    ("def f():\n    return torch.ones(2**33)", "memory"),
    ("def f():\n    return torch.zeros(1).expand(10**6, 10**4)", "unsupported"),
    ("def f():\n    a = []\n    a.append(a)\n    return a", "unsupported"),
    ("def f():\n    forge(b'\\xff' * 64)\n    time.sleep(9)", "protocol"),
    ("def f():\n    forge((2**31).to_bytes(4, 'little'))\n    time.sleep(9)", "protocol"),
    ("def f():\n    forge((16).to_bytes(4, 'little') + b'[' * 16)\n    time.sleep(9)", "protocol"),
    ("import json\nh = json.dumps({'m': {'d': [['score', 15]]}, 'b': []}).encode()\n"
     "def f():\n    forge(len(h).to_bytes(4, 'little') + h)\n    time.sleep(9)", "protocol"),
    ("def f():\n    [os.close(n) for n in range(3, 1024) if n in map(int, os.listdir('/proc/self/fd'))]", "crashed"),
    ("class V:\n    def __reduce__(self): return os.system, ('touch pickled',)\ndef f():\n    return V()", "unsupported"),
    ("import protocol\nprotocol.dumps = lambda *a, **k: 'forged'\ndef f():\n    return 1", "protocol"),
    ("class A:\n    def __getattr__(self, n): return self\n    def __eq__(self, o): return True\ndef f():\n    return A()",
     "unsupported"),
], ids=lambda v: v.replace("\n", " ")[:40])
def test_hostile_code_earns_a_fault(box, source, code):
    _, fault = attack(box, source)
    assert fault is not None
    assert fault.code == code
    assert_honest(box)


def test_a_fork_bomb_leaves_nothing_running(box):
    if box.level != "L3":
        pytest.skip("only L3 limits the number of processes")
    _, fault = attack(box, "def f():\n  while True:\n    try: os.fork()\n    except OSError: pass")
    assert fault.code == "timeout"
    assert_honest(box)


def test_a_bomb_of_many_processes_is_stopped(box):
    _, fault = attack(box, "def f():\n  for _ in range(6):\n    if os.fork() == 0:\n"
                           "      x = torch.ones(80 * 2**20)\n      time.sleep(9)\n  time.sleep(9)")
    assert fault.code == "memory"
    assert_honest(box)


@pytest.mark.parametrize("daemon", ["time.sleep(60)", "exec('while True: pass')"])
def test_a_daemon_does_not_outlive_its_worker(box, daemon):
    worker = box.worker(1)
    worker.run(IMPORTS, "imports")
    worker.run(f"def f():\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            {daemon}\n"
               "        os._exit(0)\n    os.wait()\n    return 1", "daemon")
    assert worker.student.f() == 1
    pids = tree(worker._process.pid)
    assert len(pids) == 3  # init, student, daemon
    worker.close()
    for pid in pids:
        status = Path(f"/proc/{pid}/stat")
        assert not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"
    assert_honest(box)


def test_much_output_is_cut_and_holds_nothing_up(box):
    worker = box.worker(1)
    worker.run("import sys\nprint('é' * 10_000_000)\nprint('x', file=sys.stderr)\ndef f(): return 1", "flood")
    assert worker.student.f() == 1
    output = worker.output()
    worker.close()
    assert len(output.stdout.encode()) <= (64 << 10) + 2
    assert output.discarded == 20_000_001 - (64 << 10)
    assert output.stderr == "x\n"


def test_a_thread_that_prints_between_calls_does_not_hurt(box):
    worker = box.worker(1)
    worker.run(IMPORTS + "\ndef talk():\n    while True: print('x' * 1000, flush=True)\n"
               "threading.Thread(target=talk, daemon=True).start()\ndef f(): return 1", "talk")
    assert worker.student.f() == 1
    worker.close()
    assert_honest(box)


def test_a_dead_worker_repeats_its_fault_at_once(box):
    worker = box.worker(1)
    with pytest.raises(StudentFault) as first:
        worker.run("import os\nos._exit(0)", "exit")
    started = time.monotonic()
    with pytest.raises(StudentFault) as second:
        worker.student.anything()
    assert second.value is first.value is worker.dead
    assert time.monotonic() - started < 0.1
    worker.close()
    worker.close()


def test_a_monkeypatched_worker_only_deceives_itself(box):
    value, _ = attack(box, "torch.equal = torch.allclose = lambda *a, **k: True\n"
                           "import builtins\nbuiltins.abs = lambda x: 0\ndef f():\n    return torch.tensor([1.0, 2.0])")
    assert isinstance(value, torch.Tensor)
    assert not torch.allclose(value, torch.zeros(2))
    assert_honest(box)


@pytest.mark.parametrize("source", [
    "import warnings\ndef f():\n    warnings.warn('careful')\n    print('hm', file=sys.stderr)\n    return 2",
    "def f():\n    t = threading.Thread(target=lambda: None)\n    t.start()\n    t.join()\n    return 2",
    "def f():\n    open('notes.txt', 'w').write('x')\n    return len(open('notes.txt').read()) + 1",
    "import tempfile\ndef f():\n    with tempfile.TemporaryFile() as file:\n        return file.write(b'ab')",
    "from autograder import check\ncheck('1.a')\ndef f():\n    return 2",
    "def f():\n    x = torch.ones(300, 300, requires_grad=True)\n    (x @ x).sum().backward()\n    return int(x.grad.ndim)",
    "def f():\n    return int(np.linalg.matrix_rank(np.eye(2)) + np.random.default_rng(1).integers(1))",
    "def f():\n    return int(torch.linalg.pinv(torch.eye(2, dtype=torch.float64)).sum())",
    "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 2\ndef f():\n    return P().x",
    "def f():\n    torch.save({'a': torch.ones(2)}, 'net.pt')\n    return int(torch.load('net.pt')['a'].sum())",
], ids=range(10))
def test_what_honest_code_does_is_not_blocked(box, source):
    assert attack(box, source) == (2, None)


def test_seeds_make_workers_repeat_and_sets_keep_their_order(box):
    def draw():
        worker = box.worker(5)
        worker.run(IMPORTS + "\nimport random\ndef f(): return random.random(), float(np.random.rand()), "
                   "float(torch.rand(1)), list({'a', 'b', 'c', 'd'})", "draw")
        value = worker.student.f()
        worker.close()
        return value

    assert draw() == draw()


def test_folders_given_come_before_installed_packages(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "msgspec.py").write_text("here = 3")
    with Box(python_path=(tmp_path,), limits=LIMITS, trust=True) as box:
        worker = box.worker()
        assert worker.run("import msgspec\ndef f(): return msgspec.here, __import__('sys').path", "import") == []
        value, path = worker.student.f()
        worker.close()
    assert value == 3
    assert box.level != "L3" or str(tmp_path) not in path


def test_a_box_survives_the_end_of_its_zygote():
    with Box(limits=LIMITS, trust=True) as box:
        box._zygote.kill()
        box._zygote.wait()
        worker = box.worker()
        assert worker.run("x = 1", "cell") == []
        worker.close()


def test_a_package_that_is_not_there_stops_the_box():
    with pytest.raises(IsolationError, match="no_such_package"), Box(preload=("no_such_package",), trust=True):
        pass


def test_unprotected_execution_needs_consent():
    with pytest.raises(IsolationError, match="--trust-submissions"):
        Box("L1")
    with pytest.raises(IsolationError, match="no isolation level"):
        Box("L9")


def test_the_weakest_level_works_where_it_is_asked_for():
    with Box("L1", preload=["numpy", "torch"], limits=LIMITS, trust=True) as box:
        assert box.level == "L1"
        value, fault = attack(box, "def f(): return os.getcwd()")
        assert fault is None
        assert not Path(value).exists()
        assert attack(box, "def f():\n    while True: pass")[1].code == "timeout"
        worker = box.worker()
        with pytest.raises(StudentFault, match="ended the process"):
            worker.run("import os, time\nif os.fork() == 0:\n    os.setsid()\n    open('alive', 'w').write(str(os.getpid()))\n"
                       "    time.sleep(60)\ntime.sleep(0.3)\nos._exit(0)", "daemon")
        (alive,) = Path(box._folder).glob("work-*/alive")
        daemon = Path(f"/proc/{alive.read_text()}/stat")
        assert not daemon.exists() or daemon.read_text().rpartition(")")[2].split()[0] == "Z"
        worker.close()
