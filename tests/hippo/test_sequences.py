import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo import hopfield
from hippo.learning_rules import hebb
from hippo.metrics import nearest
from hippo.patterns import random_patterns
from hippo.sequences import cross_terms, cycle, dwell_time, sequence_weights, slow_trajectory

seeds = st.integers(0, 2**32 - 1)


def draw(seed, n_patterns, n_units, dtype=torch.float64):
    return random_patterns(n_patterns, n_units, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@given(seeds, st.integers(1, 5), st.integers(1, 8), st.floats(0, 4))
def test_weights_equal_a_slow_loop(seed, n_patterns, n_units, strength):
    x = draw(seed, n_patterns, n_units)
    t = torch.rand(n_patterns, n_patterns, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    slow = torch.zeros(n_units, n_units, dtype=torch.float64)
    for i in range(n_units):
        for j in range(n_units):
            if i != j:
                for mu in range(n_patterns):
                    slow[i, j] += x[mu, i] * x[mu, j] / n_units
                    for nu in range(n_patterns):
                        if mu != nu:  # unit i receives from j: from pattern mu now to nu next
                            slow[i, j] += strength * t[mu, nu] * x[nu, i] * x[mu, j] / n_units
    assert torch.allclose(sequence_weights(x, t, strength), slow, atol=1e-12)


@given(seeds, st.integers(1, 5), st.integers(1, 8))
def test_without_transitions_the_weights_are_those_of_hebb(seed, n_patterns, n_units):
    x = draw(seed, n_patterns, n_units)
    assert torch.equal(sequence_weights(x, cycle(n_patterns), 0.0, integer=True), hebb(x, integer=True))


def test_whole_numbered_weights_are_n_times_the_weights(generator):
    x = random_patterns(5, 20, generator=generator)
    w = sequence_weights(x, cycle(5), 3.0, integer=True)
    assert torch.equal(w, w.round())
    assert torch.allclose(w / 20, sequence_weights(x, cycle(5), 3.0))


def test_a_cycle_is_followed_for_forty_steps():
    x = draw(1, 5, 100, torch.float32)
    w = sequence_weights(x, cycle(5), 3.0, integer=True)
    symbols = nearest(hopfield.trajectory(w, x[0], n_steps=40), x)
    assert symbols.tolist() == [t % 5 for t in range(41)]


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
@given(seeds)
def test_up_to_a_strength_of_one_a_state_never_hops(strength, seed):
    x = draw(seed, 5, 100)
    states = hopfield.trajectory(sequence_weights(x, cycle(5), strength, integer=True), x[0], n_steps=10)
    assert nearest(states, x).tolist() != [t % 5 for t in range(11)]


def test_other_transitions_than_a_cycle_are_followed(generator):
    x = random_patterns(5, 200, generator=generator)
    to = [2, 0, 4, 1, 3]  # from each pattern to another
    t = torch.zeros(5, 5)
    t[range(5), to] = 1
    states = hopfield.trajectory(sequence_weights(x, t, 3.0, integer=True), x[0], n_steps=8)
    expected = [0]
    for _ in range(8):
        expected.append(to[expected[-1]])
    assert nearest(states, x).tolist() == expected


@given(seeds, st.integers(0, 12), st.sampled_from(["exponential", "delay"]))
def test_with_a_time_constant_of_one_all_synapses_are_fast(seed, n_steps, kernel):
    x = draw(seed, 4, 50)
    fast, slow = hebb(x, integer=True), 3 * cross_terms(x, cycle(4), integer=True)
    got = slow_trajectory(fast, slow, x, n_steps, time_constant=1.0, kernel=kernel)
    assert torch.equal(got, hopfield.trajectory(fast + slow, x, n_steps=n_steps, stop_early=False))


@given(seeds, st.integers(0, 12))
def test_slow_synapses_equal_a_slow_loop(seed, n_steps):
    x = draw(seed, 4, 31)
    fast, slow, tau = hebb(x), 2.5 * cross_terms(x, cycle(4)), 4.0
    state, trace = x[0], torch.zeros(31, dtype=torch.float64)
    for got in slow_trajectory(fast, slow, x[0], n_steps, time_constant=tau):
        assert torch.equal(got, state)
        trace = trace + (state - trace) / tau
        field = fast @ state + slow @ trace
        state = torch.where(field.abs() < 1e-12, state, field.sign())


@pytest.mark.parametrize("tau", [1, 4, 7])
@pytest.mark.parametrize("strength", [1.5, 3.0])
def test_a_delay_dwells_for_its_length_and_then_hops(tau, strength, generator):
    x = random_patterns(5, 500, generator=generator)
    fast, slow = hebb(x), strength * cross_terms(x, cycle(5))
    states = slow_trajectory(fast, slow, x[0], 12 * tau, time_constant=tau, kernel="delay")
    assert nearest(states, x).tolist() == [t // tau % 5 for t in range(12 * tau + 1)]


@pytest.mark.parametrize("tau", [4.0, 8.0, 16.0])
def test_an_exponential_trace_dwells_for_the_estimated_time(tau):
    strength = 1.25
    x = hadamard(9)[[3, 60, 170, 301, 500]]  # orthogonal, as the estimate supposes
    fast, slow = x.mT @ x / 512, strength * cross_terms(x, cycle(5))
    states = slow_trajectory(fast, slow, x[0], round(7 * tau), time_constant=tau)
    symbols = nearest(states, x).tolist()
    first, second = (symbols.index(symbol) for symbol in (1, 2))
    # Before the first hop the trace holds one pattern only: pushed on at λ (1 − δ) > 1.
    assert first == math.ceil(math.log(1 - 1 / strength) / math.log(1 - 1 / tau))
    # Whole steps lengthen a dwell; units that the pattern before pushes too leave earlier.
    assert 0.6 * dwell_time(strength, tau) < second - first < dwell_time(strength, tau) + 2


def hadamard(n_doublings):
    h = torch.ones(1, 1, dtype=torch.float64)
    for _ in range(n_doublings):
        h = torch.cat([torch.cat([h, h], 1), torch.cat([h, -h], 1)])
    return h


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cross_terms(torch.ones(2, 3), torch.ones(3, 3)), r"transitions: expected shape \(2, 2\) .*got \(3, 3\)"),
        (lambda: slow_trajectory(torch.ones(3, 3), torch.ones(2, 2), torch.ones(3), 1, time_constant=2.0), "slow: expected the shape of fast"),
        (lambda: slow_trajectory(torch.ones(3, 3), torch.ones(3, 3), torch.ones(3), 1, time_constant=0.5), "time_constant: expected at least 1 step, got 0.5"),
        (lambda: slow_trajectory(torch.ones(3, 3), torch.ones(3, 3), torch.ones(3), 1, time_constant=1.5, kernel="delay"), "time_constant: expected a whole number of at least 1 step, got 1.5"),
        (lambda: slow_trajectory(torch.ones(3, 3), torch.ones(3, 3), torch.ones(3), 1, time_constant=2.0, kernel="box"), "kernel: expected 'exponential' or 'delay', got 'box'"),
        (lambda: dwell_time(1.0, 5.0), "strength: expected above 1"),
        (lambda: cycle(0), "n_patterns: expected a whole number of at least 1"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
