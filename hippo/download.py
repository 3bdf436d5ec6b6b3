"""Downloads through keras, the only module that knows it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

__all__ = ["cache_folder", "fetch_mnist"]


def cache_folder() -> Path:
    """Return the folder in which keras keeps its data: `$KERAS_HOME/datasets`, else `~/.keras/datasets`."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


def fetch_mnist() -> Path:
    """Download the published MNIST file into the cache.

    Returns
    -------
    Path
        Of `mnist.npz`.

    Raises
    ------
    ImportError
        Without keras.
    Exception
        Whatever the connection raises; keras does not narrow it.
    """
    # keras picks its backend when it is imported, and fails on the default if that is not installed.
    os.environ["KERAS_BACKEND"] = "torch"
    from keras.datasets import mnist

    with contextlib.redirect_stdout(sys.stderr):  # stdout belongs to results, not to progress
        mnist.load_data()
    return cache_folder() / "mnist.npz"
