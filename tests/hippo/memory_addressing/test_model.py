"""Shapes, counts and samples of the model, and a model in closed form."""

import math

import pytest
import torch

from hippo.memory_addressing import MemoryVAE, bound, learning_signals, step_generator
from hippo.memory_addressing.looking import look_up


def test_the_published_model_has_its_number_of_parameters(model):
    def count(*modules):
        return sum(p.numel() for module in modules for p in module.parameters())

    assert count(model) == 1_118_409
    assert count(model.encoder) == 259_044
    assert count(model.decoder) == 534_033
    assert count(model.posterior_mean, model.posterior_std) == 32_896
    assert count(model.prior_mean, model.prior_std) == 16_512
    assert count(model.condition) == 8_256
    assert count(model.addresser) + model.dummies.numel() == 267_668


def test_the_chain_of_sizes_closes_for_26_and_28(model, small_model, images):
    for net, side in ((model, 26), (small_model, 28)):
        content = net.content(images(3, side=side))
        assert net.decode(torch.zeros(3, net.sizes.latent_dim), content).shape == (3, side**2)
        assert content.skips.coarse.shape == (3, 64, 7, 7)
        assert content.skips.fine.shape == (3, 48, side // 2, side // 2)


@torch.no_grad()
def test_layers_start_as_pytorchs_own(model):
    # kaiming_uniform(a = sqrt 5) is uniform within 1/sqrt(fan in), so its s.d. is that over sqrt 3.
    for layer, fan_in in ((model.encoder.block1[2], 48 * 9), (model.decoder.block1, 64 * 9), (model.posterior_mean, 256)):
        limit = 1 / math.sqrt(fan_in)
        assert float(layer.weight.abs().max()) <= limit
        assert float(layer.weight.std()) == pytest.approx(limit / math.sqrt(3), rel=0.05)
        assert float(layer.bias.abs().max()) <= limit
    assert not model.dummies.any()


def test_the_same_generator_makes_the_same_model_and_leaves_torchs_alone():
    state = torch.random.get_rng_state()
    a, b = (MemoryVAE(generator=step_generator(5, 0)) for _ in range(2))
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))
    assert torch.equal(state, torch.random.get_rng_state())


def test_samples_come_from_the_memory_and_never_from_a_dummy(model, images):
    means, addresses = model.sample(images(3, 1), 300, generator=step_generator(0, 0))
    assert means.shape == (300, 676)
    assert 0 < float(means.min()) < float(means.max()) < 1
    # Three slots, 300 draws: 100 ± 8 each; five standard errors.
    assert (addresses.bincount(minlength=3) - 100).abs().max() < 41
    with pytest.raises(ValueError, match="T: expected"):
        model.sample(images(0), 1, generator=step_generator(0, 0))


def test_looking_up_gives_the_item_at_the_largest_probability(lively, batch):
    queries, items, slots = batch
    found = look_up(lively, queries, items, slots, generator=step_generator(0, 0))
    for b in range(3):
        everything = torch.cat([items[slots[b]], lively.dummies])
        assert torch.equal(found.item[b], everything[found.address[b].argmax()])
    assert found.reconstruction.shape == found.sample.shape == (3, 676)


class LinearGaussian:
    """p(a) uniform, p(z|a) = N(μ_a, D_a), p(x|z, a) = N(W_a z + b_a, s² I): log p(x) in closed form."""

    def __init__(self, seed=0):
        g = step_generator(seed, 0)

        def draw(*shape):
            return torch.randn(shape, generator=g, dtype=torch.float64)

        self.mean, self.weight, self.offset = draw(5, 3), 0.7 * draw(5, 6, 3), draw(5, 6)
        self.variance = 0.5 + torch.rand((5, 3), generator=g, dtype=torch.float64)
        self.noise = 0.8
        z = self.mean[2] + self.variance[2].sqrt() * draw(3)
        self.x = self.weight[2] @ z + self.offset[2] + self.noise * draw(6)
        # x is Gaussian given a, and so is z given x and a.
        eye = torch.eye(6, dtype=torch.float64)
        covariance = self.weight @ self.variance.diag_embed() @ self.weight.mT + self.noise**2 * eye
        centre = (self.weight @ self.mean[:, :, None])[:, :, 0] + self.offset
        given = torch.distributions.MultivariateNormal(centre, covariance).log_prob(self.x) - math.log(5)
        self.log_p = given.logsumexp(0)
        self.log_q = given - self.log_p
        precision = (1 / self.variance).diag_embed() + self.weight.mT @ self.weight / self.noise**2
        pull = self.mean / self.variance + ((self.weight.mT @ (self.x - self.offset)[:, :, None]) / self.noise**2)[:, :, 0]
        self.post_cov = precision.inverse()
        self.post_mean = (self.post_cov @ pull[:, :, None])[:, :, 0]

    def log_weights(self, n, n_samples, generator, *, uniform=False, inflate=1.0):
        """Draw (n, K) log-weights from q(a), the posterior or uniform, and from q(z), inflated or not."""
        log_q = torch.full((5,), -math.log(5), dtype=torch.float64) if uniform else self.log_q
        a = torch.multinomial(log_q.exp(), n * n_samples, replacement=True, generator=generator)
        factor = torch.linalg.cholesky(inflate * self.post_cov[a])
        noise = torch.randn((len(a), 3), generator=generator, dtype=torch.float64)
        z = self.post_mean[a] + (factor @ noise[:, :, None])[:, :, 0]
        log_q_z = torch.distributions.MultivariateNormal(self.post_mean[a], scale_tril=factor).log_prob(z)
        log_p_z = torch.distributions.Normal(self.mean[a], self.variance[a].sqrt()).log_prob(z).sum(1)
        centre = (self.weight[a] @ z[:, :, None])[:, :, 0] + self.offset[a]
        log_p_x = torch.distributions.Normal(centre, self.noise).log_prob(self.x).sum(1)
        return (log_p_x + log_p_z - math.log(5) - log_q_z - log_q[a]).reshape(n, n_samples)


def test_with_the_exact_posterior_every_weight_is_the_evidence():
    world = LinearGaussian()
    for n_samples in (1, 4, 100):
        log_w = world.log_weights(20, n_samples, step_generator(1, 0))
        assert torch.allclose(log_w, world.log_p.expand_as(log_w), atol=1e-10)
        assert torch.allclose(bound(log_w), world.log_p, atol=1e-10)
        if n_samples > 1:
            for estimator in ("arithmetic", "geometric"):
                expected = torch.full_like(log_w, -1 / n_samples)
                assert torch.allclose(learning_signals(log_w, estimator), expected, atol=1e-9)


def test_the_gap_of_the_bound_closes_with_more_samples():
    world = LinearGaussian()
    gaps = []
    for n_samples in (1, 4, 10, 100, 1000):
        n = max(40_000 // n_samples, 400)
        values = bound(world.log_weights(n, n_samples, step_generator(n_samples, 0), uniform=True, inflate=1.5))
        gaps.append(float(world.log_p - values.mean()))
        # E[exp(L_K)] = p(x) exactly, for any q.
        ratio = (values - world.log_p).exp()
        assert abs(float(ratio.mean()) - 1) < 4 * float(ratio.std()) / math.sqrt(n)
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[3] < 0.1
    assert gaps[4] < 0.02
