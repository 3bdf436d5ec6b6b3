"""Downloads through keras, the only module that knows it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

__all__ = ["cache_folder", "fetch_cifar", "fetch_mnist"]


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


def fetch_cifar(name: str) -> Path:
    """Download CIFAR-10 into the cache and keep it there as one npz file of that name.

    Returns
    -------
    Path
        Of the file with x_train, y_train, x_test, y_test as keras gives them.

    Raises
    ------
    ImportError
        Without keras.
    Exception
        Whatever the connection raises; keras does not narrow it.
    """
    os.environ["KERAS_BACKEND"] = "torch"
    import numpy as np
    from keras.datasets import cifar10

    with contextlib.redirect_stdout(sys.stderr):
        (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    path = cache_folder() / name
    partial = path.with_suffix(".part.npz")
    np.savez_compressed(partial, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    partial.replace(path)
    return path
