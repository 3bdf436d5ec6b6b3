"""Moving pictures: frames that are drawn one at a time, written as GIF."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

__all__ = ["Animation", "save_animation"]


@dataclass(frozen=True)
class Animation:
    """A moving picture that is not drawn yet."""

    #: Frame number → a new figure; figures of one size.
    draw: Callable[[int], Figure]
    n_frames: int
    #: What it shows, in words.
    alt: str
    #: How long each frame stays.
    seconds: float = 0.5


def save_animation(animation: Animation, path: Path) -> None:
    """Write a GIF that repeats for ever, with the alt text as its comment."""
    images = [_rendered(animation.draw(i)) for i in range(animation.n_frames)]
    # The last frame has drawn all there is; its palette, without dithering, keeps colours steady.
    palette = images[-1].quantize(128, dither=Image.Dither.NONE)
    frames = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=round(1000 * animation.seconds),
        loop=0,
        comment=animation.alt.encode(),
    )


def _rendered(figure: Figure) -> Image.Image:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=80, metadata={"Software": None})
    plt.close(figure)
    buffer.seek(0)
    with Image.open(buffer) as image:
        return image.convert("RGB")
