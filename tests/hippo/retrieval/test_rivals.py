"""Trained memories: their equations, their gates and what training makes of them."""

import pytest
import torch

from hippo.retrieval import LearntPrecision, MemoryNetwork, TuringRead
from hippo.retrieval.associators import Schedule, train_associator


def drawn(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_memory_network_reads_by_its_equations():
    net = MemoryNetwork(4, n_hops=2).double()
    for i, part in enumerate((net.key, net.query, net.value, net.answer)):
        part.data = drawn(i, 4, 4)
    patterns, cue = drawn(5, 3, 4), drawn(6, 4)
    for training, a in ((True, 1.0), (False, 100.0)):
        net.train(training)
        u = net.query @ cue
        for _ in range(2):
            p = torch.softmax(torch.stack([0.1 * a * (net.key @ m) @ u for m in patterns]), 0)
            o = sum(pi * (net.value @ m) for pi, m in zip(p, patterns, strict=True))
            u = u + o
        assert torch.allclose(net(patterns, cue[None])[0], net.answer @ o)


def test_an_untrained_memory_network_weighs_by_a_tenth_of_the_product_over_d():
    net = MemoryNetwork(4).double()
    patterns, cues = drawn(0, 6, 4), drawn(1, 5, 4)
    assert torch.allclose(net.retrieve(patterns, cues).weights, torch.softmax(0.1 * cues @ patterns.T / 4, -1))


def test_a_turing_read_follows_its_equations():
    net = TuringRead(4, n_heads=2).double()
    net.key.data, net.gate.weight.data, net.gate.bias.data = drawn(0, 2, 4, 4), drawn(1, 2, 4) / 4, drawn(2, 2) / 4
    patterns, cue = drawn(3, 5, 4), drawn(4, 4)
    reads = []
    for h in range(2):
        k = net.key[h] @ cue
        w = torch.softmax(torch.stack([k @ m / k.norm() / m.norm() for m in patterns]), 0)
        g = (net.gate.weight[h] @ cue + net.gate.bias[h]).exp()
        reads.append(torch.softmax(g * (1e-5 + w).log(), 0) @ patterns)
    assert torch.allclose(net(patterns, cue[None])[0], torch.stack(reads).mean(0))


def test_the_gate_has_one_row_per_head_and_starts_at_one():
    net = TuringRead(7, n_heads=3)
    assert net.gate.weight.shape == (3, 7)
    assert torch.equal(net.gate(torch.ones(2, 7)).exp(), torch.ones(2, 3))


def test_the_published_gate_of_d_heads_reads_the_same_before_training():
    one, many = TuringRead(6), TuringRead(6, n_heads=6)
    patterns, cues = drawn(0, 5, 6).float(), drawn(1, 3, 6).float()
    assert torch.allclose(one(patterns, cues), many(patterns, cues), atol=1e-6)


def test_memories_side_by_side_equal_one_after_the_other():
    for net in (MemoryNetwork(4, n_hops=2).double(), TuringRead(4, n_heads=2).double(), LearntPrecision(4).double()):
        patterns, cues = drawn(0, 3, 6, 4), drawn(1, 3, 5, 4)
        alone = torch.stack([net(m, z) for m, z in zip(patterns, cues, strict=True)])
        assert torch.allclose(net(patterns, cues), alone)


def test_training_finds_the_places_that_can_be_trusted():
    # The first two places of each code come spoilt beyond use, the other two as they are.
    codes = drawn(0, 100, 4).float()
    noise = torch.cat([3 * drawn(1, 100, 2), torch.zeros(100, 2)], dim=1).float()
    memory = LearntPrecision(4)
    losses = train_associator(memory, codes, lambda _: codes + noise, Schedule(60, 0.1, n_stored=50))
    learnt = memory.log_precision.detach().exp()
    assert learnt[:2].max() < 0.5 < 2 < learnt[2:].min()
    assert sum(losses[-10:]) < sum(losses[:10]) / 2
    assert not memory.training


def test_too_few_codes_for_a_memory_are_refused():
    with pytest.raises(ValueError, match="codes: expected at least 100 rows for one memory, got 20"):
        train_associator(LearntPrecision(3), torch.ones(20, 3), lambda _: torch.ones(20, 3), Schedule(1, 0.1))
