"""CLEVR by path: the filter, the crop and what is refused."""

import json

import numpy as np
import pytest
from PIL import Image

from hippo.clevr import load_clevr
from hippo.datafiles import DataError


@pytest.fixture
def folder(tmp_path):
    """Five scenes, of which four have three objects; the red channel of each picture holds its columns."""
    (tmp_path / "images" / "val").mkdir(parents=True)
    (tmp_path / "scenes").mkdir()
    scenes = []
    for i, n in enumerate((3, 4, 3, 3, 3)):
        pixels = np.zeros((320, 480, 3), dtype=np.uint8)
        pixels[:, :, 0] = (np.arange(480) // 2)[None]
        pixels[:, :, 1] = (np.arange(320) // 2)[:, None]
        pixels[:, :, 2] = 10 * i
        Image.fromarray(pixels).save(tmp_path / "images" / "val" / f"{i}.png")
        scenes.append({"image_filename": f"{i}.png", "objects": [{}] * n})
    (tmp_path / "scenes" / "CLEVR_val_scenes.json").write_text(json.dumps({"scenes": scenes}))
    return tmp_path


def test_scenes_with_three_objects_come_in_order_and_blocks_come_out_even(folder):
    assert load_clevr(folder, multiple_of=1)[:, 2, 0, 0].tolist() == [0, 20, 30, 40]
    assert len(load_clevr(folder, multiple_of=3)) == 3
    assert len(load_clevr(folder, multiple_of=1, limit=2)) == 2


def test_the_crop_is_the_published_one(folder):
    image = load_clevr(folder, multiple_of=1)[0]
    assert image.shape == (3, 64, 76)
    # 192 columns from 29 on become 76, 160 rows from 64 on become 64; the channels hold halved coordinates.
    columns = 29 + 192 * (np.arange(76) + 0.5) / 76 - 0.5
    rows = 64 + 160 * (np.arange(64) + 0.5) / 64 - 0.5
    assert np.abs(image[0, 30].numpy() - columns / 2).max() < 2
    assert np.abs(image[1, :, 30].numpy() - rows / 2).max() < 2


def test_what_is_missing_or_broken_is_said_in_one_sentence(folder, tmp_path):
    with pytest.raises(DataError, match="holds fewer than 100 scenes with 3 objects"):
        load_clevr(folder)
    with pytest.raises(DataError, match="cannot be read"):
        load_clevr(folder, "train")
    (folder / "images" / "val" / "2.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match="is missing or no picture"):
        load_clevr(folder, multiple_of=1)
    (folder / "scenes" / "CLEVR_val_scenes.json").write_text("[]")
    with pytest.raises(DataError, match="is not a scene list of CLEVR"):
        load_clevr(folder, multiple_of=1)
