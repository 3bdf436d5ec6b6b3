"""CIFAR-10, from a file of the user's or downloaded once.

A. Krizhevsky (2009), Learning multiple layers of features from tiny images.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from hippo import download
from hippo.datafiles import DataError, DownloadError, find, read_arrays

__all__ = ["FILES", "ColourImages", "as_pixels", "load_cifar", "where_cifar"]

#: The first that is there is read: the whole set as keras has it, or a part of it.
FILES = ("cifar10.npz", "cifar10_20k.npz")
ARRAYS = ("x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True)
class ColourImages:
    """Colour images with labels, in a training and a test set."""

    name: str
    #: The file that was read.
    source: Path
    #: (n, 3, 32, 32) uint8.
    x_train: Tensor
    #: (n,) int64.
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor


def load_cifar(*, allow_download: bool = True) -> ColourImages:
    """Load CIFAR-10.

    Parameters
    ----------
    allow_download
        False keeps off the network.

    Raises
    ------
    DownloadError
        If it is neither here nor to be had.
    DataError
        If a file is broken.
    """
    found = where_cifar()
    if found is not None:
        return _read(found)
    cure = f"set HIPPO_DATA to a folder that holds {FILES[0]}"
    if not allow_download:
        raise DownloadError(f"CIFAR-10 was not found: {cure}.")
    try:
        return _read(download.fetch_cifar(FILES[0]))
    except ImportError as error:
        raise DownloadError(f"CIFAR-10 was not found and keras is not installed to download it: {cure}.") from error
    except DataError:
        raise
    except Exception as error:  # keras raises bare Exception for a failed download
        raise DownloadError(f"CIFAR-10 was not found and could not be downloaded: try again online, or {cure}.") from (
            error
        )


def where_cifar() -> Path | None:
    """Return the CIFAR-10 file that would be read, or None if it had to be downloaded."""
    return next((path for path in map(find, FILES) if path is not None), None)


def as_pixels(images: Tensor) -> Tensor:
    """Turn uint8 images into float32 from 0 to 1, shape kept.

    >>> as_pixels(torch.tensor([[0, 255]], dtype=torch.uint8))
    tensor([[0., 1.]])
    """
    if images.dtype != torch.uint8:
        raise ValueError(f"images: expected uint8, got {images.dtype}")
    return images.float() / 255


@lru_cache(maxsize=1)
def _read(path: Path) -> ColourImages:
    cure = "replace it by one with images (n, 32, 32, 3) as uint8 and labels (n,)"
    arrays = read_arrays(path, ARRAYS, cure)
    for x, y in (("x_train", "y_train"), ("x_test", "y_test")):
        images, labels = arrays[x], arrays[y].reshape(-1)
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1:] != (32, 32, 3):
            raise DataError(f"{path} holds {x} as {images.dtype} {images.shape}: {cure}.")
        if len(images) != len(labels):
            raise DataError(f"{path} holds {len(images)} images and {len(labels)} labels: {cure}.")
    x_train, x_test = (
        torch.from_numpy(arrays[name]).permute(0, 3, 1, 2).contiguous() for name in ("x_train", "x_test")
    )
    y_train, y_test = (torch.from_numpy(arrays[name].reshape(-1).astype(np.int64)) for name in ("y_train", "y_test"))
    return ColourImages("CIFAR-10", path, x_train, y_train, x_test, y_test)
