"""Corruptions, measures of success, scenes and slots."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.retrieval import Corruption, bootstrap_interval, corrupt, measure
from hippo.retrieval.corruptions import CORRUPTIONS, known_pixels
from hippo.retrieval.slots import SLOT, encode_slots, spoil_slots, unit_variance
from hippo.retrieval.success import neighbour_distances
from hippo.scenes import PALETTE, SHIFT, crop, draw_scenes, render


def source(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_repeats_with_its_seed_and_leaves_the_images_alone(name):
    images = torch.rand(6, 3, 12, 12, generator=source())
    kept = images.clone()
    kind = Corruption(name, {"mask": 4, "shift": 2, "colour": 1}.get(name, 0.5))
    assert torch.equal(corrupt(images, kind, source(1)), corrupt(images, kind, source(1)))
    assert torch.equal(images, kept)
    assert (name == "clean") == torch.equal(corrupt(images, kind, source(1)), images)


def test_noise_is_a_standard_deviation_and_clamped():
    images = torch.full((20, 1, 40, 40), 0.5)
    free = corrupt(images, Corruption("noise, not clamped", 0.2), source()) - images
    # 32,000 draws: the deviation of the deviation is 0.2/√64,000 = 0.0008.
    assert float(free.std()) == pytest.approx(0.2, abs=0.004)
    clamped = corrupt(images, Corruption("noise", 0.9), source())
    assert float(clamped.min()) == 0
    assert float(clamped.max()) == 1


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 5, 8, 11]))
def test_a_mask_is_one_grey_square_that_misses_the_last_row(seed, side):
    images = torch.ones(4, 2, 12, 11)
    spoilt = corrupt(images, Corruption("mask", side), source(seed))
    width = 2 * (side // 2)
    for image in spoilt:
        rows, columns = (image[0] == 0.5).nonzero(as_tuple=True)
        assert len(rows) == width**2
        if width:
            assert int(rows.max() - rows.min()) == int(columns.max() - columns.min()) == width - 1
            assert int(rows.max()) < 11
        assert torch.equal(image[0], image[1])


def test_a_mask_of_the_whole_image_is_allowed_and_a_larger_one_refused():
    assert bool((corrupt(torch.ones(1, 1, 8, 8), Corruption("mask", 8), source()) == 0.5).all())
    with pytest.raises(ValueError, match="severity: expected a square of at most 8 pixels for images of 8×8, got 10"):
        corrupt(torch.ones(1, 1, 8, 8), Corruption("mask", 10), source())


def test_known_pixels_are_those_that_a_mask_left():
    images = torch.rand(5, 3, 10, 10, generator=source())
    for kind in (Corruption("mask", 4), Corruption("half mask", 0.5)):
        known = known_pixels(images, kind, source(3))
        spoilt = corrupt(images, kind, source(3))
        assert torch.equal((spoilt == images).all(1, keepdim=True), known)
    with pytest.raises(ValueError, match="expected a mask, as noise leaves no pixel alone"):
        known_pixels(images, Corruption("noise", 0.1), source())


def test_colours_rotate_and_come_back_after_three_times():
    images = torch.rand(2, 3, 4, 4, generator=source())
    red, green, blue = images.unbind(1)
    once = corrupt(images, Corruption("colour"), source())
    assert torch.equal(once, torch.stack([green, blue, red], 1))
    assert torch.equal(corrupt(images, Corruption("colour", 3), source()), images)
    with pytest.raises(ValueError, match="expected 3 channels to rotate colours, got 1"):
        corrupt(images[:, :1], Corruption("colour"), source())


def test_shift_contrast_and_drop_do_what_they_say():
    images = torch.rand(3, 3, 8, 8, generator=source())
    shifted = corrupt(images, Corruption("shift", 2), source())
    assert torch.equal(shifted[..., :6], images[..., 2:])
    assert torch.equal(shifted[..., 6:], images[..., -1:].expand(3, 3, 8, 2))
    flat = corrupt(images, Corruption("contrast", 0.25), source())
    assert torch.allclose(flat.std((1, 2, 3)), 0.25 * images.std((1, 2, 3)), atol=1e-6)
    assert torch.allclose(flat.mean((1, 2, 3)), images.mean((1, 2, 3)), atol=1e-6)
    dropped = corrupt(torch.ones(50, 3, 8, 8), Corruption("pixel drop", 0.75), source())
    # 3,200 pixels: standard error 0.008.
    assert float(dropped.mean()) == pytest.approx(0.25, abs=0.04)
    assert torch.equal(dropped[:, 0], dropped[:, 2])


def test_what_is_no_corruption_is_refused():
    with pytest.raises(ValueError, match="name: expected one of clean, noise"):
        Corruption("fog")
    with pytest.raises(ValueError, match=r"severity: expected a whole number for mask, got 2\.5"):
        Corruption("mask", 2.5)
    with pytest.raises(ValueError, match="severity: expected a number of at least 0"):
        Corruption("noise", -1)
    with pytest.raises(ValueError, match=r"images: expected shape \(n, channels, height, width\)"):
        corrupt(torch.ones(3, 3), Corruption("clean"), source())


def test_a_duplicate_pattern_is_within_but_only_the_first_is_identified():
    patterns = torch.tensor([[0.0, 0.0], [0.0, 0.0], [9.0, 9.0]])
    found = measure(patterns, patterns, threshold=1.0)
    assert found.within.tolist() == [True, True, True]
    assert found.identity.tolist() == [True, False, True]
    assert found.relative.tolist() == [False, False, True]


def test_a_neighbour_within_the_threshold_counts_as_success_but_not_as_identity():
    patterns = torch.tensor([[0.0], [1.0], [50.0]])
    found = measure(patterns, patterns[[1, 1, 2]], threshold=2.0)
    assert found.within.tolist() == [True, True, True]
    assert found.identity.tolist() == [False, True, True]
    assert found.distance.tolist() == [1.0, 0.0, 0.0]
    assert neighbour_distances(patterns).tolist() == [1.0, 1.0, 49.0]


def test_the_relative_threshold_implies_identity():
    patterns = torch.randn(30, 3, generator=source())
    found = measure(patterns, patterns + 0.5 * torch.randn(30, 3, generator=source(1)), threshold=1.0)
    assert bool((found.identity | ~found.relative).all())
    assert 0 < int(found.relative.sum()) < 30


def test_a_bootstrap_interval_covers_the_mean_about_as_often_as_it_says():
    g = source()
    hits = 0
    for _ in range(200):
        low, high = bootstrap_interval(torch.randn(20, generator=g), g, n_draws=300)
        hits += low <= 0 <= high
    # Percentile intervals of 20 blocks cover about 92 %; below 84 % of 200 happens by chance once in 10⁴.
    assert 0.84 * 200 <= hits < 200


def test_too_many_readouts_are_refused():
    with pytest.raises(ValueError, match="readouts: expected shape"):
        measure(torch.ones(2, 3), torch.ones(3, 3), 1.0)


def test_scenes_repeat_with_their_seed_and_objects_stand_apart():
    one, other = (draw_scenes(20, source(2)) for _ in range(2))
    assert torch.equal(one.x, other.x)
    assert torch.equal(render(one, source(3)), render(other, source(3)))
    assert set(one.shape.unique().tolist()) == {0, 1, 2}
    assert bool((one.x - one.radius >= SHIFT).all())
    assert bool((one.x + one.radius <= 64).all())
    assert bool(((one.y + one.radius).diff(dim=1) >= 0).all())


def test_the_two_crops_are_twelve_pixels_apart():
    images = render(draw_scenes(3, source()), source())
    assert images.shape == (3, 3, 64, 76)
    assert torch.equal(crop(images)[..., 12:], crop(images, shifted=True)[..., :52])
    assert 0 <= float(images.min()) < float(images.max()) <= 1


def test_a_picture_shows_each_object_where_and_as_the_truth_says():
    scenes = draw_scenes(30, source(5))
    images = render(scenes, source(), noise_std=0.0)
    near = scenes.rows(slice(None))
    n = torch.arange(30)
    # The nearest object is never covered; a little below its centre there is no highlight.
    x, y = near.x[:, 2], near.y[:, 2] + 0.3 * near.radius[:, 2]
    seen = images[n, :, y.long(), x.long()]
    rubber = near.material[:, 2] == 0
    direction = torch.nn.functional.cosine_similarity(seen, near.rgb[:, 2])
    assert float(direction[rubber].min()) > 0.97
    assert len(PALETTE) == 8


def test_slots_hold_the_truth_and_rotate_only_colours():
    codes = encode_slots(draw_scenes(20, source()))
    slots = codes.reshape(20, 3, len(SLOT))
    assert torch.equal(slots[..., 3:6].sum(-1), torch.ones(20, 3))
    assert float(codes.abs().max()) <= 1
    coloured = spoil_slots(codes, Corruption("colour")).reshape(20, 3, 10)
    assert torch.equal(coloured[..., [6, 7, 8]], slots[..., [7, 8, 6]])
    assert torch.equal(coloured[..., [0, 1, 2, 3, 4, 5, 9]], slots[..., [0, 1, 2, 3, 4, 5, 9]])
    shifted = spoil_slots(codes, Corruption("shift", 12)).reshape(20, 3, 10)
    assert torch.allclose(slots[..., 0] - shifted[..., 0], torch.full((20, 3), 2 * 12 / 64), atol=1e-6)
    with pytest.raises(ValueError, match="expected clean, colour or shift for slots of the truth"):
        spoil_slots(codes, Corruption("noise", 0.1))


def test_lengths_of_a_slot_have_the_unit_of_the_grid_and_categories_are_not_scaled():
    scenes = draw_scenes(20, source())
    slots = encode_slots(scenes).reshape(20, 3, len(SLOT))
    assert torch.allclose((slots[..., 0] + 1) / slots[..., 2], scenes.x / scenes.radius)
    assert torch.allclose((slots[..., 6:9] + 1) / 2, scenes.rgb)
    assert set(slots[..., [3, 4, 5, 9]].unique().tolist()) == {0.0, 1.0}


def test_a_common_spread_leaves_no_place_that_counts_more():
    scenes = draw_scenes(400, source())
    scale = unit_variance(scenes)
    assert torch.equal(scale[:10], scale[20:])
    spread = (encode_slots(scenes) / scale).reshape(-1, len(SLOT)).std(0)
    assert torch.allclose(spread, torch.ones(len(SLOT)), atol=1e-5)
