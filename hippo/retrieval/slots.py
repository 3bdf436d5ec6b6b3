"""An encoder that knows the truth of generated scenes: one slot per object, as an ideal MONet would give."""

from __future__ import annotations

import torch
from torch import Tensor

from hippo.retrieval.corruptions import Corruption
from hippo.scenes import HEIGHT, SHAPES, SHIFT, VIEW, Scenes

__all__ = ["SLOT", "encode_slots", "spoil_slots", "unit_variance"]

#: What stands in each of the ten places of a slot.
SLOT = ("x", "y", "size", *SHAPES, "red", "green", "blue", "metal")


def encode_slots(scenes: Scenes) -> Tensor:
    """Return the codes of scenes, (n, 30): three slots of ten numbers, from far to near.

    The scale is MONet's: colours from −1 to 1 as its pictures are; lengths in units of the grid from −1 to 1
    on which it draws, position within the left crop, size as half the width; shape as one of three and
    material 0 or 1.

    Notes
    -----
    A mixture with one variance weighs places by their scale, so its share of rotated colours is one of the
    scale as much as of the memory: 32 % here, 79 % with colours from 0 to 1, 88 % with `unit_variance`
    (1,000 scenes, blocks of 100). A learnt precision has 97 to 100 % on each of them.

    >>> from hippo.scenes import draw_scenes
    >>> encode_slots(draw_scenes(4, torch.Generator().manual_seed(0))).shape
    torch.Size([4, 30])
    """
    kind = torch.nn.functional.one_hot(scenes.shape, len(SHAPES)).to(scenes.x)  # (n, 3, 3)
    parts = [
        (2 * scenes.x / VIEW - 1)[..., None],
        (2 * scenes.y / HEIGHT - 1)[..., None],
        (2 * scenes.radius / VIEW)[..., None],
        kind,
        2 * scenes.rgb - 1,
        scenes.material.to(scenes.x)[..., None],
    ]
    return torch.cat(parts, dim=-1).flatten(1)


def unit_variance(scenes: Scenes) -> Tensor:
    """Return the standard deviation of every place of a slot over scenes and slots, once per slot, (30,).

    Codes divided by it have no place that counts more than another: a scale that no one chose.

    >>> from hippo.scenes import draw_scenes
    >>> scenes = draw_scenes(50, torch.Generator().manual_seed(0))
    >>> (encode_slots(scenes) / unit_variance(scenes)).reshape(150, 10).std(0).round(decimals=3).unique()
    tensor([1.])
    """
    return encode_slots(scenes).reshape(-1, len(SLOT)).std(0).repeat(scenes.x.shape[1])


def spoil_slots(codes: Tensor, corruption: Corruption) -> Tensor:
    """Return what the encoder would see of corrupted scenes, (n, 30).

    Colours rotate in the slots, a shift moves all positions; other corruptions act on pixels, of which
    this encoder knows nothing.
    """
    slots = codes.reshape(*codes.shape[:-1], -1, len(SLOT)).clone()
    match corruption.name:
        case "clean":
            pass
        case "colour":
            slots[..., 6:9] = slots[..., 6:9].roll(-1, dims=-1)
        case "shift":
            slots[..., 0] -= 2 * SHIFT / VIEW
        case _:
            raise ValueError(f"corruption: expected clean, colour or shift for slots of the truth, got {corruption}")
    return slots.flatten(1)
