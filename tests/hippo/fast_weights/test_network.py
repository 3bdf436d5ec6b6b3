import dataclasses
import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from hippo.fast_weights import AttentionMemory, FastWeights, FastWeightsConfig, MatrixMemory, draw_examples

WRITES, NORMS = ("hebb", "storkey"), ("shared", "per step", "none")


def network(seed=0, **settings):
    net = FastWeights(FastWeightsConfig(**settings), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():  # gains and biases that are not 1 and 0, so that a mix-up shows
        g = torch.Generator().manual_seed(seed + 1)
        net.gains += 0.3 * torch.randn(net.gains.shape, generator=g)
        net.biases += 0.3 * torch.randn(net.biases.shape, generator=g)
    return net


def gradients(net, examples):
    logits = net(examples.inputs().to(net.slow.dtype))
    loss = cross_entropy(logits, examples.targets)
    return logits.detach(), torch.autograd.grad(loss, [p for p in net.parameters() if p.numel()])


@pytest.mark.parametrize(("write", "n_inner", "norm"), list(itertools.product(WRITES, (1, 3), ("shared", "per step"))))
def test_matrix_and_attention_agree_in_value_and_gradient(write, n_inner, norm, generator):
    examples = draw_examples(16, 12, generator=generator)
    found = [
        gradients(network(write=write, n_inner=n_inner, norm=norm, form=form), examples)
        for form in ("matrix", "attention")
    ]
    # Sums of up to 14 products of numbers near 1 in float32, each a rounding of 6e-8, 13 steps deep: 1e-5.
    torch.testing.assert_close(found[0][0], found[1][0], atol=1e-5, rtol=0)
    for a, b in zip(found[0][1], found[1][1], strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=0)


@pytest.mark.parametrize("write", WRITES)
def test_memories_hold_the_same_matrix_in_float64(write, generator):
    states = torch.randn(6, 3, 8, generator=generator, dtype=torch.float64)
    matrix, attention = (kind(0.9, 0.5, write) for kind in (MatrixMemory, AttentionMemory))
    for h in states:
        assert torch.equal(matrix.read(h), attention.read(h)) or matrix.matrix is not None
        matrix.write(h)
        attention.write(h)
    unit = torch.eye(8, dtype=torch.float64)
    columns = torch.stack([attention.read(e.expand(3, 8)) for e in unit], dim=-1)  # (3, 8, 8)
    torch.testing.assert_close(columns, matrix.matrix, atol=1e-13, rtol=1e-12)


def slow_memory(states, decay, rate, write):
    """The rules as they are written, one example, one number at a time."""
    n = len(states[0])
    a = [[0.0] * n for _ in range(n)]
    for h in states:
        b = [[a[i][j] + h[i] * h[j] / n for j in range(n)] for i in range(n)]
        q = [sum(b[i][j] * h[j] for j in range(n)) for i in range(n)]
        for i, j in itertools.product(range(n), repeat=2):
            new = h[i] * h[j] if write == "hebb" else (b[i][j] - q[i] * h[j] - h[i] * q[j]) / n
            a[i][j] = decay * a[i][j] + rate * new
    return a


@pytest.mark.parametrize("write", WRITES)
def test_the_matrix_is_that_of_a_slow_loop(write, generator):
    states = torch.randn(5, 2, 4, generator=generator, dtype=torch.float64)
    memory = MatrixMemory(0.8, 0.3, write)
    for h in states:
        memory.write(h)
    for k in range(2):
        expected = torch.tensor(slow_memory(states[:, k].tolist(), 0.8, 0.3, write), dtype=torch.float64)
        torch.testing.assert_close(memory.matrix[k], expected, atol=1e-13, rtol=1e-12)


@pytest.mark.parametrize(("n_inner", "norm", "n_embedding"), [(1, "shared", 0), (3, "per step", 0), (2, "none", 5)])
def test_the_recurrence_is_that_of_the_paper_in_numpy(n_inner, norm, n_embedding, generator):
    net = network(n_hidden=7, n_inner=n_inner, norm=norm, n_embedding=n_embedding, decay=0.8, rate=0.4).double()
    examples = draw_examples(3, 6, generator=generator)
    p = {name: tensor.detach().numpy() for name, tensor in net.named_parameters()}
    for x, logits in zip(examples.inputs().double().numpy(), net(examples.inputs().double()), strict=True):
        h, a = np.zeros(7), np.zeros((7, 7))
        for token in x:
            if n_embedding:
                token = np.maximum(p["embedding.0.weight"] @ token + p["embedding.0.bias"], 0)
            z = h @ p["slow"] + token @ p["inputs"]
            a = 0.8 * a + 0.4 * np.outer(h, h)
            h = np.maximum(z, 0)
            for s in range(n_inner):
                u = z + a @ h
                if norm != "none":
                    row = s if norm == "per step" else 0
                    u = p["gains"][row] * (u - u.mean()) / (u.std() + 1e-5) + p["biases"][row]
                h = np.maximum(u, 0)
        hidden = np.maximum(p["readout.0.weight"] @ h + p["readout.0.bias"], 0)
        expected = p["readout.2.weight"] @ hidden + p["readout.2.bias"]
        np.testing.assert_allclose(logits.detach().numpy(), expected, atol=1e-12)


@pytest.mark.parametrize(("form", "write"), list(itertools.product(("matrix", "attention"), WRITES)))
def test_gradients_are_those_of_finite_differences(form, write, generator):
    net = network(n_hidden=5, n_inner=2, norm="per step", form=form, write=write).double()
    x = draw_examples(2, 4, generator=generator).inputs().double().requires_grad_()
    names, parameters = zip(*net.named_parameters(), strict=True)

    def logits(x, *values):
        return torch.func.functional_call(net, dict(zip(names, values, strict=True)), (x,))

    # Central differences of step 1e-6 in float64 are right to about 1e-9; gradcheck's bound is 1e-5.
    # The kinks of ReLU are met with probability 1e-6 per unit; the seed is fixed.
    chosen = [x, *(p.detach().requires_grad_() for p in parameters)]
    assert torch.autograd.gradcheck(logits, chosen, fast_mode=True)


def test_sizes_are_the_published_ones():
    assert sum(p.numel() for p in network().parameters()) == 8907
    assert sum(p.numel() for p in network(n_inner=3, norm="per step").parameters()) == 8907 + 2 * 60
    assert sum(p.numel() for p in network(norm="none").parameters()) == 8907 - 60


def test_without_writing_the_network_forgets_what_a_recurrent_network_forgets(generator):
    x = draw_examples(4, 8, generator=generator).inputs()
    silent = network(rate=0.0)
    assert torch.equal(silent(x), network(rate=0.0, decay=0.1)(x))
    assert not torch.equal(network()(x), network(decay=0.1)(x))


def test_answers_of_a_batch_are_those_of_its_examples_alone(generator):
    x = draw_examples(6, 8, generator=generator).inputs().double()
    net = network().double()
    alone = torch.cat([net(row[None]) for row in x])
    torch.testing.assert_close(net(x), alone, atol=1e-12, rtol=0)
    order = torch.tensor([3, 1, 0, 5, 4, 2])
    torch.testing.assert_close(net(x[order]), alone[order], atol=1e-12, rtol=0)


def test_a_network_takes_its_numbers_from_the_generator_alone():
    state = torch.random.get_rng_state()
    a, b = (FastWeights(FastWeightsConfig(n_embedding=4), generator=torch.Generator().manual_seed(3)) for _ in range(2))
    assert all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(a.slow, 0.05 * torch.eye(30))
    bound = (6 / (4 + 30)) ** 0.5
    assert 0.8 * bound < float(a.inputs.detach().abs().max()) <= bound


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_hidden": 0}, "n_hidden: expected a whole number of at least 1, got 0"),
        ({"n_inner": 0}, "n_inner: expected a whole number of at least 1"),
        ({"norm": "batch"}, "norm: expected one of shared, per step, none, got 'batch'"),
        ({"write": "oja"}, "write: expected one of hebb, storkey"),
        ({"form": "sum"}, "form: expected one of attention, matrix"),
    ],
)
def test_settings_that_do_not_exist_are_refused_by_name(settings, message):
    with pytest.raises(ValueError, match=message):
        FastWeightsConfig(**settings)


@pytest.mark.parametrize("shape", [(2, 37), (2, 6, 36), (2, 0, 37)])
def test_inputs_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"inputs: expected shape \(B, T, 37\)"):
        network()(torch.zeros(shape))


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FastWeightsConfig().rate = 1.0
