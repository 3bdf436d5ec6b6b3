"""The command line that starts a box inside a container of Podman or Docker (L2d), and the image it needs.

The engine is the outer box: no network, a read-only image, no capability, limits on processes and memory for the
container as a whole, and one scratch space of limited size. Inside runs `isolation_relay`, and below it the same zygote
as everywhere. A file descriptor cannot be handed into a container that lives in another machine's
kernel, as on macOS and Windows, so everything travels over the container's own stdin and stdout.

Every option here is one that both engines document. What only a running engine shows (whether a rootless one may
set the limits, whether a virtual machine's kernel has Landlock) is not assumed: the level is offered only
after a box was started and every quick promise was tried in it.
"""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder import isolation_box as layout
from autograder.isolation import IsolationError, Limits
from autograder.isolation_confine import INODES_PER_MIB

#: Tried in this order: Podman needs no service that runs as root.
ENGINES = ("podman", "docker")
#: Names another image than the default.
IMAGE_VARIABLE, DEFAULT_IMAGE = "AUTOGRADER_IMAGE", "autograder-box"
#: The user inside: an account that owns nothing.
NOBODY = "65534:65534"
#: What the relay and the zygote, with its imports, take besides the student's own: processes, MiB.
OWN_PROCESSES, OWN_MEMORY_MB = 6, 1024
ASK_SECONDS = 20.0
#: Packages that notebooks and the staged library use.
PACKAGES = ("matplotlib", "numpy", "pillow", "pooch", "safetensors", "torch", "tqdm")
CONTAINERFILE = """\
# The packages that student code finds, in the versions of this grader. Build it with
#     autograder doctor --containerfile | podman build -t {image} -
# or the same with docker; give --build-arg PIP_EXTRA_INDEX_URL=URL to take wheels from another index too.
FROM docker.io/library/python:{python}-slim
ARG PIP_EXTRA_INDEX_URL
RUN pip install --no-cache-dir {packages}
USER {user}
"""
_boxes = itertools.count()


def image() -> str:
    """The image that boxes are made of."""
    return os.environ.get(IMAGE_VARIABLE) or DEFAULT_IMAGE


def containerfile() -> str:
    """Text from which an engine builds the image."""
    pinned = [f"{name}=={_installed(name)}" for name in PACKAGES if _installed(name)]
    return CONTAINERFILE.format(image=image(), python=f"{sys.version_info.major}.{sys.version_info.minor}",
                                packages=" ".join(pinned), user=NOBODY)


def _installed(name: str) -> str:
    """Version without its local part (such as `+cpu`), which no index knows; empty where not installed."""
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return ""


def build_command(engine: str) -> str:
    """What makes the image."""
    return f"autograder doctor --containerfile | {Path(engine).name} build -t {image()} -"


def versions() -> dict[str, str]:
    """What the image must hold too, or a mark would depend on where it was given."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"python": python} | {name: _installed(name) for name in ("numpy", "torch") if _installed(name)}


def engines() -> list[str]:
    """Engines on PATH, the one to prefer first."""
    return [found for name in ENGINES if (found := shutil.which(name))]


def why_no_engine() -> str:
    """Why no box can be started in a container; empty where an engine has the image."""
    return _choose(image(), os.environ.get("PATH", ""))[1]


def engine() -> str:
    """The engine that has the image.

    Raises
    ------
    IsolationError
        Where none has.
    """
    found, why = _choose(image(), os.environ.get("PATH", ""))
    if why:
        raise IsolationError(f"no container can be started ({why}): see `autograder doctor`.")
    return found


@functools.cache
def _choose(wanted: str, path: str) -> tuple[str, str]:
    """(engine, "") or ("", why not): the first engine that has the image."""
    reasons = []
    for found in engines():
        name = Path(found).name
        try:
            asked = subprocess.run([found, "image", "inspect", wanted], stdin=subprocess.DEVNULL, capture_output=True,
                                   text=True, errors="replace", timeout=ASK_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            reasons.append(f"{name} does not answer")
            continue
        if asked.returncode == 0:
            return found, ""
        missing = any(words in asked.stderr.lower() for words in ("no such image", "image not known", "not found"))
        reasons.append(f"{name} has no image {wanted}: make it with `{build_command(found)}`" if missing else
                       f"{name} is installed, but its service does not run")
    return "", "; ".join(reasons) or "neither podman nor docker is installed"


def new_name() -> str:
    """A name by which the container can be ended even if its client is gone."""
    return f"{layout.PREFIX}{os.getpid()}-{next(_boxes)}"


def run_command(engine: str, name: str, staged: Path, python_path: Sequence[str], limits: Limits) -> list[str]:
    """The engine's command line: `isolation_relay` as the container's first process, stdin and stdout ours."""
    memory = f"{limits.memory_mb + OWN_MEMORY_MB}m"
    scratch = f"rw,nosuid,nodev,noexec,mode=1777,size={limits.disk_mb}m,nr_inodes={limits.disk_mb * INODES_PER_MIB}"
    command = [engine, "run", "--interactive", "--rm", "--name", name, "--pull", "never",
               # what the relay sends is no log: an engine would keep all of it on disk
               "--log-driver", "none",
               "--network", "none", "--ipc", "none", "--read-only", "--cap-drop", "ALL",
               "--security-opt", "no-new-privileges", "--user", NOBODY, "--hostname", "box",
               "--pids-limit", str(limits.processes + OWN_PROCESSES), "--memory", memory, "--memory-swap", memory,
               "--tmpfs", f"{layout.SCRATCH}:{scratch}", "--workdir", "/"]
    if Path(engine).name == "podman":
        command += ["--read-only-tmpfs=false"]  # it would make /tmp, /run and /var/tmp writable again
    for variable, value in (layout.environment(layout.SCRATCH) | {"PATH": "/usr/local/bin:/usr/bin:/bin"}).items():
        command += ["--env", f"{variable}={value}"]
    inner = [layout.STAGED, *layout.inner_paths(python_path)]
    for path, inside in zip([str(staged), *python_path], inner, strict=True):
        if ":" in path:
            raise IsolationError(f"{path} cannot be shown to a container: expected a path without a colon.")
        # z: a label by which the container may read it where SELinux is on; elsewhere it means nothing
        command += ["--volume", f"{path}:{inside}:ro,z"]
    return [*command, "--entrypoint", "python3", image(), "-s", "-P", f"{layout.STAGED}/isolation_relay.py"]


def end(engine: str, name: str) -> None:
    """End a container whose client is gone; one that has ended already is no fault."""
    try:
        subprocess.run([engine, "kill", name], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=ASK_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
