"""Autoencoders, the free energy, and its descent by back-propagation and by predictive coding."""

import pytest
import torch
from torch import nn

from hippo.retrieval import PredictiveNetwork, descend_by_backprop, free_energy, mixture_energy, relax
from hippo.retrieval.conv_vae import ConvVAE
from hippo.retrieval.initial import initialised
from hippo.retrieval.mnist_vae import DigitVAE
from hippo.retrieval.predictive import cautious_step
from hippo.retrieval.vae_training import Recipe, divergence, encode_all, fit, loss_per_image


def source(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(seed, *shape):
    return torch.randn(*shape, generator=source(seed), dtype=torch.float64)


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def digit_vae(seed=0):
    return initialised(lambda: DigitVAE(4, 6), source(seed)).double().eval().requires_grad_(False)


def test_the_networks_have_the_published_sizes():
    with torch.device("meta"):
        assert count(ConvVAE()) == 582_179
        digits = DigitVAE()
    decoder = count(digits.maps)
    assert decoder == 46_129
    assert count(digits) - decoder == 54_192


def test_initial_parameters_come_from_the_generator_alone():
    state = torch.random.get_rng_state()
    one, other = (initialised(lambda: ConvVAE(4, 5), source(3)) for _ in range(2))
    assert torch.equal(state, torch.random.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
    with pytest.raises(TypeError, match="got PReLU"):
        initialised(nn.PReLU, source())


@pytest.mark.parametrize("make", [lambda: ConvVAE(2, 3), lambda: DigitVAE(2, 3)])
def test_a_single_picture_overfits(make):
    vae = initialised(make, source())
    image = torch.full((4, *vae.image_shape), 0.1)
    image[..., :10] = 0.9
    errors = fit(vae, image, Recipe(n_steps=40, batch_size=4, learning_rate=1e-2), source(2))
    assert errors[-1] < 0.5 * errors[0]
    assert not vae.training


def test_the_divergence_is_that_of_two_normal_distributions():
    mean, log_variance = drawn(0, 3, 4), drawn(1, 3, 4)
    q = torch.distributions.Normal(mean, (log_variance / 2).exp())
    expected = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(-1)
    assert torch.allclose(divergence(mean, log_variance), expected)


def test_the_weight_of_the_divergence_does_not_depend_on_the_batch():
    vae = digit_vae()
    images = torch.rand(1, 1, 28, 28, generator=source(), dtype=torch.float64)
    weights = []
    for batch in (images, images.repeat(8, 1, 1, 1)):
        loss, error = loss_per_image(vae, batch, 2.0, source(1))
        weights.append(float(loss - error))
    assert weights[0] == pytest.approx(weights[1])
    assert weights[0] == pytest.approx(2 * float(divergence(*vae.encode(images)).sum()))


def test_training_repeats_with_its_seed():
    images = torch.randint(0, 256, (12, 1, 28, 28), generator=source(), dtype=torch.uint8)
    recipe = Recipe(n_steps=6, batch_size=5, shuffled=True, one_cycle=True)
    runs = [fit(initialised(lambda: DigitVAE(2, 3), source()), images, recipe, source(1)) for _ in range(2)]
    assert runs[0] == runs[1]
    assert len(runs[0]) == 2


def test_codes_of_many_images_are_those_of_single_ones():
    vae = digit_vae()
    images = torch.rand(7, 1, 28, 28, generator=source(), dtype=torch.float64)
    assert torch.allclose(encode_all(vae, images, batch_size=3), vae.encode(images)[0])


def test_images_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"images: expected shape \(n, 3, 32, 32\), got \(1, 3, 28, 28\)"):
        ConvVAE(2, 2).encode(torch.zeros(1, 3, 28, 28))
    with pytest.raises(ValueError, match=r"images: expected shape \(n, 1, 28, 28\)"):
        DigitVAE(2, 2).encode(torch.zeros(1, 28, 28))


def test_the_free_energy_adds_what_the_image_and_the_memory_say():
    vae, patterns, codes = digit_vae(), drawn(0, 5, 6), drawn(1, 3, 6)
    images = torch.rand(3, 1, 28, 28, generator=source(), dtype=torch.float64)
    found = free_energy(patterns, codes, 0.5, images, vae.decode)
    assert float(found.accuracy[1]) == pytest.approx(float(((vae.decode(codes[1:2]) - images[1]) ** 2).sum() / 2))
    assert torch.equal(found.complexity, mixture_energy(patterns, codes, 0.5))
    assert torch.equal(found.total, found.accuracy + found.complexity)


def test_descent_by_backprop_lowers_the_loss_and_touches_no_weight():
    vae, patterns, cues = digit_vae().requires_grad_(True), drawn(0, 5, 6), drawn(1, 3, 6)
    images = torch.rand(3, 1, 28, 28, generator=source(), dtype=torch.float64)
    kept = cues.clone()
    trace = descend_by_backprop(patterns, cues, images, vae.decode, learning_rate=0.05, n_steps=30)
    loss = trace.error + 0.005 * trace.prior
    assert float(loss[-1]) < float(loss[0])
    assert all(parameter.grad is None for parameter in vae.parameters())
    assert torch.equal(cues, kept)
    assert not trace.codes.requires_grad


def network(patterns=None, sigma=0.5):
    vae = digit_vae()
    images = torch.rand(3, 1, 28, 28, generator=source(), dtype=torch.float64)
    return PredictiveNetwork(vae.maps, patterns, images, sigma)


@pytest.mark.parametrize("patterns", [None, drawn(0, 5, 6)])
def test_the_changes_are_minus_the_gradient_of_the_free_energy(patterns):
    net = network(patterns)
    state = tuple((z + 0.1 * drawn(i, *z.shape)).requires_grad_() for i, z in enumerate(net.start(drawn(1, 3, 6))))
    gradients = torch.autograd.grad(net.energy(state).sum(), state)
    predictions = net.predictions(state)
    changes = net.changes(state, predictions, net.errors(state, predictions))
    for change, gradient in zip(changes, gradients, strict=True):
        assert torch.allclose(change, -gradient, atol=1e-8)


def test_a_start_has_no_error_in_the_hidden_layers():
    net = network(drawn(0, 5, 6))
    state = net.start(drawn(1, 3, 6))
    errors = net.errors(state, net.predictions(state))
    assert all(float(e.abs().max()) == 0 for e in errors[1:4])
    assert torch.allclose(torch.sigmoid(net.predictions(state)[-1]), digit_vae().decode(state[0]))


@pytest.mark.parametrize("gain", [1.0, 30.0])
def test_the_chosen_step_never_lets_the_free_energy_rise(gain):
    net = network(drawn(0, 5, 6))
    for parameter in net.maps.parameters():
        parameter.data *= gain ** 0.25
    trace = relax(net, drawn(1, 3, 6), n_steps=15)
    assert bool((trace.energy.diff(dim=0) <= 0).all())
    assert float(trace.energy[-1].sum()) < float(trace.energy[0].sum())
    assert trace.terms.shape == (16, 5, 3)


def test_a_fixed_step_that_is_too_large_diverges():
    net = network(drawn(0, 5, 6))
    for parameter in net.maps.parameters():
        parameter.data *= 3
    trace = relax(net, drawn(1, 3, 6), step_size=1.0, n_steps=30)
    assert not bool((trace.energy[-1] < trace.energy[0]).all())


def test_the_cautious_step_is_that_of_the_largest_singular_value():
    maps = nn.ModuleList([nn.Linear(4, 6), nn.Linear(6, 3)]).double()
    maps[0].weight.data, maps[1].weight.data = drawn(0, 6, 4), 2 * drawn(1, 3, 6)
    largest = max(float(torch.linalg.matrix_norm(layer.weight.data, 2)) for layer in maps)
    assert cautious_step(maps, source(), n_iterations=200) == pytest.approx(1 / (1 + largest**2), rel=1e-6)


def test_with_fixed_predictions_the_memory_has_no_say():
    with_memory, without = network(drawn(0, 5, 6)), network(None)
    one, other = (relax(net, drawn(1, 3, 6), step_size=0.05, n_steps=4, fixed_predictions=True) for net in (with_memory, without))
    assert torch.allclose(one.codes, other.codes)
    with pytest.raises(ValueError, match="step_size: expected a number with fixed predictions"):
        relax(without, drawn(1, 3, 6), fixed_predictions=True)


def test_without_an_image_to_explain_codes_move_to_what_the_memory_holds():
    vae, patterns = digit_vae(), drawn(0, 4, 6)
    cues = patterns + 0.05 * drawn(1, 4, 6)
    net = PredictiveNetwork(vae.maps, patterns, vae.decode(patterns), sigma=0.1)
    trace = relax(net, cues, n_steps=40)
    assert float((trace.codes - patterns).norm(dim=1).max()) < float((cues - patterns).norm(dim=1).min())
