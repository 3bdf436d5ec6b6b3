import logging

import numpy as np
import pytest
import torch

from hippo import omniglot
from hippo.datafiles import DataError
from hippo.glyphs import draw, generate


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    omniglot._read_omniglot.cache_clear()
    yield
    omniglot._read_omniglot.cache_clear()


def test_without_omniglot_it_says_so_and_generates_glyphs_if_allowed(nowhere, caplog):
    with pytest.raises(DataError, match=r"set HIPPO_DATA to a folder that holds omniglot28\.npz"):
        omniglot.load_characters()
    with caplog.at_level(logging.WARNING):
        found = omniglot.load_characters(allow_generated=True)
    assert found.name == "generated glyphs"
    assert "Generated glyphs stand in for it" in caplog.text


def test_a_file_with_other_images_is_refused_even_where_glyphs_are_allowed(nowhere, monkeypatch, tmp_path):
    arrays = dict.fromkeys(("alphabet", "char_in_alphabet", "drawer", "split"), np.zeros(2, np.uint8))
    names = np.array(["a"])
    np.savez(tmp_path / "omniglot28.npz", images28=np.zeros((2, 98), np.uint8), alphabet_names=names, **arrays)
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    with pytest.raises(DataError, match="holds other images than Omniglot"):
        omniglot.load_characters(allow_generated=True)
    with pytest.raises(DataError, match="is not a sound npz file with images26"):
        omniglot.load_characters(26, allow_generated=True)
    (tmp_path / "omniglot28.npz").write_bytes(b"no")
    with pytest.raises(DataError, match="is not a sound npz file"):
        omniglot.load_characters(allow_generated=True)


def test_only_two_sizes_are_there():
    with pytest.raises(ValueError, match="size: expected 26 or 28"):
        omniglot.load_characters(32)


@pytest.mark.data
@pytest.mark.parametrize("size", [26, 28])
def test_omniglot_is_whole_and_sorted_by_name(size):
    try:
        found = omniglot.load_characters(size)
    except DataError as missing:
        pytest.skip(str(missing))
    assert found.images.shape == (32_460, size, size)
    assert set(found.images.unique().tolist()) == {0, 1}
    assert found.n_characters == 1623
    assert torch.equal(found.character, torch.arange(1623).repeat_interleave(20))
    assert torch.equal(found.drawer, torch.arange(20).repeat(1623))
    assert found.split.bincount().tolist() == [19_280, 13_180]
    assert list(found.alphabet_names) == sorted(found.alphabet_names)
    assert len(found.alphabet_names) == 50
    assert bool((found.alphabet.diff() >= 0).all())
    first = found.alphabet == found.alphabet_names.index("Korean")
    assert int(first.sum()) == 40 * 20  # Lake et al.: Korean has 40 characters
    if size == 28:
        assert float(found.images.float().mean()) == pytest.approx(0.0805, abs=5e-5)


def test_the_same_glyphs_come_in_every_size():
    small, large = (generate(2, 3, 4, size=size, generator=torch.Generator().manual_seed(0)) for size in (26, 56))
    assert torch.equal(small.character, large.character)
    halved = torch.nn.functional.interpolate(large.images[:, None].float(), (26, 26), mode="area")[:, 0]
    for i in range(len(small.images)):
        both = torch.corrcoef(torch.stack([small.images[i].flatten().float(), halved[i].flatten()]))
        assert float(both[0, 1]) > 0.5


def test_glyphs_are_labelled_as_omniglot_is(generator):
    found = generate(5, 3, 4, generator=generator)
    assert found.images.dtype == torch.uint8
    assert set(found.images.unique().tolist()) == {0, 1}
    assert found.character.tolist() == [c for c in range(15) for _ in range(4)]
    assert found.drawer.tolist() == list(range(4)) * 15
    assert torch.equal(found.alphabet, found.character // 3)
    assert torch.equal(found.split, (found.alphabet >= 3).long())
    assert len(found.alphabet_names) == 5
    assert list(found.alphabet_names) == sorted(found.alphabet_names)


def test_drawings_of_one_glyph_differ_and_resemble_each_other_more_than_others(generator):
    images = generate(8, 5, 6, generator=generator).images.flatten(1).float()
    assert int(images.sum(dim=1).min()) > 10  # nothing is empty
    distances = torch.cdist(images, images)
    glyph = torch.arange(40).repeat_interleave(6)
    alike = (glyph[:, None] == glyph) & ~torch.eye(240, dtype=torch.bool)
    assert float(distances[alike].min()) > 0
    assert float(distances[alike].mean()) < 0.85 * float(distances[glyph[:, None] != glyph].mean())


def test_a_curve_passes_through_its_ends_and_leaves_no_gaps():
    strokes = torch.tensor([[[[0.1, 0.9], [0.5, -0.5], [0.9, 0.9]]]])
    image = draw(strokes, 28)[0]
    assert image[25, 2] == image[25, 25] == 1
    # The parabola's top is at y = 0.25 · 0.9 + 0.5 · (−0.5) + 0.25 · 0.9 = 0.2, at x = 0.5.
    assert image[5, 13] == 1
    assert not bool(image[:5].any())
    assert bool((image[:, 3:25].sum(dim=0) > 0).all())


def test_a_stroke_of_nan_is_not_drawn():
    assert int(draw(torch.full((1, 2, 3, 2), torch.nan)).sum()) == 0
