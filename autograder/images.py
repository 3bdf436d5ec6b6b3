"""Re-encode images from students, so that only pixels come through."""

from __future__ import annotations

import base64
import io
import warnings

MAX_ENCODED_BYTES = 12 * 2**20
MAX_PIXELS = 16_000_000
#: Of all images of a notebook together: about five seconds of work.
MAX_PIXELS_TOGETHER = 100_000_000
#: Larger images are made smaller: a page shows no more.
MAX_SIDE = 1600
MAX_RESULT_BYTES = 4 * 2**20


class Pixels:
    """How many pixels one notebook may still have decoded: a file of kilobytes can hold millions of them."""

    def __init__(self, left: int = MAX_PIXELS_TOGETHER) -> None:
        self.left = left

    def take(self, count: int) -> bool:
        """Whether so many are left; they are used up then."""
        enough = count <= self.left
        self.left -= count if enough else 0
        return enough


def reencode_image(data: str, pixels_left: Pixels | None = None) -> str | None:
    """The PNG or JPEG image in base64 `data` as a fresh PNG in base64, or None if it is not one.

    Metadata, colour profiles, animation and anything behind the image are lost on purpose; an image
    of more than 16 million pixels or more than `pixels_left` is refused, one longer than 1600 pixels on a
    side is made smaller.
    """
    from PIL import Image

    if len(data) > MAX_ENCODED_BYTES:
        return None
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG")) as image:
                if image.width * image.height > MAX_PIXELS or min(image.size) < 1:
                    return None
                if pixels_left is not None and not pixels_left.take(image.width * image.height):
                    return None
                image.load()
                pixels = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except Exception:
        # on bytes that are no image Pillow's decoders raise anything: OSError, struct.error, AssertionError, Warning
        return None
    pixels.thumbnail((MAX_SIDE, MAX_SIDE))
    fresh = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())
    buffer = io.BytesIO()
    fresh.save(buffer, format="PNG", compress_level=1)
    result = base64.b64encode(buffer.getvalue())
    return result.decode("ascii") if len(result) <= MAX_RESULT_BYTES else None
