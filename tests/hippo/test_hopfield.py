import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo import hopfield
from hippo.corruption import flip_exactly
from hippo.learning_rules import hebb, outer_product, projection
from hippo.metrics import overlap
from hippo.patterns import random_patterns

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 8), st.integers(1, 12))


def network(seed, size):
    g = torch.Generator().manual_seed(seed)
    x = random_patterns(*size, generator=g, dtype=torch.float64)
    cues = random_patterns(5, size[1], generator=g, dtype=torch.float64)
    return hebb(x, integer=True), cues, g


def slow_step(weights, state, threshold=0.0):
    """Update by the definition, unit by unit."""
    fields = [sum(w * s for w, s in zip(row, state, strict=True)) - threshold for row in weights]
    return [(1.0 if h > 0 else -1.0) if h else s for h, s in zip(fields, state, strict=True)]


@given(seeds, sizes, st.integers(0, 6), st.integers(-3, 3))
def test_recall_equals_a_slow_loop(seed, size, n_steps, threshold):
    w, cues, _ = network(seed, size)
    got = hopfield.recall(w, cues, n_steps=n_steps, threshold=threshold)
    for cue, state in zip(cues.tolist(), got.tolist(), strict=True):
        for _ in range(n_steps):
            cue = slow_step(w.tolist(), cue, threshold)
        assert state == cue


@given(seeds, sizes, st.integers(0, 9), st.sampled_from(["keep", "up"]))
def test_stopping_early_gives_the_state_of_the_full_run(seed, size, n_steps, ties):
    w, cues, _ = network(seed, size)
    early, full = (hopfield.trajectory(w, cues, n_steps=n_steps, ties=ties, stop_early=stop) for stop in (True, False))
    assert torch.equal(early, full)
    assert torch.equal(hopfield.recall(w, cues, n_steps=n_steps, ties=ties), full[-1])


@pytest.mark.parametrize("n_steps", [4, 5])
def test_a_two_cycle_ends_at_the_member_of_the_right_parity(n_steps):
    w = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    cue = torch.tensor([1.0, -1.0])
    assert torch.equal(hopfield.recall(w, cue, n_steps=n_steps), cue * (-1) ** n_steps)


@given(seeds, sizes, st.booleans())
def test_energy_never_rises_under_asynchronous_updates(seed, size, with_threshold):
    w, cues, g = network(seed, size)
    threshold = torch.randn(size[1], generator=g, dtype=torch.float64) if with_threshold else 0.0
    states = hopfield.trajectory(w, cues, n_sweeps=4, threshold=threshold, generator=g)
    energies = hopfield.energy(states, w, threshold)
    assert (energies.diff(dim=0) <= 1e-9).all()


@given(seeds, sizes)
def test_energy_equals_the_sum_over_pairs(seed, size):
    w, cues, g = network(seed, size)
    theta = torch.randn(size[1], generator=g, dtype=torch.float64)
    units = range(size[1])
    for state in cues:
        pairs = sum(float(w[i, j] * state[i] * state[j]) for i in units for j in units)
        expected = -pairs / 2 + float(theta @ state)
        assert float(hopfield.energy(state, w, theta)) == pytest.approx(expected, abs=1e-9)


@given(seeds, st.integers(1, 8), st.integers(2, 12))
def test_asynchronous_recall_ends_at_a_fixed_point_of_the_synchronous_update(seed, n_patterns, n_units):
    w, cues, g = network(seed, (n_patterns, n_units))
    # A unit changes only where its field is not 0, which lowers the energy; the states are finitely many.
    settled = hopfield.recall(w, cues, n_sweeps=100, generator=g)
    assert torch.equal(hopfield.update(settled, w), settled)


@given(seeds, sizes, st.integers(0, 5))
def test_the_negative_of_a_cue_recalls_the_negative(seed, size, n_steps):
    w, cues, _ = network(seed, size)
    assert torch.equal(hopfield.recall(w, -cues, n_steps=n_steps), -hopfield.recall(w, cues, n_steps=n_steps))


@given(seeds, sizes)
def test_permuting_units_permutes_what_is_recalled(seed, size):
    w, cues, g = network(seed, size)
    order = torch.randperm(size[1], generator=g)
    assert torch.equal(
        hopfield.recall(w[order][:, order], cues[:, order], n_steps=3), hopfield.recall(w, cues, n_steps=3)[:, order]
    )


def test_stored_patterns_are_completed_from_noisy_cues(generator):
    x = random_patterns(5, 200, generator=generator)
    cues = flip_exactly(x, 0.2, generator)
    for w in (hebb(x), outer_product(x, integer=True), projection(x)):
        # α = 0.025 is far below any capacity: every pattern comes back but for rare bits.
        assert (overlap(hopfield.recall(w, cues, n_steps=10), x) > 0.98).all()
        assert (overlap(hopfield.recall(w, cues, n_sweeps=3, generator=generator), x) > 0.98).all()


def test_unknown_units_are_filled_in(generator):
    x = random_patterns(3, 100, generator=generator)
    cues = x.clone()
    cues[:, ::2] = 0
    assert torch.equal(hopfield.recall(hebb(x), cues, n_steps=5), x)


def test_whole_numbered_weights_recall_the_same_in_either_precision(generator):
    x = random_patterns(20, 100, generator=generator)  # an even number of patterns: there are ties
    cues = random_patterns(50, 100, generator=generator)
    single = hopfield.recall(hebb(x, integer=True), cues, n_steps=30)
    double = hopfield.recall(hebb(x.double(), integer=True), cues.double(), n_steps=30)
    assert torch.equal(single.double(), double)
    assert single.dtype == torch.float32


def test_one_network_per_batch_entry(generator):
    x = random_patterns(12, 20, generator=generator).reshape(3, 4, 20)
    w = hebb(x, integer=True)
    expected = torch.stack([hopfield.recall(one, cue, n_steps=4) for one, cue in zip(w, x, strict=True)])
    assert torch.equal(hopfield.recall(w, x, n_steps=4), expected)


def test_five_steps_are_the_default_and_zero_steps_return_the_cue(generator):
    w, cues, _ = network(3, (6, 12))
    assert torch.equal(hopfield.recall(w, cues), hopfield.recall(w, cues, n_steps=5))
    assert torch.equal(hopfield.recall(w, cues, n_steps=0), cues)
    assert hopfield.trajectory(w, cues, n_sweeps=0, generator=generator).shape == (1, 5, 12)


def test_inputs_are_not_changed(generator):
    w, cues, _ = network(4, (3, 10))
    before = w.clone(), cues.clone()
    hopfield.recall(w, cues, n_steps=3)
    hopfield.recall(w, cues, n_sweeps=3, generator=generator)
    assert torch.equal(w, before[0])
    assert torch.equal(cues, before[1])


W, CUE = torch.zeros(3, 3), torch.ones(3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": torch.zeros(3, 2)}, r"weights: expected as many rows as columns, got \(3, 2\)"),
        ({"weights": torch.zeros(3)}, r"weights: expected shape \(..., N, N\)"),
        ({"cue": torch.ones(4)}, r"cue: expected shape \(..., 3\) as the memory has 3 units, got \(4,\)"),
        ({"cue": torch.full((3,), 0.5)}, r"cue: expected the values -1, \+1, 0 only, got 0.5"),
        ({"threshold": torch.zeros(2)}, r"threshold: expected one number or shape \(3,\), got \(2,\)"),
        ({"n_steps": -1}, "n_steps: expected a whole number of at least 0, got -1"),
        ({"n_steps": 1, "n_sweeps": 1}, "n_sweeps: expected either n_steps or n_sweeps, got both"),
        ({"n_sweeps": 1}, "generator: expected a torch.Generator"),
        ({"ties": "down"}, "ties: expected 'keep' or 'up', got 'down'"),
        ({"weights": torch.zeros(2, 3, 3), "n_sweeps": 1}, r"weights: expected shape \(N, N\) for sweeps"),
    ],
)
@pytest.mark.parametrize("function", [hopfield.recall, hopfield.trajectory])
def test_wrong_arguments_are_refused_by_name(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(**({"weights": W, "cue": CUE} | arguments))
