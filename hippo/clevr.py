"""CLEVR from a folder of the user's: pictures of exactly three solids, cropped and scaled as for retrieval.

Johnson et al. 2017 (arXiv 1612.06890); crop and filter of Annabi, Pitti, Quoy 2022 (arXiv 2210.08013).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from hippo.datafiles import DataError

__all__ = ["load_clevr"]

#: Left, top, right, bottom of the crop: 192 wide, 160 high.
BOX = (29, 64, 29 + 192, 64 + 160)
#: Width and height after the short side is scaled to 64.
SIZE = (76, 64)
N_OBJECTS = 3


def load_clevr(folder: Path, split: str = "val", *, multiple_of: int = 100, limit: int | None = None) -> Tensor:
    """Read the pictures with three objects, in the order of the scene list.

    Parameters
    ----------
    folder
        CLEVR_v1.0 as it comes out of its archive: images/<split>/*.png, scenes/CLEVR_<split>_scenes.json.
    split
        "train" or "val".
    multiple_of
        The last pictures are left out so that blocks of so many come out even.
    limit
        At most so many pictures.

    Returns
    -------
    Tensor
        (n, 3, 64, 76) uint8; `scenes.crop` makes the two views of it.

    Raises
    ------
    DataError
        If a file is missing or broken, or too few scenes have three objects.
    """
    listed = folder / "scenes" / f"CLEVR_{split}_scenes.json"
    try:
        scenes = json.loads(listed.read_text(encoding="utf-8"))["scenes"]
        names = [str(scene["image_filename"]) for scene in scenes if len(scene["objects"]) == N_OBJECTS]
    except OSError as error:
        raise DataError(f"{listed} cannot be read ({error.strerror}): give the folder CLEVR_v1.0.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{listed} is not a scene list of CLEVR: unpack the archive again.") from error
    names = names[:limit]
    names = names[: len(names) // multiple_of * multiple_of]
    if not names:
        raise DataError(
            f"{listed} holds fewer than {multiple_of} scenes with {N_OBJECTS} objects: give a larger split."
        )
    return torch.stack([_picture(folder / "images" / split / Path(name).name) for name in names])


def _picture(path: Path) -> Tensor:
    try:
        with Image.open(path) as image:
            small = image.convert("RGB").crop(BOX).resize(SIZE, Image.Resampling.BILINEAR)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DataError(f"{path} is missing or no picture: unpack the archive again.") from error
    return torch.from_numpy(np.array(small)).permute(2, 0, 1)
