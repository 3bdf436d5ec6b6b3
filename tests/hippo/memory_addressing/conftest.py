"""A small batch, and the model as the published program writes it: one sample at a time, nothing shared."""

import math

import pytest
import torch
from torch.nn.functional import softplus

from hippo.memory_addressing import MemoryVAE, Sizes, step_generator


@pytest.fixture
def model():
    return MemoryVAE(generator=step_generator(0, 0))


@pytest.fixture
def lively():
    """A model whose addresses and latents differ clearly, as after training: larger weights, double precision."""
    model = MemoryVAE(generator=step_generator(1, 0)).double()
    with torch.no_grad():
        for network in (model.addresser, model.encoder):
            network.head[3].weight *= 30
        model.dummies.uniform_(-1, 1, generator=step_generator(2, 0))
    return model


def binary(n, seed=0, dtype=torch.float32, side=26):
    return (torch.rand(n, side**2, generator=step_generator(seed, 0)) < 0.1).to(dtype)


@pytest.fixture
def batch():
    """Three queries with memories of four of six items, in double precision."""
    queries, items = binary(3, 1, torch.float64), binary(6, 2, torch.float64)
    slots = torch.tensor([[0, 1, 2, 3], [5, 4, 3, 2], [1, 1, 0, 5]])
    return queries, items, slots


def plain_decode(model, z, item, skips_of=None):
    """Decode with whole convolutions of [decoder, skip]; `skips_of` is the item itself unless a test cheats."""
    d = model.decoder
    features = model.encoder(item.reshape(1, 1, 26, 26))
    skips = features if skips_of is None else model.encoder(skips_of.reshape(1, 1, 26, 26))
    code = torch.cat([z[None], model.condition(features.top.relu())], 1)
    x = d.fc(code).reshape(1, 64, 4, 4)
    x = d.block1(x).relu()
    x = d.block2b(d.block2a(torch.cat([x, skips.coarse], 1)).relu()).relu()
    x = d.block3b(d.block3a(torch.cat([x, skips.fine], 1)).relu()).relu()
    return d.last(d.block3c(x).relu()).flatten()


def plain_log_w(model, x, memory, a, noise):
    """Evaluate one log-weight from scratch; memory is (T, P) without dummies."""
    items = torch.cat([memory, model.dummies])
    n = len(items)
    h = model.addresser(x.reshape(1, 1, 26, 26)).top[0]
    scores = torch.stack([h @ model.addresser(m.reshape(1, 1, 26, 26)).top[0] for m in items])
    m = items[a]
    f_x, f_m = (model.encoder(image.reshape(1, 1, 26, 26)).top[0] for image in (x, m))
    both = torch.cat([f_x, f_m])
    q = torch.distributions.Normal(model.posterior_mean(both), softplus(model.posterior_std(both)))
    p = torch.distributions.Normal(model.prior_mean(f_m), softplus(model.prior_std(f_m)))
    z = q.mean + q.stddev * noise
    likelihood = torch.distributions.Bernoulli(logits=plain_decode(model, z, m)).log_prob(x).sum()
    log_q_a = scores.log_softmax(0)[a]
    return likelihood + p.log_prob(z).sum() - math.log(n) - q.log_prob(z).sum() - log_q_a


@pytest.fixture
def plain():
    return plain_log_w


@pytest.fixture
def decode_plainly():
    return plain_decode


@pytest.fixture
def images():
    return binary


@pytest.fixture
def small_model():
    """28×28, few features: for tests that only run it."""
    return MemoryVAE(Sizes(side=28, latent_dim=4, matching_dim=5), generator=step_generator(3, 0))
