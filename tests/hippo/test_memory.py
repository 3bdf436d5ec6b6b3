"""What holds for every memory: the energy falls, fields are energy differences, recall is one loop."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo import hopfield, memory
from hippo.dense import ExponentialMemory, PolynomialMemory
from hippo.hopfield import HopfieldNetwork
from hippo.learning_rules import covariance, hebb, projection, without_self_coupling
from hippo.memory import BipolarMemory
from hippo.modern import ModernHopfield
from hippo.pattern_memory import LowRankHopfield
from hippo.patterns import random_patterns, sign
from hippo.storkey import storkey

seeds = st.integers(0, 2**32 - 1)
# Hypothesis sees one unit, one pattern and more patterns than units.
sizes = st.tuples(st.integers(1, 7), st.integers(1, 9))


def thresholded(x):
    return HopfieldNetwork(hebb(x, integer=True), threshold=torch.arange(x.shape[1], dtype=x.dtype) / 3 - 1)


#: Bipolar memories whose diagonal is zero, so that a field is an energy difference.
BIPOLAR = {
    "hebb": lambda x: HopfieldNetwork(hebb(x, integer=True)),
    "hebb with thresholds": thresholded,
    "storkey": lambda x: HopfieldNetwork(storkey(x)),
    "storkey rank-2": lambda x: HopfieldNetwork(storkey(x, "rank-2")),
    "covariance": lambda x: HopfieldNetwork(covariance(x, 0.4)),
    "projection": lambda x: HopfieldNetwork(without_self_coupling(projection(x))),
    "low rank": LowRankHopfield,
    "square": lambda x: PolynomialMemory(x, degree=2),
    "cube": lambda x: PolynomialMemory(x, degree=3),
    "rectified": lambda x: PolynomialMemory(x, degree=4, rectified=True),
    "exponential": lambda x: ExponentialMemory(x, beta=0.7),
}

#: Those that compute in whole numbers: ties are exact.
WHOLE = ("hebb", "low rank", "square", "cube", "rectified")


def draw(seed, size, n_cues=4):
    g = torch.Generator().manual_seed(seed)
    x = random_patterns(*size, generator=g, dtype=torch.float64)
    return x, random_patterns(n_cues, size[1], generator=g, dtype=torch.float64), g


@pytest.mark.parametrize("name", BIPOLAR)
@given(seeds, sizes)
def test_a_field_is_half_the_energy_between_down_and_up(name, seed, size):
    x, states, g = draw(seed, size)
    states[torch.rand(states.shape, generator=g) < 0.2] = 0  # unknown units have a field too
    model = BIPOLAR[name](x)
    defined = BipolarMemory.field(model, states)
    scale = 1 + defined.abs().max()
    assert torch.allclose(model.field(states) / scale, defined / scale, atol=1e-9)
    for unit in range(size[1]):
        assert torch.allclose(model.field_of(unit, states), model.field(states)[..., unit], atol=1e-9 * float(scale))


@pytest.mark.parametrize("name", BIPOLAR)
@given(seeds, sizes)
def test_energy_never_rises_under_asynchronous_updates(name, seed, size):
    x, cues, g = draw(seed, size)
    model = BIPOLAR[name](x)
    state, energy = cues, model.energy(cues)
    for _ in range(3):
        for unit in torch.randperm(size[1], generator=g).tolist():
            state = model.sweep(state, torch.tensor([unit]))
            new = model.energy(state)
            assert (new <= energy + 1e-9 * (1 + energy.abs())).all()
            energy = new


@pytest.mark.parametrize("name", BIPOLAR)
@given(seeds, sizes)
def test_a_sweep_equals_a_slow_loop_over_energies(name, seed, size):
    x, cues, g = draw(seed, size)
    model = BIPOLAR[name](x)
    order = torch.randperm(size[1], generator=g)
    state, tied = cues.clone(), torch.zeros(len(cues), dtype=torch.bool)
    for unit in order.tolist():
        down, up = state.clone(), state.clone()
        down[:, unit], up[:, unit] = -1, 1
        gap = model.energy(down) - model.energy(up)
        near = gap.abs() < 1e-9 * (1 + model.energy(up).abs())
        tied |= near
        state[:, unit] = sign(gap.masked_fill(near, 0), previous=state[:, unit])
    got = model.sweep(cues, order)
    decided = torch.ones_like(tied) if name in WHOLE else ~tied  # elsewhere rounding decides ties
    assert torch.equal(got[decided], state[decided])


@pytest.mark.parametrize("name", BIPOLAR)
@given(seeds, sizes)
def test_asynchronous_recall_ends_at_a_fixed_point(name, seed, size):
    x, cues, g = draw(seed, size)
    model = BIPOLAR[name](x)
    ends = memory.recall(model, cues, n_sweeps=100, generator=g)
    energies = model.energy(ends)
    again = model.energy(memory.recall(model, ends, n_sweeps=1, generator=g))
    assert torch.allclose(energies, again, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", sorted(set(BIPOLAR) - {"hebb with thresholds"}))
@given(seeds, sizes, st.integers(0, 4))
def test_permuting_units_permutes_what_is_recalled(name, seed, size, n_steps):
    x, cues, g = draw(seed, size)
    order = torch.randperm(size[1], generator=g)
    plain, permuted = BIPOLAR[name](x), BIPOLAR[name](x[:, order])
    assert torch.allclose(permuted.energy(cues[:, order]), plain.energy(cues), rtol=1e-9, atol=1e-9)
    if bool((plain.field(cues).abs() > 1e-9).all()):
        assert torch.equal(permuted.update(cues[:, order]), plain.update(cues)[:, order])
    if name in WHOLE:
        got = memory.recall(permuted, cues[:, order], n_steps=n_steps)
        assert torch.equal(got, memory.recall(plain, cues, n_steps=n_steps)[:, order])


@pytest.mark.parametrize("name", BIPOLAR)
def test_one_stored_pattern_is_recalled_from_any_fragment(name, generator):
    x = random_patterns(1, 30, generator=generator, dtype=torch.float64)
    cue = torch.where(torch.arange(30) < 8, x, 0.0)
    if name != "hebb with thresholds":
        assert torch.equal(memory.recall(BIPOLAR[name](x), cue, n_steps=3), x)


@given(seeds, sizes, st.integers(0, 5))
def test_memory_and_weights_recall_by_the_same_loop(seed, size, n_steps):
    x, cues, _ = draw(seed, size)
    w = hebb(x, integer=True)
    model = HopfieldNetwork(w)
    assert torch.equal(memory.trajectory(model, cues, n_steps=n_steps), hopfield.trajectory(w, cues, n_steps=n_steps))
    orders = [torch.Generator().manual_seed(seed % 2**31) for _ in range(2)]
    assert torch.equal(
        memory.recall(model, cues, n_sweeps=2, generator=orders[0]),
        hopfield.recall(w, cues, n_sweeps=2, generator=orders[1]),
    )


@pytest.mark.parametrize("beta", [0.1, 1.0, 10.0])
@given(seeds, sizes)
def test_energy_never_rises_under_the_modern_update(beta, seed, size):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(size, generator=g, dtype=torch.float64)
    cues = torch.randn(5, size[1], generator=g, dtype=torch.float64)
    model = ModernHopfield(x, beta=beta)
    energies = model.energy(memory.trajectory(model, cues, n_steps=6))
    assert (energies.diff(dim=0) <= 1e-9).all()
    # Ramsauer et al. 2020, lemma A1: the energy is at least 0.
    assert (energies >= -1e-9).all()


def test_sharp_attention_recalls_and_blunt_attention_averages(generator):
    x = random_patterns(500, 40, generator=generator)  # far more patterns than units
    cues = x.clone()
    cues[:, :4] *= -1
    assert torch.equal(sign(memory.recall(ModernHopfield(x, beta=4.0), cues, n_steps=3)), x)
    blunt = memory.recall(ModernHopfield(x, beta=1e-4), cues, n_steps=1)
    assert torch.allclose(blunt, x.mean(0).expand_as(blunt), atol=0.01)


def test_modern_updates_are_gradient_steps_of_the_energy():
    x = torch.randn(4, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    s = torch.randn(6, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    model = ModernHopfield(x, beta=0.8)
    (gradient,) = torch.autograd.grad(model.energy(s), s)
    assert torch.allclose(s - gradient, model.update(s), atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: memory.recall(LowRankHopfield(torch.ones(2, 3)), torch.ones(4)), r"cue: expected shape \(..., 3\)"),
        (
            lambda: memory.recall(ModernHopfield(torch.ones(2, 3)), torch.ones(3), n_sweeps=1),
            "n_sweeps: expected n_steps, as ModernHopfield",
        ),
        (lambda: LowRankHopfield(torch.zeros(2, 3)), r"patterns: expected the values -1, \+1 only"),
        (lambda: LowRankHopfield(torch.ones(2**13, 2**12)), "patterns: expected fields up to 16777216"),
        (lambda: PolynomialMemory(torch.ones(2, 3), degree=1), "degree: expected a whole number of at least 2, got 1"),
        (lambda: ExponentialMemory(torch.ones(2, 3), beta=0), "beta: expected a number above 0, got 0"),
        (lambda: ModernHopfield(torch.ones(2, 3), beta=-1), "beta: expected a number above 0, got -1"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
