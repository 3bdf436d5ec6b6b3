"""Log-weights, their gradients, and what they must not depend on."""

import math

import pytest
import torch

from hippo.memory_addressing import (
    Draws,
    MemoryVAE,
    Sizes,
    address,
    bound,
    draw,
    enumerated_elbo,
    evidence,
    kl_address,
    learning_signals,
    loss,
    step_generator,
    surrogate_loss,
)
from hippo.memory_addressing.model import Normal


def some_draws(model, log_q, n_samples=5, seed=7):
    return draw(log_q, n_samples, model.sizes.latent_dim, step_generator(seed, 0))


def cast(draws):
    return Draws(draws.addresses, draws.noise.double())


@pytest.fixture
def found(lively, batch):
    log_q = address(lively, *batch)
    draws = cast(some_draws(lively, log_q))
    return log_q, draws, evidence(lively, *batch, log_q, draws)


def test_log_weights_are_those_of_a_loop_over_samples(lively, batch, found, plain):
    queries, items, slots = batch
    _, draws, ours = found
    for b in range(len(queries)):
        for k in range(draws.addresses.shape[1]):
            a = int(draws.addresses[b, k])
            expected = plain(lively, queries[b], items[slots[b]], a, draws.noise[b, k])
            # Double precision, numbers near 500, some thousand operations each.
            assert float(ours.log_w[b, k].detach()) == pytest.approx(float(expected.detach()), abs=1e-8)


@torch.no_grad()
def test_log_weights_in_float32_are_those_of_the_loop_to_one_in_ten_thousand(lively, batch, found, plain):
    queries, items, slots = (t.float() if t.is_floating_point() else t for t in batch)
    log_q, draws, double = found
    single = evidence(lively.float(), queries, items, slots, log_q.float(), Draws(draws.addresses, draws.noise.float()))
    # The loop is the double run, by the test above. 676 terms near 0.7, each rounded by 6e-8 and as often
    # up as down: 26 · 4e-8 and the logits' own error; relative to 500 it is far below 1e-4 of a nat per nat.
    assert (single.log_w.double() - double.log_w).abs().max() < 1e-4 * double.log_w.abs().max()
    assert (single.log_w.double() - double.log_w).abs().max() < 2e-3


@torch.no_grad()
def test_the_split_decoder_is_the_whole_decoder(lively, batch, decode_plainly):
    _, items, _ = batch
    z = torch.randn(64, generator=step_generator(1, 0)).double()
    ours = lively.decode(z[None], lively.content(items[:1]))
    assert torch.allclose(ours[0], decode_plainly(lively, z, items[0]), atol=1e-10)
    # Skips of another image give another picture: the comparison would see a leak.
    assert not torch.allclose(ours[0], decode_plainly(lively, z, items[0], skips_of=items[1]), atol=1e-3)


class FixedPosterior(MemoryVAE):
    """q(z) that does not look at the query, so that (z, m_a) stay while x changes."""

    def posterior(self, features, addressed):
        return Normal(torch.zeros(len(features), self.sizes.latent_dim), torch.ones(len(features), self.sizes.latent_dim))

    def decode(self, z, addressed):
        self.decoded = super().decode(z, addressed)
        return self.decoded


class LastCallSkips(FixedPosterior):
    """Skips kept as hidden state: the decoder reads those of whatever was encoded last."""

    def features(self, images):
        seen = self._encode(self.encoder, images)
        self.last = self.decoder.skip_terms(seen)
        return seen.top

    def decode(self, z, addressed):
        n_samples = len(z) // len(self.last.fine)
        skips = type(self.last)(*(s.repeat_interleave(n_samples, 0) for s in self.last))
        return super().decode(z, addressed._replace(skips=skips))


@pytest.mark.parametrize(("kind", "leaks"), [(FixedPosterior, False), (LastCallSkips, True)])
def test_the_decoder_never_sees_the_query(kind, leaks, images):
    model = kind(generator=step_generator(0, 0))
    items, slots = images(3, 5), torch.tensor([[0, 1, 2]])
    log_q = torch.full((1, 5), -math.log(5))
    draws = some_draws(model, log_q)
    decoded = []
    for seed in (1, 2):
        evidence(model, images(1, seed), items, slots, log_q, draws)
        decoded.append(model.decoded)
    assert torch.equal(*decoded) is not leaks


def gradients(model, value):
    model.zero_grad()
    value.backward(retain_graph=True)
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def largest_gap(a, b):
    assert a.keys() == b.keys()
    return max(float((a[name] - b[name]).abs().max() / b[name].abs().max().clamp(min=1e-12)) for name in a)


def test_detaching_the_address_score_and_keeping_it_give_the_same_gradient(lively, found):
    _, _, ours = found
    # log q(a) with gradient inside log w, and its weight taken out of the signal instead.
    attached = ours.log_w + (ours.log_q.detach() - ours.log_q)
    signals = learning_signals(ours.log_w) + ours.log_w.detach().softmax(-1)
    kept = -(bound(attached) + (signals * ours.log_q).sum(-1)).mean()
    assert largest_gap(gradients(lively, loss(ours)), gradients(lively, kept)) < 1e-6


def test_the_score_reaches_only_the_addresser_and_the_dummies(lively, found):
    _, _, ours = found
    with_score = gradients(lively, loss(ours))
    pathwise = gradients(lively, -bound(ours.log_w).mean())
    for name, gradient in pathwise.items():
        if not name.startswith("addresser") and name != "dummies":
            assert torch.allclose(with_score[name], gradient, atol=1e-12), name
    assert not any(name.startswith("addresser") for name in pathwise)
    assert any(name.startswith("addresser") for name in with_score)


def test_the_doubly_reparameterised_gradient_has_the_same_mean_and_differs_only_for_the_posterior(lively, batch):
    lively = lively.requires_grad_(False)
    lively.posterior_mean.bias.requires_grad_(True)
    lively.decoder.last.bias.requires_grad_(True)
    queries, items, slots = batch
    log_q = address(lively, queries[:1], items, slots[:1])
    found = {False: [], True: []}
    for seed in range(30):
        draws = cast(some_draws(lively, log_q, 3, seed))
        for twice in found:
            value = -bound(evidence(lively, queries[:1], items, slots[:1], log_q, draws, doubly_reparameterised=twice).log_w).mean()
            found[twice].append(torch.autograd.grad(value, [lively.posterior_mean.bias, lively.decoder.last.bias]))
    once, twice = ([torch.stack(g) for g in zip(*found[kind], strict=True)] for kind in (False, True))
    assert torch.allclose(once[1], twice[1])  # the decoder's is not touched
    difference = once[0] - twice[0]  # (30, 64), paired
    error = difference.std(0) / math.sqrt(30)
    # 64 components, t of 29 degrees: one beyond 6 by chance in about 1 of 10,000 such tests.
    assert (difference.mean(0).abs() < 6 * error + 1e-12).all()
    assert float(error.max()) > 0


def test_the_doubly_reparameterised_gradient_vanishes_with_the_exact_posterior():
    # One item, prior N(0, 1), x = z + noise: log w is the same for every z once q is the posterior.
    for twice in (False, True):
        mean = torch.tensor([0.6], dtype=torch.float64, requires_grad=True)
        noise = torch.randn(4, generator=step_generator(0, 0)).double()
        std = torch.tensor(0.5, dtype=torch.float64).sqrt()
        z = mean + std * noise
        density = Normal(mean.detach(), std) if twice else Normal(mean, std)
        one = torch.ones((), dtype=torch.float64)
        log_p = Normal(0 * one, one).log_prob(z[:, None]) + Normal(z[:, None], one).log_prob(torch.tensor([[1.2]], dtype=torch.float64))
        log_w = log_p - density.log_prob(z[:, None])
        assert torch.allclose(log_w, log_w[0].expand(4))
        share = log_w.detach().softmax(0)
        z.register_hook(lambda g, share=share, twice=twice: g * share if twice else g)
        bound(log_w).backward()
        assert (float(mean.grad.abs()) < 1e-12) is twice


def test_permuted_slots_permute_the_addresses_and_leave_the_bound(lively, batch, found):
    queries, items, slots = batch
    log_q, draws, ours = found
    order = torch.tensor([2, 0, 3, 1])
    moved = address(lively, queries, items, slots[:, order])
    assert torch.allclose(moved[:, :4], log_q[:, order])
    assert torch.allclose(moved[:, 4:], log_q[:, 4:])
    place = torch.cat([order.argsort(), torch.tensor([4, 5])])  # where a slot has gone
    again = evidence(lively, queries, items, slots[:, order], moved, Draws(place[draws.addresses], draws.noise))
    assert torch.allclose(bound(again.log_w), bound(ours.log_w), atol=1e-9)


def test_the_address_divergence_is_zero_when_uniform_and_log_n_at_one_address():
    assert float(kl_address(torch.full((7,), -math.log(7)))) == pytest.approx(0, abs=1e-6)
    one = torch.full((7,), -math.inf)
    one[3] = 0.0
    assert float(kl_address(one)) == pytest.approx(math.log(7))


def test_an_untrained_model_addresses_uniformly(model, images):
    log_q = address(model, images(8, 1), images(10, 2), torch.arange(10).expand(8, -1))
    assert log_q.shape == (8, 12)
    assert float(kl_address(log_q.detach()).max()) < 0.01


def test_addresses_are_drawn_from_the_distribution():
    p = torch.tensor([[0.5, 0.0, 0.2, 0.3]])
    draws = draw(p.log(), 20_000, 1, step_generator(0, 0))
    shares = draws.addresses.flatten().bincount(minlength=4) / 20_000
    # Standard error of a share at most 0.0035; five of them.
    assert (shares - p[0]).abs().max() < 0.018
    assert shares[1] == 0


@pytest.mark.parametrize("n_samples", [1, 3])
def test_an_empty_memory_leaves_the_dummies(model, images, n_samples):
    queries = images(2, 1)
    nothing, slots = queries[:0], torch.empty(2, 0, dtype=torch.long)
    log_q = address(model, queries, nothing, slots)
    assert log_q.shape == (2, 2)
    found = evidence(model, queries, nothing, slots, log_q, some_draws(model, log_q, n_samples))
    loss(found).backward()
    assert found.log_w.isfinite().all()
    assert model.dummies.grad.isfinite().all()
    assert float(model.dummies.grad.abs().sum()) > 0


def test_the_enumerated_bound_is_the_mean_over_all_addresses(lively, batch):
    log_q = address(lively, *batch)
    ours = enumerated_elbo(lively, *batch, log_q, step_generator(4, 0))
    n = log_q.shape[1]
    noise = torch.randn((3, n, 64), generator=step_generator(4, 0)).double()
    every = Draws(torch.arange(n).expand(3, n), noise)
    found = evidence(lively, *batch, log_q, every)
    assert torch.allclose(ours, (log_q.exp() * found.log_w).sum(1), atol=1e-9)
    # Its gradient for q(a) is what one drawn address gives on average, all addresses gone through.
    (exact,) = torch.autograd.grad(ours.sum(), lively.addresser.head[3].bias, retain_graph=True)
    scores = [
        log_q[:, a].exp().detach() * (found.log_w[:, a].detach() - 1) * log_q[:, a] for a in range(n)
    ]
    (by_score,) = torch.autograd.grad(torch.stack(scores).sum(), lively.addresser.head[3].bias)
    assert torch.allclose(exact, by_score, atol=1e-8)


def test_the_address_prior_is_uniform_over_memory_and_dummies(lively, batch, found):
    log_q, draws, ours = found
    prior = ours.log_w + log_q.gather(1, draws.addresses) - ours.log_likelihood
    queries, items, slots = batch
    rows = torch.cat([slots, torch.tensor([[6, 7]]).expand(3, -1)], 1).gather(1, draws.addresses)
    content = lively.content(lively.with_dummies(items)).rows(rows.flatten())
    q = lively.posterior(lively.features(queries).repeat_interleave(5, 0), content.features)
    z = q.mean + q.std * draws.noise.flatten(0, 1)
    latent = (content.prior.log_prob(z) - q.log_prob(z)).reshape(3, 5)
    assert torch.allclose(prior - latent, torch.full((3, 5), -math.log(6), dtype=torch.float64), atol=1e-9)


def test_bfloat16_convolutions_leave_the_bound_where_it_is(model, images):
    queries, items, slots = images(8, 1), images(8, 2), torch.arange(8).expand(8, -1)
    bounds = []
    for model.autocast in (None, torch.bfloat16):
        with torch.no_grad():
            log_q = address(model, queries, items, slots)
            bounds.append(bound(evidence(model, queries, items, slots, log_q, some_draws(model, log_q)).log_w))
    # bfloat16 keeps 8 bits: each logit is off by about 0.4 %, at random; log w near 400 is off by less than 0.2 %.
    assert (bounds[0] - bounds[1]).abs().max() < 0.002 * bounds[0].abs().max()


def test_wrong_shapes_are_named(model, images):
    with pytest.raises(ValueError, match=r"images: expected shape \(n, 676\)"):
        model.keys(torch.zeros(2, 784))
    with pytest.raises(ValueError, match=r"items: expected shape \(M, 676\)"):
        model.with_dummies(torch.zeros(2, 784))
    with pytest.raises(ValueError, match="slots"):
        address(model, images(1), images(2), torch.tensor([0, 1]))
    with pytest.raises(ValueError, match="log_q"):
        surrogate_loss(torch.zeros(2, 3), torch.zeros(2, 2))
    with pytest.raises(ValueError, match="side: expected 26 or 28"):
        MemoryVAE(Sizes(side=32))
