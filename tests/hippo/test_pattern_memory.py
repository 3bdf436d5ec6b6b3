import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.dense import ExponentialMemory, PolynomialMemory
from hippo.hopfield import HopfieldNetwork
from hippo.learning_rules import hebb
from hippo.memory import recall
from hippo.metrics import capacity_polynomial
from hippo.modern import ModernHopfield
from hippo.pattern_memory import LowRankHopfield, hebb_memory
from hippo.patterns import random_patterns

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 9), st.integers(1, 12))


def draw(seed, size, n_cues=5, dtype=torch.float32):
    g = torch.Generator().manual_seed(seed)
    x = random_patterns(*size, generator=g, dtype=dtype)
    return x, random_patterns(n_cues, size[1], generator=g, dtype=dtype), g


@given(seeds, sizes, st.integers(0, 6))
def test_recall_without_weights_equals_recall_with_them(seed, size, n_steps):
    x, cues, g = draw(seed, size)
    with_weights, without = HopfieldNetwork(hebb(x, integer=True)), LowRankHopfield(x)
    assert torch.equal(without.field(cues), with_weights.field(cues))
    assert torch.equal(without.energy(cues), with_weights.energy(cues))
    order = torch.randperm(size[1], generator=g)
    assert torch.equal(without.sweep(cues, order), with_weights.sweep(cues, order))
    expected = recall(with_weights, cues, n_steps=n_steps)
    for model in (without, hebb_memory(x), PolynomialMemory(x, degree=2)):
        assert torch.equal(recall(model, cues, n_steps=n_steps), expected)


def test_the_cheaper_form_is_chosen_at_half_as_many_patterns_as_units():
    kinds = {p: type(hebb_memory(torch.ones(p, 10))) for p in (1, 4, 5, 6)}
    assert kinds == {1: LowRankHopfield, 4: LowRankHopfield, 5: HopfieldNetwork, 6: HopfieldNetwork}


@pytest.mark.parametrize("make", [LowRankHopfield, lambda x: HopfieldNetwork(hebb(x, integer=True))])
def test_recall_is_the_same_in_either_precision_and_for_any_number_of_threads(make, generator):
    x = random_patterns(20, 300, generator=generator)  # an even number of patterns: there are ties
    cues = random_patterns(200, 300, generator=generator)
    expected = recall(make(x.double()), cues.double(), n_steps=30)
    threads = torch.get_num_threads()
    try:
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            assert torch.equal(recall(make(x), cues, n_steps=30).double(), expected)
    finally:
        torch.set_num_threads(threads)


def test_a_batch_of_networks_recalls_as_each_alone(generator):
    x = random_patterns(12, 20, generator=generator).reshape(3, 4, 20)
    for make in (LowRankHopfield, PolynomialMemory, ExponentialMemory, ModernHopfield):
        expected = torch.stack([recall(make(one), one, n_steps=4) for one in x])
        assert torch.allclose(recall(make(x), x, n_steps=4), expected, atol=1e-6)


@given(seeds, sizes, st.sampled_from([2, 4]))
def test_even_degrees_store_the_negatives_too(seed, size, degree):
    x, cues, _ = draw(seed, size)
    model = PolynomialMemory(x, degree)
    assert torch.equal(model.energy(cues.double()), model.energy(-cues.double()))
    assert torch.equal(recall(model, -cues, n_steps=3), -recall(model, cues, n_steps=3))


def test_odd_degrees_do_not_store_the_negatives(generator):
    x = random_patterns(5, 100, generator=generator)
    model = PolynomialMemory(x, degree=3)
    assert torch.equal(recall(model, x, n_steps=5), x)
    assert not (recall(model, -x, n_steps=5) == -x).all(-1).any()


def test_the_more_steeply_the_energy_falls_the_more_is_stored(generator):
    n_units, n_patterns = 50, 150
    x = random_patterns(n_patterns, n_units, generator=generator)
    kept = [float((recall(m, x, n_steps=1) == x).all(-1).float().mean()) for m in (
        PolynomialMemory(x, 2), PolynomialMemory(x, 3), PolynomialMemory(x, 5), ExponentialMemory(x)
    )]  # fmt: skip
    # Bounds: 6 patterns at degree 2, 106 at 3, 7604 at 5.
    assert kept[0] < 0.05
    assert kept[1] > 0.6
    assert kept[2:] == [1.0, 1.0]


@pytest.mark.parametrize(("degree", "n_units"), [(2, 400), (3, 60)])
def test_at_the_estimated_capacity_fewer_than_one_unit_in_n_is_unstable(degree, n_units, generator):
    n_patterns = round(capacity_polynomial(n_units, degree))
    x = random_patterns(n_patterns, n_units, generator=generator)
    wrong = float((recall(PolynomialMemory(x, degree), x, n_steps=1) != x).double().mean())
    # The estimate's tail, P(gauss > √(2 ln N)), is below 1/N; ten times as many patterns pass it.
    assert wrong < 1 / n_units
    more = random_patterns(4 * n_patterns, n_units, generator=generator)
    assert float((recall(PolynomialMemory(more, degree), more, n_steps=1) != more).double().mean()) > 1 / n_units


def test_an_exponential_memory_holds_more_patterns_than_units_with_a_basin(generator):
    x = random_patterns(2000, 100, generator=generator)
    cues = x.clone()
    cues[:, :20] *= -1
    # Overlaps with others stay below 60 by six standard deviations; e^(60 − 60) would be a tie.
    assert (recall(ExponentialMemory(x), cues, n_steps=3) == x).all(-1).float().mean() > 0.999


def test_fields_of_long_patterns_do_not_overflow(generator):
    x = random_patterns(3, 5000, generator=generator)
    model = ExponentialMemory(x)
    assert torch.isfinite(model.energy(x)).all()
    assert torch.equal(recall(model, x, n_steps=2), x)
