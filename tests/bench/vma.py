"""`make bench`: variational memory addressing against a faithful loop of the published program.

The published program encodes every item of every query's memory anew, dummies included, and the
addressed item three times (posterior, prior, decoder); its decoder runs whole convolutions over skips
and code. It keeps PyTorch's default layout and copies at every rectifier; rows "in hippo's layout" give
it hippo's channels-last weights and rectifiers in place, so that what is left is the formulation alone.

Times are CPU seconds of one thread, medians; the two sides take turns, with the same weights, addresses
and noise, and the ratio is the median over the turns, so that it holds on a busy machine.
"""

from __future__ import annotations

import copy
import math
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Categorical, Normal, kl_divergence
from torch.nn.functional import softplus

from hippo.memory_addressing import (
    Batch,
    Draws,
    Layout,
    MemoryVAE,
    address,
    bound,
    draw,
    draw_memories,
    draw_shared_memories,
    evidence,
    loss,
    step_generator,
    surrogate_loss,
)

K, SIDE = 4, 26


def take_turns(name: str, plain: Callable[[], object], ours: Callable[[], object], turns: int, note: str = "") -> None:
    """Print the median CPU times of both and the median of their ratios, after one turn that warms up."""
    times: list[tuple[float, float]] = []
    for _ in range(turns + 1):
        marks = [time.process_time()]
        for work in (plain, ours):
            work()
            marks.append(time.process_time())
        times.append((marks[1] - marks[0], marks[2] - marks[1]))
    slower, faster = (1e3 * statistics.median(column) for column in zip(*times[1:], strict=True))
    ratio = statistics.median(a / b for a, b in times[1:])
    print(f"  {name:<46} {slower:9.1f} {faster:9.1f}   {ratio:5.1f} times  {note}", flush=True)


def as_published(model: MemoryVAE) -> MemoryVAE:
    """Copy the model into PyTorch's default layout, its rectifiers not in place."""
    plain = copy.deepcopy(model).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    for layer in plain.modules():
        if isinstance(layer, nn.ReLU):
            layer.inplace = False
    return plain  # type: ignore[no-any-return]


def planes(images: Tensor) -> Tensor:
    return images.reshape(-1, 1, SIDE, SIDE)


def plain_decode(model: MemoryVAE, z: Tensor, items: Tensor) -> Tensor:
    """Encode the items a third time and run whole convolutions over [decoder, skip]."""
    d = model.decoder
    seen = model.encoder(planes(items))
    x = d.fc(torch.cat([z, model.condition(seen.top.relu())], 1)).reshape(-1, 64, 4, 4)
    x = d.block1(x).relu()
    x = d.block2b(d.block2a(torch.cat([x, seen.coarse], 1)).relu()).relu()
    x = d.block3b(d.block3a(torch.cat([x, seen.fine], 1)).relu()).relu()
    return d.last(d.block3c(x).relu()).flatten(1)  # type: ignore[no-any-return]


def plain_address(model: MemoryVAE, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """Encode each query's memory (B, T, P) and the dummies for each query: log q and (B, N, P)."""
    everything = torch.cat([memory, model.dummies.expand(len(x), -1, -1)], 1)
    keys = model.addresser(planes(everything)).top.reshape(*everything.shape[:2], -1)
    return torch.einsum("bh,bnh->bn", model.addresser(planes(x)).top, keys).log_softmax(-1), everything


def plain_log_w(model: MemoryVAE, x: Tensor, memory: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
    """Evaluate log-weights and log q(a_k), (B, K) each, and the divergences that the program logs at every step."""
    log_q, everything = plain_address(model, x, memory)
    n_samples = draws.addresses.shape[1]
    items = everything.gather(1, draws.addresses[..., None].expand(-1, -1, x.shape[1])).flatten(0, 1)
    f_x = model.encoder(planes(x)).top.repeat_interleave(n_samples, 0)
    both = torch.cat([f_x, model.encoder(planes(items)).top], 1)
    q_z = Normal(model.posterior_mean(both), softplus(model.posterior_std(both)))
    f_m = model.encoder(planes(items)).top
    p_z = Normal(model.prior_mean(f_m), softplus(model.prior_std(f_m)))
    z = q_z.mean + q_z.stddev * draws.noise.flatten(0, 1)
    found = Bernoulli(logits=plain_decode(model, z, items)).log_prob(x.repeat_interleave(n_samples, 0)).sum(-1)  # type: ignore[no-untyped-call]
    latent = p_z.log_prob(z) - q_z.log_prob(z)  # type: ignore[no-untyped-call]
    found = (found + latent.sum(-1)).reshape(-1, n_samples)
    kl_divergence(Categorical(logits=log_q), Categorical(torch.ones_like(log_q)))
    kl_divergence(q_z, p_z).sum(-1)
    log_q_a = log_q.gather(1, draws.addresses)
    return found - math.log(log_q.shape[1]) - log_q_a.detach(), log_q_a


def bench_training(name: str, model: MemoryVAE, images: Tensor, batch: Batch) -> None:
    """Time forward and backward of one step, and compare the losses."""
    x, items, slots = images[batch.queries], images[batch.items], batch.slots
    published = as_published(model)
    with torch.no_grad():
        draws = draw(address(model, x, items, slots), K, 64, step_generator(0, 0))

    def ours() -> float:
        model.zero_grad()
        log_q = address(model, x, items, slots)
        value = loss(evidence(model, x, items, slots, log_q, draws))
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    def plain(of: MemoryVAE = published) -> float:
        of.zero_grad()
        value = surrogate_loss(*plain_log_w(of, x, items[slots], draws))
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    def anomalous() -> float:
        with torch.autograd.set_detect_anomaly(True, check_nan=True):
            return plain()

    a, b = ours(), plain()
    take_turns(name, plain, ours, 5, f"losses {b:.3f}, {a:.3f}: apart by {abs(a / b - 1):.0e} of them")
    if "T = 8" in name:
        take_turns("  in hippo's layout", lambda: plain(model), ours, 3)
    if "own" in name and "T = 8" in name:
        take_turns("  in anomaly detection, as published", anomalous, ours, 3)


@torch.no_grad()
def bench_evaluation(model: MemoryVAE, images: Tensor, members: Tensor, timesteps: int, n_samples: int = 1000) -> None:
    """Time the bound of one query."""
    layout = Layout(timesteps, max_batch_cls=1)
    batch = draw_memories(members, torch.tensor([17]), layout, step_generator(3, 0))
    x, items, slots = images[batch.queries], images[batch.items], batch.slots
    published = as_published(model)
    draws = draw(address(model, x, items, slots), n_samples, 64, step_generator(0, 0))

    @torch.no_grad()
    def ours() -> float:
        log_q = address(model, x, items, slots)
        return float(bound(evidence(model, x, items, slots, log_q, draws).log_w))

    @torch.no_grad()
    def plain(of: MemoryVAE = published) -> float:
        return float(bound(plain_log_w(of, x, items[slots], draws)[0]))

    gap = abs(ours() / plain() - 1)
    take_turns(f"ELBO@{n_samples}, one query, T = {timesteps}", plain, ours, 3, f"apart by {gap:.0e}")
    if timesteps == 5:
        take_turns("  in hippo's layout", lambda: plain(model), ours, 3)


def bench_sampler(members: Tensor) -> None:
    """Time the memories of 256 queries, 8 characters of 4 items each."""
    n_characters, n_drawings = members.shape
    rows = members.numpy()
    layout = Layout(32, max_img_per_class=4, exact=True)
    generator, dice = step_generator(0, 0), np.random.default_rng(0)

    def plain() -> list[list[int]]:
        """Query by query and character by character, all other characters put in random order for each query."""
        out = []
        for query in dice.integers(n_characters * n_drawings, size=256):
            own = query // n_drawings
            others = dice.permutation(n_characters)
            others = others[others != own]
            x = rows.flat[query]
            memory: list[int] = dice.choice(rows[own][rows[own] != x], 4, replace=False).tolist()
            for other in others[:7]:
                memory += dice.choice(rows[other], 4, replace=False).tolist()
            out.append([*memory, int(x)])
        return out

    def ours() -> Batch:
        queries = torch.randint(members.numel(), (256,), generator=generator)
        return draw_memories(members, queries, layout, generator)

    take_turns("sampler, 256 queries of 32 items", plain, ours, 20)


def main() -> None:
    torch.set_num_threads(1)
    model = MemoryVAE(generator=step_generator(0, 0))
    members = torch.arange(964 * 20).reshape(964, 20)
    # What the pixels show does not change the time: as much ink as Omniglot has.
    images = (torch.rand(964 * 20, SIDE**2, generator=step_generator(1, 0)) < 0.082).float()
    print("variational memory addressing (CPU ms: published formulation, hippo)")
    for timesteps in (4, 8, 32):
        layout = Layout(timesteps, max_img_per_class=4, exact=True)
        queries = torch.randint(members.numel(), (32,), generator=step_generator(2, 0))
        batch = draw_memories(members, queries, layout, step_generator(2, 1))
        bench_training(f"training, 32 queries, own memories, T = {timesteps}", model, images, batch)
    for n_memories, timesteps in ((4, 8), (1, 32)):
        layout = Layout(timesteps, max_img_per_class=4, exact=True)
        batch = draw_shared_memories(members, n_memories, 32 // n_memories, layout, step_generator(2, 2))
        bench_training(
            f"training, {n_memories} shared by {32 // n_memories} each, T = {timesteps}", model, images, batch
        )
    for timesteps in (1, 5, 19):
        bench_evaluation(model, images, members, timesteps)
    bench_sampler(members)


if __name__ == "__main__":
    main()
    sys.exit(0)
