import pytest
import torch
from torch import nn

from hippo.autoencoder import Autoencoder


def test_forward_is_decoder_of_encoder_and_stays_between_0_and_1(generator):
    net = Autoencoder(30, 5, generator=generator)
    x = torch.rand(7, 30, generator=generator)
    assert net.encoder(x).shape == (7, 5)
    assert torch.equal(net(x), net.decoder(net.encoder(x)))
    assert ((net(x) > 0) & (net(x) < 1)).all()


def test_forward_equals_the_equation(generator):
    net = Autoencoder(4, 3, generator=generator).double()
    x = torch.rand(2, 4, generator=generator, dtype=torch.float64)
    e, d = net.encoder[0], net.decoder[0]
    hidden = 1 / (1 + torch.exp(-(x @ e.weight.T + e.bias)))
    assert torch.allclose(net(x), 1 / (1 + torch.exp(-(hidden @ d.weight.T + d.bias))))


def test_gradients_agree_with_finite_differences(generator):
    net = Autoencoder(3, 2, generator=generator).double()
    x = torch.rand(4, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(net, (x,))


def test_parameters_come_from_the_generator_alone_and_as_in_linear():
    torch.manual_seed(5)
    expected = nn.Linear(6, 2), nn.Linear(2, 6)
    state = torch.random.get_rng_state()
    net = Autoencoder(6, 2, generator=torch.Generator().manual_seed(5))
    assert torch.equal(state, torch.random.get_rng_state())
    for layer, linear in zip((net.encoder[0], net.decoder[0]), expected, strict=True):
        assert torch.allclose(layer.weight, linear.weight)
        assert torch.allclose(layer.bias, linear.bias)


def test_wrong_arguments_are_refused_by_name():
    with pytest.raises(ValueError, match="num_hidden: expected a whole number of at least 1, got 0"):
        Autoencoder(3, 0)
    with pytest.raises(ValueError, match=r"images: expected shape \(..., 3\), got \(2, 4\)"):
        Autoencoder(3, 1)(torch.zeros(2, 4))
