"""One kernel: the memories agree with loops, with each other and with the theory."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.modern import ModernHopfield
from hippo.retrieval import (
    LearntPrecision,
    Rule,
    mixture_energy,
    mixture_step,
    retrieve_by_gram,
    retrieve_from_mixture,
    stream_mixture_step,
)
from hippo.retrieval.mixture import mixture_pull
from hippo.retrieval.models import MODELS, UNIVERSAL
from hippo.retrieval.separations import largest, polynomial, softmax
from hippo.retrieval.similarities import SIMILARITIES, correlation, dot, euclidean


def drawn(seed, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def by_loops(patterns, states, sigma, n_steps):
    """The published formulation: every pair on its own, in double precision."""
    patterns, states = patterns.double(), states.double()
    for _ in range(n_steps):
        new = []
        for z in states:
            scores = torch.stack([-((z - m) ** 2).sum() / (2 * sigma**2) for m in patterns])
            w = (scores - scores.max()).exp()
            new.append(sum(wi * m for wi, m in zip(w / w.sum(), patterns, strict=True)))
        states = torch.stack(new)
    return states


@pytest.mark.parametrize("sigma", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("retrieve", [retrieve_from_mixture, retrieve_by_gram])
def test_the_vectorised_mixture_equals_the_loop(retrieve, sigma):
    # Scores of size ‖m‖²/σ² ≈ 20/σ² lose 6e-8 of that; at σ = 0.1 reads are one-hot, so nothing shows.
    patterns, cues = drawn(0, 12, 20), drawn(1, 7, 20)
    found = retrieve(patterns, cues, sigma, n_steps=10, tolerance=None)
    assert torch.allclose(found.readout.double(), by_loops(patterns, cues, sigma, 10), atol=1e-5)


@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 9), st.integers(1, 6))
def test_two_products_and_the_gram_matrix_make_the_same_iterations(seed, n, d, b):
    patterns, cues = drawn(seed, n, d, dtype=torch.float64), drawn(seed + 1, b, d, dtype=torch.float64)
    one, other = (f(patterns, cues, 1.0, tolerance=None) for f in (retrieve_from_mixture, retrieve_by_gram))
    assert torch.allclose(one.readout, other.readout, atol=1e-10)
    assert torch.equal(one.n_iterations, torch.full((b,), 10))


def test_memories_side_by_side_equal_one_after_the_other():
    patterns, cues = drawn(0, 3, 6, 4), drawn(1, 3, 5, 4)
    for retrieve in (retrieve_from_mixture, retrieve_by_gram):
        together = retrieve(patterns, cues, 0.7).readout
        alone = torch.stack([retrieve(m, z, 0.7, tolerance=None).readout for m, z in zip(patterns, cues, strict=True)])
        assert torch.allclose(together, alone, atol=1e-6)


@given(st.integers(0, 10**6), st.floats(0.3, 3))
def test_a_mixture_of_equal_norms_is_a_modern_hopfield_network(seed, sigma):
    patterns = torch.nn.functional.normalize(drawn(seed, 6, 5, dtype=torch.float64), dim=-1) * 2
    cues = drawn(seed + 1, 4, 5, dtype=torch.float64)
    network = ModernHopfield(patterns, beta=1 / sigma**2)
    assert torch.allclose(mixture_step(patterns, cues, sigma)[0], network.update(cues), atol=1e-10)
    again = Rule(dot, softmax(1 / sigma**2)).retrieve(patterns, cues, 5, tolerance=-1.0).readout
    assert torch.allclose(retrieve_from_mixture(patterns, cues, sigma, 5, None).readout, again, atol=1e-10)


def test_unequal_norms_part_the_two():
    patterns = torch.tensor([[1.0, 0.0], [3.0, 3.0]])
    cue = torch.tensor([[1.0, 0.0]])
    assert torch.equal(MODELS["GMM"](patterns, cue).readout, patterns[:1])
    assert torch.equal(MODELS["MCHN"](patterns, cue).readout, patterns[1:])


def test_a_narrow_mixture_gives_the_nearest_and_a_wide_one_the_mean():
    patterns, cues = drawn(0, 9, 5, dtype=torch.float64), drawn(1, 20, 5, dtype=torch.float64)
    nearest = patterns[torch.cdist(cues, patterns).argmin(-1)]
    assert torch.allclose(mixture_step(patterns, cues, 1e-3)[0], nearest)
    # Weights differ from 1/N by about (z·m − ½m²)/Nσ² ≈ 20/σ².
    assert torch.allclose(mixture_step(patterns, cues, 1e5)[0], patterns.mean(0).expand(20, -1), atol=1e-7)


@pytest.mark.parametrize("name", sorted(set(MODELS) | {" × ".join(pair) for pair in UNIVERSAL}))
def test_the_order_of_patterns_and_of_cues_does_not_matter(name):
    model = MODELS[name] if name in MODELS else UNIVERSAL[tuple(name.split(" × "))]
    patterns, cues = drawn(0, 8, 6), drawn(1, 5, 6)
    p, c = torch.randperm(8, generator=torch.Generator().manual_seed(2)), torch.tensor([3, 1, 4, 0, 2])
    found, moved = model(patterns, cues), model(patterns[p], cues[c])
    assert torch.allclose(moved.readout, found.readout[c], atol=1e-5)
    assert torch.allclose(moved.weights, found.weights[c][:, p], atol=1e-5)


@given(st.integers(0, 10**6), st.floats(0.2, 4))
def test_the_energy_never_rises_under_the_fixed_point_step(seed, sigma):
    patterns, states = drawn(seed, 7, 4, dtype=torch.float64), 2 * drawn(seed + 1, 6, 4, dtype=torch.float64)
    energies = [mixture_energy(patterns, states, sigma)]
    for _ in range(6):
        states, _ = mixture_step(patterns, states, sigma)
        energies.append(mixture_energy(patterns, states, sigma))
    # An EM step: monotone; energies up to 40/σ² in double precision are exact to 1e-11.
    assert bool((torch.stack(energies).diff(dim=0) <= 1e-10).all())


def test_the_pull_is_the_gradient_of_the_energy():
    patterns, states = drawn(0, 6, 5, dtype=torch.float64), drawn(1, 4, 5, dtype=torch.float64).requires_grad_()
    (gradient,) = torch.autograd.grad(mixture_energy(patterns, states, 0.8).sum(), states)
    assert torch.allclose(mixture_pull(patterns, states, 0.8), gradient, atol=1e-8)


def test_the_energy_is_that_of_the_definition():
    patterns, z = drawn(0, 4, 3, dtype=torch.float64), drawn(1, 1, 3, dtype=torch.float64)
    definition = -sum(float((-((z[0] - m) ** 2).sum() / 2 / 0.49).exp()) for m in patterns)
    assert float((-mixture_energy(patterns, z, 0.7)).exp()) == pytest.approx(-definition)


@pytest.mark.parametrize("chunk", [1, 3, 8, 100])
def test_streaming_gives_what_one_step_gives(chunk):
    patterns, states = drawn(0, 8, 5, dtype=torch.float64), drawn(1, 6, 5, dtype=torch.float64)
    readout, weights = mixture_step(patterns, states, 0.5)
    streamed, nearest = stream_mixture_step(patterns, states, 0.5, chunk=chunk)
    assert torch.allclose(streamed, readout, atol=1e-12)
    assert torch.equal(nearest, weights.argmax(-1))


def test_a_retrieval_stops_when_it_rests_and_counts_the_reads():
    patterns = torch.tensor([[0.0, 0.0], [10.0, 0.0]])
    found = retrieve_from_mixture(patterns, torch.tensor([[1.0, 0.0]]), 0.1, n_steps=10)
    assert found.n_iterations.tolist() == [1]
    slow = retrieve_from_mixture(patterns, torch.tensor([[4.9, 0.0]]), 3.0, n_steps=10)
    assert slow.n_iterations.item() > 2
    assert Rule(euclidean, largest).retrieve(patterns, torch.tensor([[1.0, 0.0]])).n_iterations.tolist() == [1]


def slowly(similarity, m, z):
    n, c = torch.linalg.norm, lambda v: v - v.mean()
    return {
        "dot": lambda: m @ z,
        "euclidean": lambda: -((m - z) ** 2).sum() / 2,
        "manhattan": lambda: -(m - z).abs().sum(),
        "cosine": lambda: m @ z / n(m) / n(z),
        "correlation": lambda: torch.corrcoef(torch.stack([c(m), c(z)]))[0, 1],
        "inverse euclidean": lambda: 1 / ((m - z) ** 2).sum(),
        "inverse manhattan": lambda: 1 / (m - z).abs().sum(),
    }[similarity]()


@pytest.mark.parametrize("name", SIMILARITIES)
def test_similarities_are_those_of_single_pairs(name):
    patterns, states = drawn(0, 2, 4, 5, dtype=torch.float64), drawn(1, 2, 3, 5, dtype=torch.float64)
    found = SIMILARITIES[name](patterns, states)
    for i in range(2):
        for b, z in enumerate(states[i]):
            for k, m in enumerate(patterns[i]):
                assert float(found[i, b, k]) == pytest.approx(float(slowly(name, m, z)), rel=1e-9)


def test_correlation_ignores_gain_and_offset():
    patterns, states = drawn(0, 4, 6, dtype=torch.float64), drawn(1, 3, 6, dtype=torch.float64)
    assert torch.allclose(correlation(patterns, 3 * states + 7), correlation(patterns, states))


@pytest.mark.parametrize("separate", [softmax(2.0), polynomial(3.0), largest])
def test_weights_add_up_to_one_and_keep_the_order(separate):
    scores = drawn(0, 50, 6, dtype=torch.float64)
    scores[:, 0] += 3  # a polynomial needs a positive one
    weights = separate(scores)
    assert torch.allclose(weights.sum(-1), torch.ones(50, dtype=torch.float64))
    assert torch.equal(weights.argmax(-1), scores.argmax(-1))
    assert bool((weights >= 0).all())


def test_a_polynomial_of_scores_none_of_which_is_positive_weighs_all_alike():
    assert polynomial(2.0)(torch.tensor([-1.0, 0.0, -3.0, -2.0])).tolist() == [0.25] * 4


@pytest.mark.parametrize("rank", [0, 2])
def test_a_learnt_precision_scores_as_the_full_matrix(rank):
    model = LearntPrecision(5, rank, generator=torch.Generator().manual_seed(0)).double()
    with torch.no_grad():
        model.log_precision.copy_(drawn(4, 5))
    patterns, cues = drawn(0, 6, 5, dtype=torch.float64), drawn(1, 4, 5, dtype=torch.float64)
    p = model.precision()
    full = torch.stack([torch.stack([-(z - m) @ p @ (z - m) / 2 for m in patterns]) for z in cues])
    assert torch.allclose(torch.softmax(full, -1), torch.softmax(model.scores(patterns, cues), -1), atol=1e-12)
    assert bool((torch.linalg.eigvalsh(p) > 0).all())


def test_the_gradient_of_the_learnt_precision_is_that_of_copies_of_the_full_matrix():
    model = LearntPrecision(4).double()
    patterns, cues = drawn(0, 6, 4, dtype=torch.float64), drawn(1, 6, 4, dtype=torch.float64)
    rho = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    difference = cues[:, None] - patterns  # (B, N, D), as the published code has it
    scores = -torch.einsum("bnd,de,bne->bn", difference, torch.diag(rho.exp()), difference) / 2
    (expected,) = torch.autograd.grad((torch.softmax(scores, -1) @ patterns - patterns).square().mean(), rho)
    (model(patterns, cues) - patterns).square().mean().backward()
    assert torch.allclose(model.log_precision.grad, expected, atol=1e-8)


def test_precision_starts_as_one():
    assert torch.equal(LearntPrecision(3).precision(), torch.eye(3))
    patterns, cues = drawn(0, 5, 3), drawn(1, 4, 3)
    start = LearntPrecision(3).retrieve(patterns, cues, 10, None).readout
    assert torch.allclose(start, retrieve_from_mixture(patterns, cues, 1.0, 10, None).readout, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: retrieve_from_mixture(torch.ones(3, 2), torch.ones(1, 4), 0.1), r"cues: expected shape \(..., B, 2\)"),
        (lambda: retrieve_from_mixture(torch.ones(3, 2), torch.ones(1, 2), 0.0), "sigma: expected a number above 0"),
        (lambda: retrieve_by_gram(torch.ones(3, 2), torch.ones(1, 2), 1.0, 0), "n_steps: expected a whole number of at least 1"),
        (lambda: Rule(dot, softmax()).retrieve(torch.ones(3), torch.ones(1, 3)), "patterns: expected shape"),
        (lambda: softmax(0.0), "beta: expected a number above 0"),
        (lambda: LearntPrecision(3, 1), "generator: expected a torch.Generator"),
        (lambda: stream_mixture_step(torch.ones(3, 2), torch.ones(1, 2), 1.0, 0), "chunk: expected a whole number"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("n_stored", [4, 40])
@pytest.mark.parametrize("retrieve", [retrieve_from_mixture, retrieve_by_gram, None])
@pytest.mark.parametrize("tolerance", [None, 0.0])
def test_memories_side_by_side_read_as_each_does_alone(n_stored, retrieve, tolerance):
    patterns, cues = drawn(0, 2, 3, n_stored, 6, dtype=torch.float64), drawn(1, 2, 3, 5, 6, dtype=torch.float64)
    if retrieve is None:
        precise = LearntPrecision(6, rank=1, generator=torch.Generator().manual_seed(2)).double().requires_grad_(False)
        together = precise.retrieve(patterns, cues, 4, tolerance)
        alone = [precise.retrieve(patterns[i, j], cues[i, j], 4, tolerance) for i in range(2) for j in range(3)]
    else:
        together = retrieve(patterns, cues, 1.0, 4, tolerance)
        alone = [retrieve(patterns[i, j], cues[i, j], 1.0, 4, tolerance) for i in range(2) for j in range(3)]
    assert torch.allclose(together.readout.flatten(0, 1), torch.stack([one.readout for one in alone]), atol=1e-12)
    assert together.n_iterations.shape == (2, 3, 5)
    if tolerance is None:
        assert together.n_iterations.unique().tolist() == [4]
