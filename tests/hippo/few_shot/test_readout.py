import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.few_shot import attend, attention_loss, ceiling, prototype_scores


def embeddings(seed, n, d=4):
    return 2 * torch.rand(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(seed=st.integers(0, 2**31), m=st.integers(1, 4), n_ways=st.integers(2, 5), n_shots=st.integers(1, 3))
def test_attention_is_that_of_the_equations(seed, m, n_ways, n_shots):
    y, s = embeddings(seed, m), embeddings(seed + 1, n_ways * n_shots)
    labels = torch.arange(n_ways).repeat(n_shots)
    p = attend(y, s, labels, n_ways)
    for i in range(m):
        exponentials = [math.exp(float(y[i] @ row)) for row in s]
        mass = [0.0] * n_ways
        for value, label in zip(exponentials, labels.tolist(), strict=True):
            mass[label] += value / sum(exponentials)
        total = sum(map(math.exp, mass))
        torch.testing.assert_close(p[i], torch.tensor([math.exp(v) / total for v in mass], dtype=torch.float64))


@given(seed=st.integers(0, 2**31), n_ways=st.integers(2, 20))
def test_no_probability_exceeds_the_ceiling(seed, n_ways):
    s = 10 * embeddings(seed, n_ways)
    p = attend(s, s, torch.arange(n_ways), n_ways)
    assert float(p.max()) <= ceiling(n_ways) + 1e-12
    torch.testing.assert_close(p.sum(dim=-1), torch.ones(n_ways, dtype=torch.float64))


def test_the_loss_lies_between_that_of_perfect_and_that_of_a_guess():
    labels = torch.arange(5)
    guess = attention_loss(torch.full((5, 5), 0.2), labels)
    assert float(guess) == pytest.approx(0.16)
    perfect = attend(100 * torch.eye(5), torch.eye(5), labels, 5)
    c = ceiling(5)
    assert float(attention_loss(perfect, labels)) == pytest.approx(((1 - c) ** 2 + 4 * ((1 - c) / 4) ** 2) / 5)


def test_the_order_of_what_was_shown_does_not_matter(generator):
    y, s = torch.rand(3, 4, generator=generator), torch.rand(6, 4, generator=generator)
    labels, order = torch.tensor([0, 1, 2, 2, 1, 0]), torch.randperm(6, generator=generator)
    for score in (attend, prototype_scores):
        torch.testing.assert_close(score(y, s[order], labels[order], 3), score(y, s, labels, 3))


@given(seed=st.integers(0, 2**31), n_ways=st.integers(2, 5), n_shots=st.integers(1, 3))
def test_prototypes_are_means_and_scores_squared_distances(seed, n_ways, n_shots):
    y, s = embeddings(seed, 3), embeddings(seed + 1, n_ways * n_shots)
    labels = torch.arange(n_ways).repeat_interleave(n_shots)
    scores = prototype_scores(y, s, labels, n_ways)
    for i in range(3):
        for c in range(n_ways):
            mean = s[labels == c].mean(dim=0)
            torch.testing.assert_close(scores[i, c], -((y[i] - mean) ** 2).sum())


def test_prototypes_do_not_care_where_the_origin_is_and_attention_does(generator):
    y, s = torch.rand(3, 4, generator=generator).double(), torch.rand(3, 4, generator=generator).double()
    labels, shift = torch.arange(3), torch.tensor([1.0, 2.0, 0.0, -1.0]).double()
    torch.testing.assert_close(prototype_scores(y + shift, s + shift, labels, 3), prototype_scores(y, s, labels, 3))
    assert not torch.allclose(attend(y + shift, s + shift, labels, 3), attend(y, s, labels, 3))
