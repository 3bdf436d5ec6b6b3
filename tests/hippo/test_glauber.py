import itertools
import math

import pytest
import torch

from hippo import glauber
from hippo.hopfield import HopfieldNetwork
from hippo.learning_rules import hebb
from hippo.metrics import overlap
from hippo.pattern_memory import LowRankHopfield
from hippo.patterns import random_patterns


def last(states):
    *_, state = states
    return state


def test_states_come_as_often_as_boltzmann_says(generator):
    x = random_patterns(2, 3, generator=generator, dtype=torch.float64)
    model, beta, n = HopfieldNetwork(hebb(x)), 1.2, 20_000
    every = torch.tensor(list(itertools.product((-1.0, 1.0), repeat=3)), dtype=torch.float64)
    expected = torch.softmax(-beta * model.energy(every), dim=0)
    cues = random_patterns(n, 3, generator=generator, dtype=torch.float64)
    ends = last(glauber.states(model, cues, 30, beta=beta, generator=generator))
    shares = torch.stack([(ends == state).all(-1).double().mean() for state in every])
    # Standard error at most ½/√n = 0.0035; eight states within 5 of them: false alarm below 1e-5.
    assert (shares - expected).abs().max() < 5 * 0.5 / math.sqrt(n)


def test_every_update_keeps_the_boltzmann_distribution(generator):
    """Detailed balance, exactly: p(s) P(s → s′) = p(s′) P(s′ → s) from the fields of each state."""
    x = random_patterns(3, 4, generator=generator, dtype=torch.float64)
    model, beta = LowRankHopfield(x), 0.3
    every = torch.tensor(list(itertools.product((-1.0, 1.0), repeat=4)), dtype=torch.float64)
    p = torch.softmax(-beta * model.energy(every), dim=0)
    for unit in range(4):
        up = torch.sigmoid(2 * beta * model.field_of(unit, every))
        flipped = every.clone()
        flipped[:, unit] *= -1
        partner = torch.stack([(every == state).all(-1).double().argmax() for state in flipped])
        leave = torch.where(every[:, unit] > 0, 1 - up, up)
        assert torch.allclose(p * leave, p[partner] * leave[partner], atol=1e-12)


def test_without_temperature_a_sweep_is_the_deterministic_one(generator):
    x = random_patterns(3, 40, generator=generator)  # 39 · 3 is odd: no ties
    model, cues = LowRankHopfield(x), random_patterns(20, 40, generator=generator)
    order = torch.randperm(40, generator=generator)
    assert torch.equal(glauber.sweep(model, cues, math.inf, order, generator), model.sweep(cues, order))


@pytest.mark.parametrize("temperature", [0.3, 0.6, 0.9])
def test_the_overlap_at_low_load_solves_the_mean_field_equation(temperature, generator):
    x = random_patterns(1, 400, generator=generator)
    model = HopfieldNetwork(hebb(x))
    cues = x.expand(10, -1)
    states = list(glauber.states(model, cues, 60, beta=1 / temperature, generator=generator))[20:]
    measured = float(torch.stack([overlap(state, x).abs() for state in states]).mean())
    m = 1.0
    for _ in range(1000):
        m = math.tanh(m / temperature)
    # Fluctuations of order 1/√N, averaged over ten networks and 40 sweeps.
    assert measured == pytest.approx(m, abs=0.05)


def test_above_the_critical_temperature_nothing_is_remembered(generator):
    x = random_patterns(1, 400, generator=generator)
    end = last(glauber.states(HopfieldNetwork(hebb(x)), x.expand(20, -1), 60, beta=0.5, generator=generator))
    assert overlap(end, x).abs().mean() < 0.15


def test_wrong_arguments_are_refused_by_name(generator):
    model = LowRankHopfield(torch.ones(1, 3))
    with pytest.raises(ValueError, match="beta: expected a number of at least 0, got -1"):
        glauber.sweep(model, torch.ones(3), -1, torch.arange(3), generator)
    with pytest.raises(ValueError, match="n_sweeps: expected a whole number"):
        list(glauber.states(model, torch.ones(3), -1, beta=1.0, generator=generator))
