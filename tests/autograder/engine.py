"""Stands for Podman where no engine is: understands its options and keeps them with bubblewrap, on this machine's files.

Run as a script it is the engine; `install` puts it on a PATH. An option that an engine would not know, or a limit that is
not asked for, ends it with a message, as a real one would.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "autograder-box"
SWITCHES = {"--interactive", "--rm", "--read-only", "--read-only-tmpfs=false"}
VALUES = {"--name", "--pull", "--log-driver", "--network", "--ipc", "--cap-drop", "--security-opt", "--user", "--hostname",
          "--pids-limit", "--memory", "--memory-swap", "--tmpfs", "--workdir", "--env", "--volume", "--entrypoint"}
DEMANDED = {"--pull": "never", "--network": "none", "--ipc": "none", "--cap-drop": "ALL", "--log-driver": "none",
            "--security-opt": "no-new-privileges"}


def install(folder: Path, name: str = "podman", image: str = IMAGE, sabotage: str = "") -> Path:
    """An engine called `name` in `folder`, which has `image`; returns the file that tells how it was called."""
    told = folder / "told.jsonl"
    script = folder / name
    script.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
                      f"from tests.autograder.engine import main\nmain(sys.argv[1:], {image!r}, {str(told)!r}, {sabotage!r})\n")
    script.chmod(0o755)
    return told


def parsed(arguments: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """(options, image and what it is started with)."""
    options: dict[str, list[str]] = {}
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in SWITCHES | VALUES:
            sys.exit(f"Error: unknown flag: {name}")
        options.setdefault(name, []).append(rest.pop(0) if name in VALUES else "")
    return options, rest


def main(arguments: list[str], image: str, told: str, sabotage: str) -> None:
    with Path(told).open("a") as file:
        file.write(json.dumps(arguments) + "\n")
    if arguments[:2] == ["image", "inspect"]:
        sys.exit(0 if arguments[2] == image else f"Error: {arguments[2]}: image not known")
    if arguments[0] == "kill":
        sys.exit(0)
    if arguments[0] != "run":
        sys.exit(f"Error: unknown command {arguments[0]}")
    options, (asked, *inner) = parsed(arguments[1:])
    if asked != image:
        sys.exit(f"Error: {asked}: image not known")
    for name, value in DEMANDED.items():
        if options.get(name) != [value]:
            sys.exit(f"Error: {name} must be {value}")
    if not {"--interactive", "--rm", "--read-only"} <= set(options) or options["--memory"] != options["--memory-swap"]:
        sys.exit("Error: a limit is missing")
    run(options, inner, sabotage)


def run(options: dict[str, list[str]], inner: list[str], sabotage: str) -> None:
    """Become the container."""
    from autograder import isolation_box as layout

    bwrap = str(layout.bubblewrap())
    command = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try", "--as-pid-1",
               "--die-with-parent", "--new-session", "--hostname", options["--hostname"][0], "--clearenv"]
    if sabotage != "network":
        command += ["--unshare-net"]
    if os.geteuid() == 0:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    else:
        command += ["--unshare-user"]
    for pair in options["--env"]:
        command += ["--setenv", *pair.split("=", 1)]
    # the image: this interpreter and its packages
    command += ["--setenv", "PYTHONPATH", ":".join(layout.site_folders())]
    shown = [*layout.visible(), "/usr/bin/setpriv"]
    parents = {str(parent) for path in [*shown, "/path/0"] for parent in Path(path).parents} - {"/"} - set(shown)
    for path in sorted(parents):
        command += ["--perms", "0755", "--dir", path]
    for path in sorted(shown):
        if Path(path).is_symlink() and Path(path).is_dir() and Path(path).parent == Path("/"):
            command += ["--symlink", str(Path(path).readlink()), path]
        else:
            command += ["--ro-bind", path, path]
    for volume in options["--volume"]:
        source, target, mode = volume.split(":")
        command += ["--ro-bind" if mode == "ro,z" else "--bind", source, target]
    target, _, mount = options["--tmpfs"][0].partition(":")
    command += ["--proc", "/proc", "--dev", "/dev"]
    if sabotage != "shm":
        command += ["--size", "4096", "--tmpfs", "/dev/shm", "--remount-ro", "/dev/shm"]
    else:
        command += ["--perms", "1777", "--tmpfs", "/dev/shm"]
    command += ["--remount-ro", "/dev", "--bind", _tmpfs(mount, sabotage), target, "--chdir", options["--workdir"][0],
                "--remount-ro", "/", "--"]
    if os.geteuid() == 0:
        uid = str(0x71000000 + os.getpid())
        command += ["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "--no-new-privs", "--bounding-set=-all",
                    "--inh-caps=-all"]
        if sabotage != "processes":
            most = int(options["--pids-limit"][0])
            resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    assert options["--entrypoint"] == ["python3"]
    os.execv(bwrap, [*command, layout.interpreter(), *inner])


def _tmpfs(options: str, sabotage: str) -> str:
    """A file system with the limits asked for, in a mount namespace of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    outer, group = os.getuid(), os.getgid()
    assert libc.unshare(0x20000 | (0 if outer == 0 else 0x10000000)) == 0, "unshare"
    if outer != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{outer} {outer} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    assert libc.mount(None, b"/", None, ctypes.c_ulong(0x4000 | 0x40000), None) == 0, "private"
    folder = tempfile.mkdtemp()
    data = [word for word in options.split(",") if "=" in word and not (sabotage and word.startswith(sabotage + "="))]
    assert libc.mount(b"tmpfs", folder.encode(), b"tmpfs", ctypes.c_ulong(2 | 4 | 8), ",".join(data).encode()) == 0, options
    return folder
