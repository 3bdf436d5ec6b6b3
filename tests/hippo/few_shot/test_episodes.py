import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.few_shot import by_class, draw_episodes, split_classes


def marked(n_classes, n_drawings, size=4):
    """Drawings that say who they are: class, drawing and, by a corner, how they are turned."""
    images = torch.zeros(n_classes, n_drawings, size, size)
    images[:, :, 1, 1] = torch.arange(n_classes)[:, None].float()
    images[:, :, 1, 2] = images[:, :, 2, 1] = images[:, :, 2, 2] = images[:, :, 1, 1]
    images[:, :, 0, 0] = 1 + torch.arange(n_drawings)[None, :].float()
    return images


def read(image):
    """Return class, drawing and quarters of a marked image."""
    corners = torch.stack([image[0, 0], image[3, 0], image[3, 3], image[0, 3]])  # where rot90 takes the first corner
    turns = int(corners.argmax())
    return int(image[1, 1]), int(corners[turns]) - 1, turns


@given(
    seed=st.integers(0, 2**31),
    n_ways=st.integers(2, 6),
    n_shots=st.integers(1, 3),
    n_queries=st.integers(1, 3),
    rotate=st.booleans(),
)
def test_an_episode_is_what_it_says(seed, n_ways, n_shots, n_queries, rotate):
    generator = torch.Generator().manual_seed(seed)
    drawings = marked(6, 6)
    task = draw_episodes(
        drawings, 3, n_ways=n_ways, n_shots=n_shots, n_queries=n_queries, rotate=rotate, generator=generator
    )
    for b in range(3):
        found = {}
        for images, labels in ((task.support[b], task.support_labels[b]), (task.query[b], task.query_labels[b])):
            for image, label in zip(images, labels.tolist(), strict=True):
                found.setdefault(label, []).append(read(image))
        assert sorted(found) == list(range(n_ways))
        assert len({rows[0][0] for rows in found.values()}) == n_ways  # different classes
        for rows in found.values():
            assert len(rows) == n_shots + n_queries
            assert len({(c, turns) for c, _, turns in rows}) == 1  # one class, one way up
            assert len({drawing for _, drawing, _ in rows}) == len(rows)  # nothing twice
            assert rotate or rows[0][2] == 0
        for shot in task.support_labels[b].reshape(n_shots, n_ways):
            assert sorted(shot.tolist()) == list(range(n_ways))


def test_classes_drawings_turns_and_orders_are_drawn_evenly(generator):
    # 4,000 draws of probability p scatter by √(p (1 − p)/4000) < 0.008; five of that fail once in 10^6.
    task = draw_episodes(marked(5, 4), 4000, n_ways=2, n_queries=1, generator=generator)
    shown = [read(image) for image in task.query[:, 0]]
    for which, n in enumerate((5, 4, 4)):
        shares = torch.tensor([row[which] for row in shown]).bincount(minlength=n) / 4000
        torch.testing.assert_close(shares, torch.full((n,), 1 / n), atol=0.04, rtol=0)
    assert abs(float(task.support_labels[:, 0].float().mean()) - 0.5) < 0.04


def test_the_same_generator_draws_the_same_episode():
    first, second = (draw_episodes(marked(7, 5), 2, generator=torch.Generator().manual_seed(4)) for _ in range(2))
    assert torch.equal(first.support, second.support)
    assert torch.equal(first.query, second.query)


def test_drawings_are_left_as_they_were(generator):
    drawings = marked(6, 5).to(torch.uint8)
    kept = drawings.clone()
    assert draw_episodes(drawings, 4, generator=generator).support.dtype == torch.float32
    assert torch.equal(drawings, kept)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_ways": 7}, "n_ways: expected at most 6"),
        ({"n_shots": 4}, "n_shots: expected at most 5 together with n_queries"),
        ({"n_queries": 0}, "n_queries: expected a whole number of at least 1"),
    ],
)
def test_an_impossible_episode_is_refused(changes, message, generator):
    with pytest.raises(ValueError, match=message):
        draw_episodes(marked(6, 5), 1, **changes, generator=generator)


@given(n=st.integers(3, 2000), seed=st.integers(0, 99))
def test_every_class_goes_to_one_part_and_no_part_is_empty(n, seed):
    parts = split_classes(n, torch.Generator().manual_seed(seed))
    assert sorted(torch.cat(parts).tolist()) == list(range(n))
    assert all(len(part) for part in parts)


def test_images_are_sorted_by_class_and_cut_to_the_smallest():
    labels = torch.tensor([2, 0, 1, 1, 0, 2, 2])
    images = torch.arange(7.0).reshape(7, 1, 1).expand(7, 2, 2)
    assert by_class(images, labels)[:, :, 0, 0].tolist() == [[1, 4], [2, 3], [0, 5]]
    with pytest.raises(ValueError, match="none of one of them"):
        by_class(images, labels + 1)
