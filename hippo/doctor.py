"""What this machine offers to experiments, line by line, with the cure of each failing line."""

from __future__ import annotations

import platform
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from hippo import datasets

__all__ = ["Finding", "data_findings", "examine"]


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and what to do if that is not enough."""

    name: str
    good: bool
    found: str
    cure: str = ""


def examine(folder: Path) -> list[Finding]:
    """Look at versions, device, data and the right to write into `folder`."""
    return [*_versions(), _device(), *data_findings(), _writable(folder)]


def data_findings() -> list[Finding]:
    """Look for each data set and read it; nothing is downloaded."""
    return [_mnist(), _digits()]


def _versions() -> list[Finding]:
    python = Finding("python", sys.version_info >= (3, 11), platform.python_version(), "install Python 3.11 or newer")
    findings = [python]
    for name in ("torch", "numpy", "matplotlib"):
        try:
            findings.append(Finding(name, True, version(name)))
        except PackageNotFoundError:
            findings.append(Finding(name, False, "not installed", f"pip install {name}"))
    return findings


def _device() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding("device", True, f"cuda ({torch.cuda.get_device_name()}), cpu")
    return Finding("device", True, f"cpu, {torch.get_num_threads()} threads")


def _mnist() -> Finding:
    try:
        path = datasets.where_mnist()
        if path is not None:
            datasets.load_mnist(allow_download=False)
            return Finding("MNIST", True, str(path))
    except datasets.DataError as error:
        return Finding("MNIST", False, "not usable", str(error))
    if find_spec("keras"):
        return Finding("MNIST", True, "not here; downloaded at first use, else the bundled digits stand in")
    return Finding(
        "MNIST", True, "not here, the bundled digits stand in; set HIPPO_DATA to a folder that holds mnist.npz"
    )


def _digits() -> Finding:
    try:
        return Finding("UCI digits", True, f"{datasets.load_digits().source} (bundled)")
    except datasets.DataError as error:
        return Finding("UCI digits", False, "not usable", str(error))


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("write here", True, str(folder))
    except OSError as error:
        cure = f"change to a folder where you may write, or make {folder} writable"
        return Finding("write here", False, f"{folder}: {error.strerror}", cure)
