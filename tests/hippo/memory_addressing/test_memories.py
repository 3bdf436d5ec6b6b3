"""Which drawings a memory holds: never the query, none twice, as many of each character as stated."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.memory_addressing import Layout, draw_memories, draw_shared_memories, queries_at, step_generator
from hippo.memory_addressing.drawings import drawings_of
from hippo.omniglot import load_characters

N_CHARACTERS, N_DRAWINGS = 30, 20
#: Rows that are no character times twenty plus a drawing, so that rows and numbers cannot be mixed up.
MEMBERS = (7 + 3 * torch.arange(N_CHARACTERS * N_DRAWINGS)).reshape(N_CHARACTERS, N_DRAWINGS)


def character(rows):
    return (rows - 7) // 3 // N_DRAWINGS


def drawn(layout, n=200, seed=0):
    """Draw memories and return queries (B,) and the rows in each memory (B, T)."""
    g = step_generator(seed, 0)
    queries = torch.randint(MEMBERS.numel(), (n,), generator=g)
    batch = draw_memories(MEMBERS, queries, layout, g)
    assert torch.equal(batch.queries, MEMBERS.flatten()[queries])
    return batch.queries, batch.items[batch.slots]


LAYOUTS = {
    "exact": Layout(32, max_img_per_class=4, exact=True),
    "up to": Layout(12, max_img_per_class=5),
    "two classes": Layout(19, max_batch_cls=2),
    "one class": Layout(19, max_batch_cls=1),
    "more classes asked for": Layout(10, max_batch_cls=5),
    "exact classes": Layout(9, max_batch_cls=4, mode="exact_classes", own_images=2),
    "independent": Layout(10, max_batch_cls=3, mode="gmn"),
    "none": Layout(0, max_batch_cls=1),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_query_is_never_in_its_memory_and_no_item_comes_twice(name):
    queries, memory = drawn(LAYOUTS[name])
    assert memory.shape == (200, LAYOUTS[name].timesteps)
    for query, rows in zip(queries.tolist(), memory.tolist(), strict=True):
        assert query not in rows
        assert len(set(rows)) == len(rows)


def test_exact_memories_have_as_many_items_of_each_character():
    queries, memory = drawn(LAYOUTS["exact"])
    for query, rows in zip(queries, memory, strict=True):
        characters, counts = character(rows).unique(return_counts=True)
        assert len(characters) == 8
        assert (counts == 4).all()
        assert character(query) in characters


def test_memories_of_up_to_some_items_of_each_character_are_full():
    queries, memory = drawn(LAYOUTS["up to"])
    own = []
    for query, rows in zip(queries, memory, strict=True):
        _, counts = character(rows).unique(return_counts=True)
        assert int(counts.max()) <= 5
        own.append(int((character(rows) == character(query)).sum()))
    # Uniform from 1 to 5: all values come, the mean of 200 is 3 ± 0.1; five standard errors.
    assert set(own) == {1, 2, 3, 4, 5}
    assert sum(own) / 200 == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize(("timesteps", "published"), [(2, 1.50), (5, 3.78), (19, 14.62)])
def test_memories_of_up_to_two_characters_have_the_published_shares(timesteps, published):
    queries, memory = drawn(Layout(timesteps, max_batch_cls=2), n=2000)
    own = (character(memory) == character(queries)[:, None]).sum(1)
    # Half have one character; the other half uniform from 1 to T − 1, with mean T/2.
    expected = timesteps / 2 + timesteps / 4
    error = float(own.float().std()) / math.sqrt(2000)
    assert float(own.float().mean()) == pytest.approx(expected, abs=4 * error)
    # The published mean is of a few hundred draws itself.
    assert float(own.float().mean()) == pytest.approx(published, abs=0.9)
    assert int(own.min()) >= 1
    if timesteps > 2:
        assert set(own.tolist()) == set(range(1, timesteps + 1))


def test_the_reference_mode_never_has_more_than_two_characters():
    queries, memory = drawn(LAYOUTS["more classes asked for"])
    assert max(len(set(character(rows).tolist()) | {int(character(q))}) for q, rows in zip(queries, memory, strict=True)) == 2


def test_one_character_fills_the_memory():
    queries, memory = drawn(LAYOUTS["one class"])
    assert (character(memory) == character(queries)[:, None]).all()
    # All 19 other drawings, then.
    assert all(len(set(rows.tolist())) == 19 for rows in memory)


def test_exact_classes_have_the_stated_numbers():
    queries, memory = drawn(LAYOUTS["exact classes"])
    for query, rows in zip(queries, memory, strict=True):
        own = character(rows) == character(query)
        assert int(own.sum()) == 2
        assert sorted(character(rows[~own]).unique(return_counts=True)[1].tolist()) == [2, 2, 3]


def test_independent_items_share_the_characters_evenly():
    queries, memory = drawn(LAYOUTS["independent"], n=2000)
    own = (character(memory) == character(queries)[:, None]).sum(1).float()
    # Binomial of 10 and 1/3: s.d. 1.49; five standard errors.
    assert float(own.mean()) == pytest.approx(10 / 3, abs=5 * 1.49 / math.sqrt(2000))
    assert float(own.std()) == pytest.approx(1.49, abs=0.15)
    assert max(len(character(rows).unique()) for rows in memory) == 3


def test_other_characters_and_drawings_are_drawn_evenly():
    queries = torch.zeros(6000, dtype=torch.long)
    batch = draw_memories(MEMBERS, queries, Layout(4, max_batch_cls=3, mode="exact_classes", own_images=2), step_generator(0, 0))
    memory = batch.items[batch.slots]
    others = character(memory[:, 2:]).flatten().bincount(minlength=30)
    assert others[0] == 0
    # 12,000 items on 29 characters: 414 ± 20; five standard errors.
    assert (others[1:] - 12_000 / 29).abs().max() < 100
    own = ((memory[:, :2] - 7) // 3).flatten().bincount(minlength=20)
    assert own[0] == 0  # the query
    assert (own[1:] - 12_000 / 19).abs().max() < 125


@given(seed=st.integers(0, 2**32 - 1))
def test_the_same_seed_draws_the_same_memories(seed):
    first, second, other = (drawn(LAYOUTS["two classes"], 5, s)[1] for s in (seed, seed, seed + 1))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_shared_memories_hold_no_query_and_the_characters_of_all():
    layout = Layout(8, max_img_per_class=4, exact=True)
    batch = draw_shared_memories(MEMBERS, 50, 6, layout, step_generator(0, 0))
    memory = batch.items[batch.slots]  # (300, 8)
    assert (memory.reshape(50, 6, 8) == memory.reshape(50, 6, 8)[:, :1]).all()
    for query, rows in zip(batch.queries, memory, strict=True):
        assert query not in rows
        characters, counts = character(rows).unique(return_counts=True)
        assert counts.tolist() == [4, 4]
        assert character(query) in characters
    assert all(len(set(queries.tolist())) == 6 for queries in batch.queries.reshape(50, 6))


@pytest.mark.parametrize("batch_size", [7, 256, 599, 600, 1000])
def test_every_pass_shows_every_image_once(batch_size):
    n, n_passes = 600, 3
    steps = -(-n * n_passes // batch_size)
    seen = torch.cat([queries_at(step, batch_size, n, seed=4) for step in range(steps)])
    assert len(seen) == steps * batch_size
    for i in range(n_passes):
        assert torch.equal(seen[i * n : (i + 1) * n].sort().values, torch.arange(n))
    assert not torch.equal(seen[:n], seen[n : 2 * n])


def test_steps_have_numbers_of_their_own():
    draws = {float(torch.rand((), generator=step_generator(*key))) for key in ((0, 0), (0, 1), (1, 0), (0, 0, "model"))}
    assert len(draws) == 4


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"timesteps": 4}, "exactly one of max_img_per_class and max_batch_cls"),
        ({"timesteps": 4, "max_img_per_class": 2, "max_batch_cls": 2}, "exactly one"),
        ({"timesteps": 5, "max_img_per_class": 2, "exact": True}, "multiple of max_img_per_class"),
        ({"timesteps": 5, "max_batch_cls": 2, "exact": True}, "exact: expected False"),
        ({"timesteps": 5, "max_img_per_class": 2, "mode": "gmn"}, "mode 'gmn'"),
        ({"timesteps": 5, "max_batch_cls": 2, "mode": "exact_classes", "own_images": 6}, "own_images"),
        ({"timesteps": -1, "max_batch_cls": 2}, "timesteps"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        Layout(**fields)


def test_more_items_than_drawings_are_refused():
    with pytest.raises(ValueError, match="at most 19 items of the query's own"):
        drawn(Layout(20, max_batch_cls=1))
    with pytest.raises(ValueError, match="at most 30 characters"):
        drawn(Layout(31, max_batch_cls=31, mode="exact_classes", own_images=1))
    with pytest.raises(ValueError, match="at most the 32 drawings"):
        draw_shared_memories(MEMBERS, 1, 33, Layout(8, max_img_per_class=4, exact=True), step_generator(0, 0))


@pytest.mark.data
@pytest.mark.parametrize(("size", "ink"), [(26, 0.0821), (28, 0.0805)])
def test_omniglot_has_its_published_counts(size, ink):
    characters = load_characters(size)
    assert characters.images.shape == (32_460, size, size)
    assert set(characters.images.unique().tolist()) == {0, 1}
    assert float(characters.images.float().mean()) == pytest.approx(ink, abs=5e-5)
    background, evaluation = (drawings_of(characters, split) for split in ("background", "evaluation"))
    assert background.members.shape == (964, 20)
    assert evaluation.members.shape == (659, 20)
    assert not set(background.members.flatten().tolist()) & set(evaluation.members.flatten().tolist())
    alphabets = [set(characters.alphabet[part.members.flatten()].tolist()) for part in (background, evaluation)]
    assert (len(alphabets[0]), len(alphabets[1])) == (30, 20)
    assert not alphabets[0] & alphabets[1]
    for part in (background, evaluation):
        assert (characters.character[part.members] == characters.character[part.members[:, :1]]).all()
        assert (characters.drawer[part.members] == torch.arange(20)).all()
