"""Which files a box shows, and the command lines that start its zygote."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from autograder.tempfolder import locked_folder

#: Scripts that run inside; they import nothing of the package.
INSIDE = ("protocol", "worker", "isolation_zygote", "isolation_confine", "isolation_landlock", "isolation_memory",
          "isolation_relay", "isolation_seccomp", "isolation_sweep")
STUB = '''"""Stands for the autograder inside the box: a notebook's import line works, and does nothing."""


def check(*args: object, **kwargs: object) -> None:
    """Checks are made outside."""
'''
#: Packages of the project: in the box only what `python_path` brings may be seen.
MASKED = ("hippo", "autograder")
#: An empty folder inside the box where each student process gets a space of its own.
SCRATCH = "/scratch"
STAGED = "/box"
PREFIX = "hippo-box-"
SYSTEM_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib",
                    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
                    "/usr/share/zoneinfo", "/sys/devices/system/cpu")
_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")


def stage() -> tuple[Path, int]:
    """A folder with the scripts that run inside the box and the autograder's stub; a lock that says it is in use."""
    folder, lock = locked_folder("box")
    source = Path(__file__).parent
    for name in INSIDE:
        shutil.copyfile(source / f"{name}.py", folder / f"{name}.py")
    (folder / "autograder").mkdir()
    (folder / "autograder" / "__init__.py").write_text(STUB, encoding="utf-8")
    fonts = _font_list()
    if fonts is not None:
        shutil.copyfile(fonts, folder / fonts.name)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder, lock


def _font_list() -> Path | None:
    """matplotlib's list of fonts, so that no box has to make it again."""
    cache = os.environ.get("MPLCONFIGDIR") or Path.home() / ".cache" / "matplotlib"
    found = sorted(Path(cache).glob("fontlist-*.json"))
    return found[-1] if found else None


def site_folders() -> list[str]:
    """Folders of installed packages; what `.pth` files add is left out, an editable install among it."""
    return [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages") and Path(path).is_dir()]


def standard_library() -> list[str]:
    """Folders of the standard library, as they stand on `sys.path`."""
    folders = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"),
               str(Path(sysconfig.get_path("platstdlib")) / "lib-dynload"),
               str(Path(sysconfig.get_path("stdlib")) / "lib-dynload")]
    return [path for path in dict.fromkeys(folders) if Path(path).is_dir()]


def interpreter() -> str:
    """The real executable behind a virtual environment's link."""
    return str(Path(getattr(sys, "_base_executable", "") or sys.executable).resolve())


def visible() -> list[str]:
    """Everything that the box shows of this machine under its own name, read-only."""
    base = Path(sys.base_prefix)
    own = [] if str(base) in ("/", "/usr", "/usr/local") else [str(base)]
    paths = [*SYSTEM_LIBRARIES, *own, interpreter(), *standard_library(), *site_folders()]
    return [path for path in dict.fromkeys(paths) if Path(path).exists()]


def masked() -> list[str]:
    """Installed copies of the project's packages: hidden."""
    return [str(Path(site) / name) for site in site_folders() for name in MASKED if (Path(site) / name).is_dir()]


def environment(scratch: str) -> dict[str, str]:
    """All that student code finds in its environment."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB")
    return {f"{name}_{'MAXIMUM' if name == 'VECLIB' else 'NUM'}_THREADS": "1" for name in threads} | {
        "PATH": "/usr/bin:/bin", "HOME": scratch, "TMPDIR": scratch, "USER": "student", "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg", "MPLCONFIGDIR": scratch, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
        "KMP_INIT_AT_FORK": "FALSE", "TORCHINDUCTOR_CACHE_DIR": scratch,
    }


def zygote_command(staged: str, control: int) -> list[str]:
    """Without site-packages' `.pth` files and without the current folder on the path."""
    return [interpreter(), "-S", "-s", "-P", f"{staged}/isolation_zygote.py", str(control)]


def bubblewrap_command(bwrap: str, python_path: Sequence[str], staged: Path, control: int, root: bool) -> list[str]:
    """The zygote inside namespaces of its own, where only `visible` exists and nothing can be written."""
    command = [bwrap, "--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try",
               "--die-with-parent", "--new-session", "--hostname", "box", "--clearenv", "--cap-drop", "ALL"]
    if root:
        command += [word for capability in _CAPABILITIES for word in ("--cap-add", capability)]
    else:
        command += ["--unshare-user"]
    for name, value in environment(SCRATCH).items():
        command += ["--setenv", name, value]
    shown = visible()
    parents = {str(parent) for path in [*shown, "/path/0"] for parent in Path(path).parents} - {"/"} - set(shown)
    for path in sorted(parents):  # bubblewrap would make them for root alone
        command += ["--perms", "0755", "--dir", path]
    for path in sorted(shown):
        # a link such as /lib -> usr/lib stays one
        if Path(path).is_symlink() and Path(path).is_dir() and Path(path).parent == Path("/"):
            command += ["--symlink", str(Path(path).readlink()), path]
        else:
            command += ["--ro-bind", path, path]
    for path, name in zip([str(staged), *python_path], [STAGED, *inner_paths(python_path)], strict=True):
        command += ["--ro-bind", path, name]
    for path in masked():
        command += ["--size", "4096", "--tmpfs", path, "--remount-ro", path]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", "4096", "--tmpfs", "/dev/shm", "--remount-ro", "/dev/shm",
                "--remount-ro", "/dev", "--size", str(64 << 20), "--tmpfs", SCRATCH, "--chdir", "/"]
    if not any(path.startswith("/tmp/") for path in shown):
        command += ["--symlink", SCRATCH, "/tmp"]
    return [*command, "--remount-ro", "/", "--", *zygote_command(STAGED, control)]


def inner_paths(python_path: Sequence[str]) -> list[str]:
    """Names inside the box of what goes before the installed packages."""
    return [f"/path/{number}" for number in range(len(python_path))]


def bubblewrap() -> str | None:
    """Where bubblewrap is, if it is."""
    return shutil.which("bwrap", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin")


def readable_by_all() -> bool:
    """Whether any user of this machine can read the interpreter and its packages."""
    for start in [interpreter(), *standard_library(), *site_folders()]:
        for path in [Path(start), *Path(start).parents]:
            if not path.stat().st_mode & (0o001 if path.is_dir() else 0o004):
                return False
    return True


def readable_outside(path: Sequence[str]) -> tuple[list[str], list[str]]:
    """(readable, listable) where there is no box around: the same files, without the project's own packages."""
    hidden, sites = set(masked()), set(site_folders())
    readable = [p for p in [*visible(), *path] if p not in sites]
    readable += [str(entry) for site in sites for entry in Path(site).iterdir() if str(entry) not in hidden]
    devices = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"]
    return readable + devices, sorted(sites)
