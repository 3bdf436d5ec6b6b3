import numpy as np
import pytest
import torch

from hippo.fast_weights import LSTM, ReferenceLSTM, draw_examples


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_the_reference_is_rectified_and_answers_from_the_cell(generator):
    net = ReferenceLSTM(5, generator=generator).double()
    examples = draw_examples(3, 6, generator=generator)
    with torch.no_grad():
        net.bias += torch.randn(20, generator=generator, dtype=torch.float64)
    kernel, bias = net.kernel.detach().numpy(), net.bias.detach().numpy()
    for x, logits in zip(examples.inputs().double().numpy(), net(examples.inputs().double()), strict=True):
        c, h = np.zeros(5), np.zeros(5)
        for token in x:
            gates = np.concatenate([token, h]) @ kernel + bias
            i, j, f, o = gates[:5], gates[5:10], gates[10:15], gates[15:]
            c = c * sigmoid(f + 1) + sigmoid(i) * np.maximum(j, 0)
            h = np.maximum(c, 0) * sigmoid(o)
        expected = net.readout(torch.tensor(c))
        torch.testing.assert_close(logits, expected, atol=1e-12, rtol=0)


def test_sizes_are_the_published_ones(generator):
    assert sum(p.numel() for p in ReferenceLSTM(30, generator=generator).parameters()) == 14_997


@pytest.mark.parametrize("kind", [ReferenceLSTM, LSTM])
def test_networks_take_their_numbers_from_the_generator_alone(kind):
    state = torch.random.get_rng_state()
    a, b = (kind(generator=torch.Generator().manual_seed(1)) for _ in range(2))
    assert all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(bool(p.isfinite().all()) for p in a.parameters())


@pytest.mark.parametrize("kind", [ReferenceLSTM, LSTM])
def test_inputs_of_another_shape_are_refused(kind, generator):
    with pytest.raises(ValueError, match=r"inputs: expected shape \(B, T, 37\), got \(2, 6, 36\)"):
        kind(generator=generator)(torch.zeros(2, 6, 36))
