"""Data sets of handwritten digits, looked for where they may be and checked before use.

MNIST is taken from `$HIPPO_DATA`, else from keras's cache, else downloaded; only if the caller
allows it, the small set that comes with the package stands in for it.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from hippo import download
from hippo.datafiles import DataError, DownloadError, bundled, check_file, find, read_arrays

__all__ = ["DataError", "DownloadError", "Images", "flatten", "load_digits", "load_mnist", "only", "where_mnist"]

#: sha256 of mnist.npz as keras publishes it (keras.datasets.mnist).
MNIST_FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
#: sha256 of the bytes of x_train, y_train, x_test, y_test as uint8, one after the other: the same
#: images and labels in any file. Taken from arrays whose idx files have the published md5 sums
#: 6bbc9ace…, a25bea73…, 2646ac64…, 27ae3e4e….
MNIST_IMAGES_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
MNIST_SHAPES = {"x_train": (60000, 28, 28), "y_train": (60000,), "x_test": (10000, 28, 28), "y_test": (10000,)}
#: sha256 of data/digits.npz.
DIGITS_FILE_SHA256 = "b2dab7b501728c22e9119ad76740b2e17c77a231e42d1e592380d90886f1a05e"

_logger = logging.getLogger("hippo.datasets")


@dataclass(frozen=True)
class Images:
    """Grey images with labels, in a training and a test set."""

    #: "MNIST" or "UCI digits".
    name: str
    #: The file that was read.
    source: Path
    #: (n, 28, 28) uint8, 0 is paper and 255 is ink.
    x_train: Tensor
    #: (n,) int64, 0 … 9.
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor


def load_mnist(*, allow_bundled: bool = False, allow_download: bool = True) -> Images:
    """Load MNIST: 60,000 training and 10,000 test images.

    Parameters
    ----------
    allow_bundled
        Return the bundled UCI digits where MNIST is not to be had, and say so on stderr.
    allow_download
        False keeps off the network.

    Raises
    ------
    DataError
        If a file is broken, even where the bundled digits are allowed, or if none is found.
    """
    found = where_mnist()
    if found is not None:
        return _read_mnist(found)
    try:
        if not allow_download:
            raise DownloadError("MNIST was not found: set HIPPO_DATA to a folder that holds mnist.npz.")
        return _read_mnist(_downloaded())
    except DownloadError as error:
        if not allow_bundled:
            raise
        _logger.warning("%s The bundled UCI digits stand in for it.", error)
        return load_digits()


def where_mnist() -> Path | None:
    """Return the MNIST file that would be read, or None if it had to be downloaded.

    Raises
    ------
    DataError
        If `$HIPPO_DATA` is set to something else than a folder.
    """
    return find("mnist.npz")


def load_digits() -> Images:
    """Load the bundled UCI digits at 28×28: 1,498 training and 299 test images.

    The 8×8 images are enlarged by bilinear interpolation; every sixth image is a test image.

    Raises
    ------
    DataError
        If the file is broken or was not installed.

    Notes
    -----
    Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, https://doi.org/10.24432/C50P49, CC BY 4.0.
    """
    path = bundled("digits.npz")
    check_file(path, DIGITS_FILE_SHA256, "install the package again")
    arrays = read_arrays(path, ("images", "labels"), "install the package again")
    small = torch.from_numpy(arrays["images"]).float()[:, None]  # (n, 1, 8, 8), 0 … 16
    large = torch.nn.functional.interpolate(small, size=(28, 28), mode="bilinear")[:, 0]  # (n, 28, 28)
    x = (large * (255 / 16)).round().to(torch.uint8)
    y = torch.from_numpy(arrays["labels"]).long()
    test = torch.arange(len(x)) % 6 == 5
    return Images("UCI digits", path, x[~test], y[~test], x[test], y[test])


def only(images: Tensor, labels: Tensor, digits: tuple[int, ...]) -> Tensor:
    """Keep the images of some digits, in their order.

    >>> only(torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([0, 7, 1]), (0, 1))
    tensor([[1.],
            [3.]])
    """
    if len(images) != len(labels):
        raise ValueError(f"labels: expected {len(images)}, one per image, got {len(labels)}")
    return images[torch.isin(labels, torch.tensor(digits, device=labels.device))]


def flatten(images: Tensor) -> Tensor:
    """Turn uint8 images (n, height, width) into rows (n, height · width), float32 from 0 to 1.

    >>> flatten(torch.tensor([[[0, 255], [255, 0]]], dtype=torch.uint8))
    tensor([[0., 1., 1., 0.]])
    """
    if images.dtype != torch.uint8 or images.ndim < 2:
        raise ValueError(f"images: expected uint8 (n, ...), got {images.dtype} {tuple(images.shape)}")
    return images.flatten(1).float() / 255


def _downloaded() -> Path:
    """Download MNIST, or say in one sentence why not."""
    cure = "set HIPPO_DATA to a folder that holds mnist.npz"
    try:
        return download.fetch_mnist()
    except ImportError as error:
        raise DownloadError(f"MNIST was not found and keras is not installed to download it: {cure}.") from error
    except Exception as error:  # keras raises bare Exception for a failed download
        raise DownloadError(f"MNIST was not found and could not be downloaded: try again online, or {cure}.") from error


@lru_cache(maxsize=1)
def _read_mnist(path: Path) -> Images:
    cure = "replace it by the published mnist.npz"
    if path.parent == download.cache_folder():
        cure = "delete it, so that it is downloaded again"
        check_file(path, MNIST_FILE_SHA256, cure)
    arrays = read_arrays(path, tuple(MNIST_SHAPES), cure)
    digest = hashlib.sha256()
    for name, shape in MNIST_SHAPES.items():
        array = arrays[name]
        if array.shape != shape or not np.issubdtype(array.dtype, np.integer):
            raise DataError(f"{path} holds {name} as {array.dtype} {array.shape}, not uint8 {shape}: {cure}.")
        digest.update(np.ascontiguousarray(array, dtype=np.uint8).data)
    if digest.hexdigest() != MNIST_IMAGES_SHA256:
        raise DataError(f"{path} holds other images than MNIST (checksum {digest.hexdigest()[:8]}…): {cure}.")
    x_train, y_train, x_test, y_test = (torch.from_numpy(arrays[name]) for name in MNIST_SHAPES)
    return Images("MNIST", path, x_train, y_train.long(), x_test, y_test.long())
