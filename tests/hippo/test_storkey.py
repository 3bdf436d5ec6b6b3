import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.corruption import flip_exactly
from hippo.hopfield import recall, update
from hippo.learning_rules import hebb, without_self_coupling
from hippo.patterns import random_patterns
from hippo.storkey import learn, storkey, storkey_prefixes

seeds = st.integers(0, 2**32 - 1)
# One unit, one pattern and more patterns than units are in the range on purpose.
sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
forms = st.sampled_from(["canonical", "rank-2"])


def draw(seed, size):
    return random_patterns(*size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def slow_canonical(patterns):
    """Storkey's rule by its definition, sum by sum."""
    n = patterns.shape[1]
    w = [[0.0] * n for _ in range(n)]
    for x in patterns.tolist():
        h = [[sum(w[i][k] * x[k] for k in range(n) if k not in (i, j)) for j in range(n)] for i in range(n)]
        w = [
            [w[i][j] + (x[i] * x[j] - x[i] * h[j][i] - h[i][j] * x[j]) / n if i != j else 0.0 for j in range(n)]
            for i in range(n)
        ]
    return torch.tensor(w, dtype=torch.float64)


def slow_rank_two(patterns):
    """K ← (I − Π) K (I − Π) + Π − Π K Π with Π = x xᵀ/N."""
    n = patterns.shape[1]
    identity, k = torch.eye(n, dtype=torch.float64), torch.zeros(n, n, dtype=torch.float64)
    for x in patterns:
        pi = torch.outer(x, x) / n
        k = (identity - pi) @ k @ (identity - pi) + pi - pi @ k @ pi
    return k - torch.diag(k.diagonal())


@given(seeds, sizes)
def test_the_canonical_form_equals_a_slow_loop(seed, size):
    x = draw(seed, size)
    assert torch.allclose(storkey(x), slow_canonical(x), atol=1e-12)


@given(seeds, sizes)
def test_the_rank_two_form_equals_its_projections(seed, size):
    x = draw(seed, size)
    assert torch.allclose(storkey(x, "rank-2"), slow_rank_two(x), atol=1e-12)


@given(seeds, sizes, forms)
def test_weights_are_symmetric_with_a_zero_diagonal(seed, size, form):
    w = storkey(draw(seed, size), form)
    assert torch.allclose(w, w.mT, atol=1e-12)
    assert not w.diagonal().any()


@given(seeds, st.integers(1, 20), forms)
def test_the_first_pattern_is_stored_with_the_sign_of_hebb(seed, n_units, form):
    x = draw(seed, (1, n_units))
    assert torch.allclose(storkey(x, form), hebb(x), atol=1e-15)
    assert torch.equal(update(x, storkey(x, form)), x)


@given(seeds, sizes, forms, st.integers(0, 9))
def test_learning_one_by_one_equals_learning_all(seed, size, form, n_first):
    x = draw(seed, size)
    w = torch.zeros(size[1], size[1], dtype=torch.float64)
    for pattern in x:
        before = w.clone()
        w = learn(before, pattern, form)
    assert torch.allclose(without_self_coupling(w), storkey(x, form), atol=1e-12)
    loads = sorted({min(n_first, size[0]), size[0]})
    for load, prefix in zip(loads, storkey_prefixes(x, loads, form), strict=True):
        expected = storkey(x[:load], form) if load else torch.zeros_like(prefix)
        assert torch.allclose(prefix, expected, atol=1e-12)


def test_a_prefix_does_not_change_when_more_is_learnt(generator):
    x = random_patterns(6, 20, generator=generator)
    prefixes = list(storkey_prefixes(x, [2, 6]))
    assert torch.equal(prefixes[0], storkey(x[:2]))


@given(seeds, sizes, forms)
def test_permuting_units_permutes_the_weights(seed, size, form):
    x = draw(seed, size)
    order = torch.randperm(size[1], generator=torch.Generator().manual_seed(seed))
    assert torch.allclose(storkey(x[:, order], form), storkey(x, form)[order][:, order], atol=1e-12)


@pytest.mark.parametrize("form", ["canonical", "rank-2"])
def test_a_batch_of_pattern_sets_gives_a_batch_of_weights(form, generator):
    x = random_patterns(24, 9, generator=generator, dtype=torch.float64).reshape(2, 4, 3, 9)
    expected = torch.stack([torch.stack([storkey(one, form) for one in row]) for row in x])
    assert torch.allclose(storkey(x, form), expected, atol=1e-12)


def test_the_two_forms_agree_in_the_limit_of_many_units(generator):
    gaps = {}
    for n in (100, 400, 1600):
        x = random_patterns(5, n, generator=generator, dtype=torch.float64)
        gaps[n] = float((storkey(x) - storkey(x, "rank-2")).norm() / storkey(x).norm())
    # The forms differ by terms of relative order 1/N: four times the units, a quarter of the gap.
    assert gaps[400] == pytest.approx(gaps[100] / 4, rel=0.5)
    assert gaps[1600] == pytest.approx(gaps[400] / 4, rel=0.5)


@pytest.mark.parametrize("form", ["canonical", "rank-2"])
def test_even_and_odd_numbers_of_steps_recall_the_same(form, generator):
    x = random_patterns(10, 100, generator=generator)
    w = storkey(x, form)
    # α = 0.1, a third of the capacity: all patterns are fixed points, for either parity.
    for n_steps in (29, 30):
        assert torch.equal(recall(w, x, n_steps=n_steps), x)
    # With the sign turned around an odd number of steps returns the negatives.
    assert torch.equal(recall(-w, x, n_steps=30), x)
    assert torch.equal(recall(-w, x, n_steps=29), -x)


def test_storkey_recalls_where_hebb_no_longer_does(generator):
    x = random_patterns(25, 100, generator=generator)
    cues = flip_exactly(x, 0.1, generator)
    shares = {w: (recall(w, cues, n_steps=30) == x).all(-1).float().mean() for w in (hebb(x), storkey(x))}
    # Published means 0.05 and 0.99, s.d. per network below 0.05.
    by_hebb, by_storkey = shares.values()
    assert by_hebb < 0.4
    assert by_storkey > 0.7


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: storkey(torch.zeros(2, 3)), r"patterns: expected the values -1, \+1 only, got 0"),
        (lambda: storkey(torch.ones(2, 3), "rank-3"), "form: expected 'canonical' or 'rank-2', got 'rank-3'"),
        (lambda: list(storkey_prefixes(torch.ones(2, 3), [3])), "loads: expected at most 2, the number of patterns"),
        (lambda: list(storkey_prefixes(torch.ones(2, 3), [2, 1])), "loads: expected a whole number of at least 2"),
        (lambda: learn(torch.zeros(3, 3), torch.ones(2)), r"pattern: expected shape \(3,\) .*got \(2,\)"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
