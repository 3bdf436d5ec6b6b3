import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.attractors import KINDS, basin, classify, distinct, is_fixed, mixtures, stability
from hippo.hopfield import HopfieldNetwork
from hippo.learning_rules import hebb, projection, without_self_coupling
from hippo.memory import recall
from hippo.metrics import overlaps
from hippo.patterns import random_patterns

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 8), st.integers(1, 15))
def test_a_state_is_a_fixed_point_exactly_if_no_unit_is_against_its_field(seed, n_patterns, n_units):
    g = torch.Generator().manual_seed(seed)
    model = HopfieldNetwork(hebb(random_patterns(n_patterns, n_units, generator=g), integer=True))
    states = random_patterns(20, n_units, generator=g)
    assert torch.equal(is_fixed(model, states), stability(model, states) >= 0)


@given(seeds, st.integers(1, 12), st.integers(1, 12))
def test_the_projection_rule_fixes_every_pattern_with_stability_one(seed, n_patterns, n_units):
    x = random_patterns(n_patterns, n_units, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    assert torch.allclose(stability(HopfieldNetwork(projection(x)), x), torch.ones(n_patterns, dtype=x.dtype))
    # Without the diagonal, which is at most 1, unit i keeps 1 − J_ii.
    kept = stability(HopfieldNetwork(without_self_coupling(projection(x))), x)
    assert torch.allclose(kept, (1 - projection(x).diagonal().max()).expand(n_patterns), atol=1e-9)


def test_mixtures_of_three_are_fixed_points_of_hebbs_rule_and_overlap_by_half(generator):
    x = random_patterns(3, 1000, generator=generator)
    mixed = mixtures(x)
    # Mean ½ with s.d. 1/√N = 0.03.
    assert torch.allclose(overlaps(mixed, x), torch.full((1, 3), 0.5), atol=0.12)
    assert is_fixed(HopfieldNetwork(hebb(x, integer=True)), mixed).all()


def test_there_are_as_many_mixtures_as_choices(generator):
    assert mixtures(random_patterns(6, 20, generator=generator)).shape == (20, 20)
    assert mixtures(random_patterns(6, 20, generator=generator), order=5).shape == (6, 20)
    assert mixtures(random_patterns(6, 20, generator=generator), order=1).shape == (6, 20)


def test_states_are_told_apart_by_kind(generator):
    x = random_patterns(5, 200, generator=generator)
    states = torch.cat([x, -x, mixtures(x), -mixtures(x), random_patterns(7, 200, generator=generator)])
    kinds = [KINDS[k] for k in classify(states, x)]
    assert kinds == ["stored"] * 5 + ["negative"] * 5 + ["mixture"] * 20 + ["other"] * 7


def test_the_tolerance_of_a_kind_is_a_share_of_wrong_units(generator):
    x = random_patterns(2, 100, generator=generator)
    wrong = x.repeat(2, 1)
    wrong[:2, :2] *= -1  # two of a hundred
    wrong[2:, :3] *= -1
    assert classify(wrong, x).tolist() == [0, 0, 3, 3]


@given(seeds)
def test_few_patterns_are_the_attractors_and_so_are_their_negatives(seed):
    g = torch.Generator().manual_seed(seed)
    x = random_patterns(2, 60, generator=g)
    ends = recall(
        HopfieldNetwork(hebb(x, integer=True)), random_patterns(100, 60, generator=g), n_sweeps=20, generator=g
    )
    attractors, counts = distinct(ends)
    assert counts.sum() == 100
    assert counts.tolist() == sorted(counts.tolist(), reverse=True)
    assert set(classify(attractors, x, tolerance=0.0).tolist()) <= {0, 1}


def test_basins_shrink_with_distance_and_load(generator):
    shares = {}
    for n_patterns in (5, 14):
        x = random_patterns(n_patterns, 100, generator=generator)
        shares[n_patterns] = basin(
            HopfieldNetwork(hebb(x, integer=True)), x, [0.0, 0.2, 0.5], n_cues=20, generator=generator
        )
        assert shares[n_patterns].shape == (n_patterns, 3)
    few, many = (share.mean(0) for share in shares.values())
    assert few[0] == 1
    assert few[1] > 0.9 > 0.5 > few[2]
    assert many[1] < few[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mixtures(torch.ones(4, 3), order=2), "order: expected an odd number of at most 4 patterns, got 2"),
        (lambda: mixtures(torch.ones(2, 3)), "order: expected an odd number of at most 2 patterns, got 3"),
        (lambda: classify(torch.ones(1, 3), torch.ones(2, 3), tolerance=2.0), "tolerance: expected a number from 0 to 1"),
        (lambda: stability(HopfieldNetwork(torch.zeros(3, 3)), torch.ones(2, 4)), r"cue: expected shape \(..., 3\)"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
