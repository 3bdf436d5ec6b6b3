"""Handwritten characters of many alphabets, each drawn by twenty people: Omniglot, or glyphs in its place.

Lake, Salakhutdinov & Tenenbaum (2015), Science 350:1332.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from hippo.datafiles import DataError, find, read_arrays

__all__ = ["Characters", "Size", "load_characters", "where_omniglot"]

#: Height and width in pixels.
Size = Literal[26, 28]

#: sha256 of the packed bits of images28 and images26, of all 32,460 drawings.
OMNIGLOT_SHA256 = {
    28: "2524d19fe25830984df29f1f92e654d1633ccb1335e04b43ae6c8ecb6518ce93",
    26: "47b91dc10d9c8e1e391bd8659f9a6c3e0427669055ac031440d27e8840bde69d",
}

_logger = logging.getLogger("hippo.omniglot")


@dataclass(frozen=True)
class Characters:
    """Binary drawings of characters; rows are drawings, sorted by character and drawer."""

    #: "Omniglot" or "generated glyphs".
    name: str
    #: The file that was read; None if the drawings were generated.
    source: Path | None
    #: (n, height, width) uint8, 1 is ink and 0 is paper.
    images: Tensor
    #: (n,) int64, 0 … C − 1, by name of the alphabet and then in the alphabet's own order.
    character: Tensor
    #: (n,) int64, 0 … A − 1, a row of `alphabet_names`.
    alphabet: Tensor
    #: (n,) int64, 0 … 19, the person who drew it.
    drawer: Tensor
    #: (n,) int64, 0 in the background set and 1 in the evaluation set, which share no alphabet.
    split: Tensor
    #: Sorted.
    alphabet_names: tuple[str, ...]

    @property
    def n_characters(self) -> int:
        """C."""
        return int(self.character[-1]) + 1


def load_characters(size: Size = 28, *, allow_generated: bool = False) -> Characters:
    """Load all of Omniglot: 1,623 characters of 50 alphabets, 20 drawings each.

    Parameters
    ----------
    size
        Height and width of the images.
    allow_generated
        Return generated glyphs where Omniglot is not to be had, and say so on stderr.

    Raises
    ------
    DataError
        If the file is broken, even where glyphs are allowed, or if none is found.

    Notes
    -----
    The 105×105 originals were resized to the nearest pixel, so images are exactly binary.
    """
    if size not in OMNIGLOT_SHA256:
        raise ValueError(f"size: expected 26 or 28, got {size!r}")
    path = where_omniglot()
    if path is not None:
        return _read_omniglot(path, size)
    missing = "Omniglot was not found: set HIPPO_DATA to a folder that holds omniglot28.npz."
    if not allow_generated:
        raise DataError(missing)
    _logger.warning("%s Generated glyphs stand in for it.", missing)
    return _glyphs(size)


def where_omniglot() -> Path | None:
    """Return the file that would be read, or None."""
    return find("omniglot28.npz")


@lru_cache(maxsize=2)
def _read_omniglot(path: Path, size: int) -> Characters:
    cure = "replace it by the published omniglot28.npz"
    names = (f"images{size}", "alphabet", "char_in_alphabet", "drawer", "split", "alphabet_names")
    packed, alphabet, in_alphabet, drawer, split, alphabet_names = read_arrays(path, names, cure).values()
    n = len(packed)
    if packed.shape != (n, -(-size * size // 8)) or any(len(a) != n for a in (alphabet, in_alphabet, drawer, split)):
        raise DataError(f"{path} holds {names[0]} as {packed.shape} with other labels: {cure}.")
    found = hashlib.sha256(np.ascontiguousarray(packed, dtype=np.uint8).data).hexdigest()
    if found != OMNIGLOT_SHA256[size]:
        raise DataError(f"{path} holds other images than Omniglot (checksum {found[:8]}…): {cure}.")
    # Sorted by name, so that a character's number does not depend on the order of a file system.
    by_name = np.argsort(alphabet_names)
    alphabet = np.argsort(by_name)[alphabet]
    order = np.lexsort((drawer, in_alphabet, alphabet))
    _, character = np.unique(np.stack([alphabet, in_alphabet])[:, order], axis=1, return_inverse=True)
    bits = np.unpackbits(packed[order], axis=1, count=size * size).reshape(n, size, size)
    return Characters(
        name="Omniglot",
        source=path,
        images=torch.from_numpy(bits),
        character=_labels(character.reshape(-1)),
        alphabet=_labels(alphabet[order]),
        drawer=_labels(drawer[order]) - 1,
        split=_labels(split[order]),
        alphabet_names=tuple(str(name) for name in alphabet_names[by_name]),
    )


def _labels(numbers: np.ndarray) -> Tensor:
    return torch.from_numpy(numbers.astype(np.int64))


@lru_cache(maxsize=2)
def _glyphs(size: int) -> Characters:
    from hippo.glyphs import generate  # draws `Characters`, so it imports this module

    return generate(30, 20, 20, size=size, generator=torch.Generator().manual_seed(0))
