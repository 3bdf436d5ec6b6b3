"""What this machine offers to experiments, line by line, with the cure of each failing line."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from hippo import cifar, datasets, omniglot, trajectories

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
    named, fetched = "set HIPPO_DATA to a folder that holds", "downloaded at first use"
    keras = find_spec("keras") is not None
    mnist = f"{fetched}, else the bundled digits" if keras else f"the bundled digits stand in: {named} mnist.npz"
    colour = fetched if keras else f"{named} {cifar.FILES[0]}"
    return [
        _file("MNIST", datasets.where_mnist, partial(datasets.load_mnist, allow_download=False), mnist),
        _digits(),
        _file("CIFAR-10", cifar.where_cifar, partial(cifar.load_cifar, allow_download=False), colour),
        _file("Omniglot", omniglot.where_omniglot, omniglot.load_characters,
              f"generated glyphs stand in: {named} omniglot28.npz"),
        _file("trajectories", trajectories.where_trajectories, trajectories.load_trajectories,
              f"drawn letters stand in: {named} {trajectories.FILE}"),
    ]  # fmt: skip


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


def _file(name: str, where: Callable[[], Path | None], load: Callable[[], object], otherwise: str) -> Finding:
    try:
        path = where()
        if path is None:
            return Finding(name, True, f"not here; {otherwise}")
        load()
        return Finding(name, True, str(path))
    except datasets.DataError as error:
        return Finding(name, False, "not usable", str(error))


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
