import base64
import io
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autograder.images import MAX_ENCODED_BYTES, MAX_SIDE, Pixels, reencode_image


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def decoded(data):
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_pixels_come_through_and_nothing_else():
    image = Image.new("RGB", (3, 2), (10, 20, 30))
    note = PngInfo()
    note.add_text("Comment", "<script>alert(1)</script>")
    raw = base64.b64decode(encoded(image, pnginfo=note, icc_profile=b"profile")) + b"<script>alert(2)</script>"
    result = reencode_image(base64.b64encode(raw).decode())
    assert b"script" not in base64.b64decode(result)
    with decoded(result) as fresh:
        assert fresh.tobytes() == image.tobytes()
        assert set(fresh.info) == set()


@pytest.mark.parametrize("mode", ["P", "L", "RGBA", "1", "I;16"])
def test_every_kind_of_png_is_read(mode):
    assert reencode_image(encoded(Image.new(mode, (2, 3))))


def test_jpeg_becomes_png_and_large_images_are_made_smaller():
    with decoded(reencode_image(encoded(Image.new("RGB", (3000, 10)), "JPEG"))) as fresh:
        assert fresh.format == "PNG"
        assert fresh.width == MAX_SIDE


def header_of(width, height):
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    rows = zlib.compress(b"\0" * 10_000)
    return base64.b64encode(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + b"\x08\x02\0\0\0") + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    ).decode()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "!!!",
        "AAAA",
        "é",
        base64.b64encode(b"<svg onload=alert(1)>").decode(),
        header_of(50_000, 50_000),
        header_of(9000, 9000),
        header_of(500, 500),
        "A" * (MAX_ENCODED_BYTES + 4),
        encoded(Image.new("RGB", (2, 2)), "GIF"),
        encoded(Image.new("RGB", (9, 9)))[:60],
    ],
)
def test_what_is_no_small_image_is_none(data):
    assert reencode_image(data) is None


def test_all_images_of_a_notebook_together_have_a_limit_too():
    """A file of kilobytes holds millions of pixels, and a notebook holds many files."""
    image, left = encoded(Image.new("RGB", (100, 100))), Pixels(25_000)
    assert [reencode_image(image, left) is not None for _ in range(4)] == [True, True, False, False]
    assert reencode_image(encoded(Image.new("RGB", (50, 100))), left) is not None
    assert left.left == 0
