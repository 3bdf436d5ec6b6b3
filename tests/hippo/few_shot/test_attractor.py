import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from hippo.few_shot import AttractorMemory, recall, write

RULES = ("storkey", "hebb")


def literal(embeddings, rule):
    """The equations, unit by unit."""
    n, d = embeddings.shape
    m = [[0.0] * d for _ in range(d)]
    for s in embeddings.tolist():
        b = [[m[i][j] + s[i] * s[j] / d for j in range(d)] for i in range(d)]
        q = [sum(b[i][j] * s[j] for j in range(d)) for i in range(d)]
        for i in range(d):
            for j in range(d):
                change = s[i] * s[j] if rule == "hebb" else b[i][j] - q[i] * s[j] - s[i] * q[j]
                m[i][j] += change / (n * d)
    return torch.tensor(m, dtype=torch.float64)


@pytest.mark.parametrize("rule", RULES)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 6), d=st.integers(1, 7))
def test_a_matrix_is_that_of_the_equations(rule, seed, n, d):
    s = 2 * torch.rand(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    # float64: at most 6 writes of numbers below 30, each a rounding of 2e-16.
    torch.testing.assert_close(write(s, rule), literal(s, rule), atol=1e-12, rtol=1e-12)
    assert torch.equal(write(s, rule), write(s, rule).T)


@pytest.mark.parametrize("rule", RULES)
def test_many_memories_are_written_at_once(rule, generator):
    s = torch.rand(3, 2, 5, 8, generator=generator, dtype=torch.float64)
    each = torch.stack([torch.stack([write(s[i, j], rule) for j in range(2)]) for i in range(3)])
    torch.testing.assert_close(write(s, rule), each)


@given(seed=st.integers(0, 2**31), length=st.floats(0.1, 3.0), d=st.integers(1, 9))
def test_a_first_embedding_is_an_eigenvector_and_anti_hebbian_above_the_length_of_root_half(seed, length, d):
    s = F.normalize(torch.rand(1, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + 0.01)
    s = length * s
    eigenvalue = length**2 * (1 - 2 * length**2) / d**2
    torch.testing.assert_close(s @ write(s), eigenvalue * s)


def test_hebb_does_not_care_for_the_order_and_storkey_does(generator):
    s = torch.rand(4, 6, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(write(s.flip(0), "hebb"), write(s, "hebb"))
    assert (write(s.flip(0)) - write(s)).abs().max() > 1e-4


def test_turning_the_features_turns_the_matrix(generator):
    s = torch.rand(4, 6, generator=generator, dtype=torch.float64)
    turn = torch.linalg.qr(torch.rand(6, 6, generator=generator, dtype=torch.float64))[0]
    for rule in RULES:
        torch.testing.assert_close(write(s @ turn, rule), turn.T @ write(s, rule) @ turn)


@pytest.mark.parametrize("rule", RULES)
def test_gradients_flow_through_the_matrix(rule, generator):
    s = torch.rand(3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    e = torch.rand(2, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s, e: recall(write(s, rule), e), (s, e))


def test_without_a_matrix_only_the_norm_is_left(generator):
    s, e = torch.rand(5, 8, generator=generator), torch.rand(3, 8, generator=generator)
    expected = F.relu(F.layer_norm(e, (8,)))
    assert torch.equal(AttractorMemory(8, None)(s, e), expected)
    assert not torch.equal(AttractorMemory(8)(s, e), expected)
    assert sum(p.numel() for p in AttractorMemory(64).parameters()) == 128  # the published size


def test_an_unknown_rule_and_another_size_are_refused():
    with pytest.raises(ValueError, match="rule: expected 'storkey' or 'hebb'"):
        write(torch.ones(2, 3), "oja")
    with pytest.raises(ValueError, match="memory: expected shape"):
        recall(torch.eye(3), torch.ones(2, 4))
