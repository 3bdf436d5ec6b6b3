"""Pictures of three solids on a floor, in the manner of CLEVR, drawn with their truth and without downloads.

Johnson et al. (2017, arXiv 1612.06890) render CLEVR with Blender; here shapes, colours and materials are
theirs, perspective and light are simple enough to draw thousands of scenes in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_count
from hippo.draws import normal, uniform

__all__ = ["MATERIALS", "PALETTE", "SHAPES", "Scenes", "crop", "draw_scenes", "render"]

SHAPES = ("sphere", "cube", "cylinder")
MATERIALS = ("rubber", "metal")
#: CLEVR's colours: gray, red, blue, green, brown, purple, cyan, yellow.
PALETTE = (
    (87, 87, 87), (173, 35, 35), (42, 75, 215), (29, 105, 20),
    (129, 74, 25), (129, 38, 192), (41, 208, 208), (255, 238, 51),
)  # fmt: skip
HEIGHT, WIDTH, VIEW = 64, 76, 64
#: The right crop lies so many pixels to the right of the left one.
SHIFT = WIDTH - VIEW
N_OBJECTS = 3
#: Radii in pixels at the front; the farthest objects have 0.6 of them.
RADII = (5.5, 9.0)
#: Where on the floor: the row of the lowest point at the front and at the back.
FRONT, BACK = 59.0, 34.0


@dataclass(frozen=True)
class Scenes:
    """What is in each picture; objects are sorted from far to near."""

    #: Centre of each object in pixels of the wide picture, (n, 3).
    x: Tensor
    y: Tensor
    #: Half its width in pixels, (n, 3).
    radius: Tensor
    #: Indices into `SHAPES`, `PALETTE`, `MATERIALS`, (n, 3).
    shape: Tensor
    colour: Tensor
    material: Tensor

    def __len__(self) -> int:
        """Count the scenes."""
        return len(self.x)

    @property
    def rgb(self) -> Tensor:
        """Colour of each object from 0 to 1, (n, 3, 3)."""
        return torch.tensor(PALETTE, device=self.x.device)[self.colour] / 255

    def rows(self, rows: slice) -> Scenes:
        """Return some of the scenes."""
        return Scenes(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def draw_scenes(n: int, generator: torch.Generator) -> Scenes:
    """Draw what is in n scenes: three objects that stand apart and inside both crops.

    >>> scenes = draw_scenes(5, torch.Generator().manual_seed(0))
    >>> scenes.x.shape, bool((scenes.y[:, 1:] + scenes.radius[:, 1:] >= scenes.y[:, :-1]).all())
    (torch.Size([5, 3]), True)
    """
    check_count("n", n)
    cpu = torch.device("cpu")
    x, depth, radius = torch.zeros(n, N_OBJECTS), torch.zeros(n, N_OBJECTS), torch.zeros(n, N_OBJECTS)
    todo = torch.arange(n)
    while len(todo):
        u, v = uniform((len(todo), N_OBJECTS), generator, cpu), uniform((len(todo), N_OBJECTS), generator, cpu)
        large = uniform((len(todo), N_OBJECTS), generator, cpu) < 0.5
        r = torch.where(large, RADII[1], RADII[0]) * (1 - 0.4 * v)
        left, right = SHIFT + r, VIEW - r
        across = left + u * (right - left)
        # On the floor, seen from above: depth counts three times its rows, as the floor recedes.
        dx, dy = (a[:, :, None] - a[:, None, :] for a in (across, 3 * (FRONT - BACK) * v / 2))
        apart = (dx.square() + dy.square()).sqrt() - (r[:, :, None] + r[:, None, :])
        fine = (apart + 1e3 * torch.eye(N_OBJECTS) > 1.0).all(-1).all(-1)
        x[todo[fine]], depth[todo[fine]], radius[todo[fine]] = across[fine], v[fine], r[fine]
        todo = todo[~fine]
    order = depth.argsort(dim=1, descending=True)
    x, depth, radius = (a.gather(1, order) for a in (x, depth, radius))
    base = FRONT + (BACK - FRONT) * depth
    kinds = [(uniform((n, N_OBJECTS), generator, cpu) * len(names)).long() for names in (SHAPES, PALETTE, MATERIALS)]
    return Scenes(x, base - radius, radius, *kinds)


def render(scenes: Scenes, generator: torch.Generator, noise_std: float = 0.01, batch: int = 100) -> Tensor:
    """Paint scenes from far to near, (n, 3, 64, 76), from 0 to 1.

    Parameters
    ----------
    scenes
        What to paint.
    generator
        Draws the noise of the pixels.
    noise_std
        Standard deviation of that noise.
    batch
        Scenes painted together.

    Notes
    -----
    Twice the size, then averaged: edges are smooth. About 4 ms a scene on one core.

    Example
    -------
    >>> g = torch.Generator().manual_seed(0)
    >>> render(draw_scenes(2, g), g).shape
    torch.Size([2, 3, 64, 76])
    """
    parts = [_paint(scenes.rows(slice(i, i + batch))) for i in range(0, len(scenes), batch)]
    images = torch.cat(parts)
    return (images + noise_std * normal(images.shape, generator, images.device)).clamp_(0, 1)


def crop(images: Tensor, *, shifted: bool = False) -> Tensor:
    """Return the left 64 columns of wide pictures, or the right ones: a shift by 12 pixels.

    >>> crop(torch.zeros(1, 3, 64, 76), shifted=True).shape
    torch.Size([1, 3, 64, 64])
    """
    if images.shape[-2:] != (HEIGHT, WIDTH):
        raise ValueError(f"images: expected {HEIGHT}×{WIDTH} pixels, got {tuple(images.shape)}")
    return images[..., SHIFT:] if shifted else images[..., :VIEW]


def _paint(scenes: Scenes) -> Tensor:
    rows = (torch.arange(2 * HEIGHT) + 0.5)[:, None] / 2
    columns = (torch.arange(2 * WIDTH) + 0.5)[None, :] / 2
    floor = 0.52 + 0.22 * (rows - 22) / (HEIGHT - 22)
    wall = 0.42 + 0.10 * rows / 22
    ground = torch.where(rows < 22, wall, floor).expand(2 * HEIGHT, 2 * WIDTH)
    canvas = ground.expand(len(scenes), 3, -1, -1).clone()
    for k in range(N_OBJECTS):
        x, y, r = (getattr(scenes, name)[:, k, None, None] for name in ("x", "y", "radius"))
        dx, dy = (columns - x) / r, (rows - y) / r  # (n, 2H, 2W), in radii
        shadow = ((dx - 0.45) / 1.25).square() + ((dy - 0.95) / 0.38).square() < 1
        canvas = torch.where(shadow[:, None], canvas * 0.72, canvas)
        covered, light = _solid(scenes.shape[:, k, None, None], dx, dy)
        metal = scenes.material[:, k, None, None, None] == 1
        body = scenes.rgb[:, k, :, None, None] * torch.where(metal, 0.35 + 0.75 * light[:, None], light[:, None])
        spot = torch.exp(-((dx + 0.35).square() + (dy + 0.45).square()) / 0.05)[:, None]
        body = body + torch.where(metal, 0.8, 0.12) * spot
        canvas = torch.where(covered[:, None], body, canvas)
    return torch.nn.functional.avg_pool2d(canvas, 2).clamp_(0, 1)


def _solid(shape: Tensor, dx: Tensor, dy: Tensor) -> tuple[Tensor, Tensor]:
    """Return which pixels a solid covers and how bright it is there, (n, 2H, 2W) each."""
    distance = dx.square() + dy.square()
    height = (1 - distance).clamp(min=0).sqrt()
    sphere = distance < 1, 0.45 + 0.55 * (-0.45 * dx - 0.55 * dy + 0.7 * height).clamp(0, 1)
    top = dy < -0.55 + 0.0 * dx
    slanted = (dy > -1.0) & ((dx - 0.35 * (-0.55 - dy)).abs() < 0.85)
    front = ~top & (dy < 1.0) & (dx.abs() < 0.85)
    cube = (top & slanted) | front, torch.where(top, 1.0, torch.where(dx > 0.45, 0.55, 0.78))
    lid = (dx / 0.8).square() + ((dy + 0.7) / 0.28).square() < 1
    wall = (dx.abs() < 0.8) & (dy > -0.7) & (dy < 0.72 + 0.28 * (1 - (dx / 0.8).square()).clamp(min=0).sqrt())
    cylinder = lid | wall, torch.where(lid, 1.0, 0.5 + 0.4 * (1 - (dx + 0.3).square()).clamp(0, 1))
    covered = torch.where(shape == 0, sphere[0], torch.where(shape == 1, cube[0], cylinder[0]))
    light = torch.where(shape == 0, sphere[1], torch.where(shape == 1, cube[1], cylinder[1]))
    return covered, light
