"""What is tried from where student code runs, to see whether isolation denies it."""

from __future__ import annotations

#: Runs as student code does; every function says what it managed to do, "" for nothing.
ATTEMPTS = '''
import ctypes, os, signal, socket, time

HOLD = 1  # second; where memory is counted and not reserved, it must be held for longer than a count takes

def write_to(paths):
    done = []
    for path in paths:
        try:
            open(path, "x").close()
            done.append(path)
            os.unlink(path)
        except OSError:
            pass
    return ", ".join(done)

def connect(port, name):
    done = []
    for family, address in ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, chr(0) + name)):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as s:
                s.settimeout(1)
                s.connect(address)
                done.append(str(family.name))
        except OSError:
            pass
    return ", ".join(done)

def read(path):
    try:
        return open(path).read()[:20]
    except OSError:
        return ""

def ancestors(pid):
    found = {1, pid}
    while pid > 1:
        pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
        found.add(pid)
    return found

def look_around(grader, among_ancestors):
    done = []
    try:
        ours = ancestors(os.getpid()) if among_ancestors else {1, os.getpid()}
        others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in ours]
        done += [f"{len(others)} other processes"] if others else []
    except OSError:
        pass
    try:
        if grader not in (1, os.getpid()):  # in a process space of its own these numbers mean others
            os.kill(grader, 0)
            done.append("a signal to the grader")
    except OSError:
        pass
    return ", ".join(done)

def fork(count):
    made = []
    try:
        for _ in range(count):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            made.append(child)
        return f"{len(made)} processes"
    except OSError:
        return ""
    finally:
        for child in made:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

def fill(mebibytes):
    try:
        for number in range(mebibytes // 8):
            with open(f"full{number}", "wb") as file:
                for _ in range(8):
                    file.write(bytes(1 << 20))
        return f"{mebibytes} MiB on disk"
    except OSError:
        return ""
    finally:
        [os.unlink(name) for name in os.listdir(".") if name.startswith("full")]

def litter(count):
    try:
        for number in range(count):
            open(f"file{number}", "w").close()
        return f"{count} files"
    except OSError:
        return ""

def allocate(mebibytes):
    held = bytearray(mebibytes << 20)
    held[::4096] = bytes([1]) * len(held[::4096])
    time.sleep(HOLD)
    return f"{mebibytes} MiB in one process"

def allocate_together(mebibytes, parts):
    read, write = os.pipe()
    for _ in range(parts):
        if os.fork() == 0:
            try:
                os.close(read)
                allocate(mebibytes // parts)
                os.write(write, bytes(1))
                time.sleep(60)
            finally:
                os._exit(0)
    os.close(write)
    done = 0
    while done < parts and os.read(read, 1):
        done += 1
    return f"{mebibytes} MiB in {parts} processes" if done == parts else ""

def ask_kernel():
    done = []
    for family in (socket.AF_INET, socket.AF_UNIX):
        try:
            socket.socket(family, socket.SOCK_DGRAM).close()
            done.append(f"a {family.name} socket")
        except OSError:
            pass
    libc = ctypes.CDLL(None, use_errno=True)
    for name, flags in (("user", 0x10000000), ("mount", 0x20000)):
        if os.fork() == 0:
            os._exit(libc.unshare(flags) & 1)
        if os.waitstatus_to_exitcode(os.wait()[1]) == 0:
            done.append(f"a {name} namespace")
    return ", ".join(done)
'''
