"""`make bench`: variational memory addressing against a faithful loop of the published formulation.

The published program encodes every item of every query's memory anew, dummies included, and the
addressed item three times (posterior, prior, decoder); its decoder runs whole convolutions over skips
and code. Times are CPU seconds of one thread, best of several; each pair is measured in the same run,
with the same weights, addresses and noise, so that ratios hold on a busy machine.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor
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
from hippo.memory_addressing.model import Normal, log_likelihood

K, SIDE = 4, 26


def cpu_seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the least CPU time of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


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
    """Evaluate log-weights and log q(a_k), (B, K) each, as the published program does."""
    log_q, everything = plain_address(model, x, memory)
    n_samples = draws.addresses.shape[1]
    items = everything.gather(1, draws.addresses[..., None].expand(-1, -1, x.shape[1])).flatten(0, 1)
    f_x = model.encoder(planes(x)).top.repeat_interleave(n_samples, 0)
    both = torch.cat([f_x, model.encoder(planes(items)).top], 1)
    q_z = Normal(model.posterior_mean(both), softplus(model.posterior_std(both)))
    f_m = model.encoder(planes(items)).top
    p_z = Normal(model.prior_mean(f_m), softplus(model.prior_std(f_m)))
    z = q_z.mean + q_z.std * draws.noise.flatten(0, 1)
    found = log_likelihood(plain_decode(model, z, items), x.repeat_interleave(n_samples, 0))
    found = (found + p_z.log_prob(z) - q_z.log_prob(z)).reshape(-1, n_samples)
    log_q_a = log_q.gather(1, draws.addresses)
    return found - math.log(log_q.shape[1]) - log_q_a.detach(), log_q_a


def bench_training(name: str, model: MemoryVAE, images: Tensor, batch: Batch) -> None:
    """Time forward and backward of one step, and compare the losses."""
    x, items, slots = images[batch.queries], images[batch.items], batch.slots
    with torch.no_grad():
        draws = draw(address(model, x, items, slots), K, 64, step_generator(0, 0))

    def ours() -> Tensor:
        model.zero_grad()
        log_q = address(model, x, items, slots)
        value = loss(evidence(model, x, items, slots, log_q, draws))
        value.backward()  # type: ignore[no-untyped-call]
        return value.detach()

    def plain() -> Tensor:
        model.zero_grad()
        value = surrogate_loss(*plain_log_w(model, x, items[slots], draws))
        value.backward()  # type: ignore[no-untyped-call]
        return value.detach()

    def anomalous() -> Tensor:
        with torch.autograd.set_detect_anomaly(True, check_nan=True):
            return plain()

    a, b = ours(), plain()
    faster, slower = cpu_seconds(ours), cpu_seconds(plain)
    row(name, slower, faster, f"losses {float(b):.3f}, {float(a):.3f}: apart by {abs(float(a / b) - 1):.0e} of them")
    return_anomalous = cpu_seconds(anomalous, 1) if "T = 8" in name and "own" in name else 0.0
    if return_anomalous:
        row("  the same in anomaly detection, as published", return_anomalous, faster, "")


def bench_evaluation(model: MemoryVAE, images: Tensor, members: Tensor, timesteps: int, n_samples: int = 200) -> None:
    """Time the bound of one query."""
    layout = Layout(timesteps, max_batch_cls=1)
    batch = draw_memories(members, torch.tensor([17]), layout, step_generator(3, 0))
    x, items, slots = images[batch.queries], images[batch.items], batch.slots
    with torch.no_grad():
        draws = draw(address(model, x, items, slots), n_samples, 64, step_generator(0, 0))

        def ours() -> Tensor:
            log_q = address(model, x, items, slots)
            return bound(evidence(model, x, items, slots, log_q, draws).log_w)

        def plain() -> Tensor:
            return bound(plain_log_w(model, x, items[slots], draws)[0])

        gap = abs(float(ours() / plain()) - 1)
        row(f"ELBO@{n_samples}, one query, T = {timesteps}", cpu_seconds(plain), cpu_seconds(ours), f"apart by {gap:.0e}")


def bench_sampler(members: Tensor) -> None:
    """Time the memories of 256 queries, 8 characters of 4 items each."""
    n_characters, n_drawings = members.shape
    table = members.tolist()
    dice = random.Random(0)

    def plain() -> list[list[int]]:
        out = []
        for _ in range(256):
            query = dice.randrange(n_characters * n_drawings)
            own, place = divmod(query, n_drawings)
            memory = [table[own][i] for i in dice.sample([i for i in range(n_drawings) if i != place], 4)]
            for other in dice.sample([c for c in range(n_characters) if c != own], 7):
                memory += [table[other][i] for i in dice.sample(range(n_drawings), 4)]
            out.append([table[own][place], *memory])
        return out

    def plain_quick() -> list[list[int]]:
        """The same without building the list of other characters for every query."""
        out = []
        for _ in range(256):
            query = dice.randrange(n_characters * n_drawings)
            own, place = divmod(query, n_drawings)
            memory = [table[own][i + (i >= place)] for i in dice.sample(range(n_drawings - 1), 4)]
            for other in dice.sample(range(n_characters - 1), 7):
                memory += [table[other + (other >= own)][i] for i in dice.sample(range(n_drawings), 4)]
            out.append([table[own][place], *memory])
        return out

    layout = Layout(32, max_img_per_class=4, exact=True)
    generator = step_generator(0, 0)

    def ours() -> Batch:
        queries = torch.randint(members.numel(), (256,), generator=generator)
        return draw_memories(members, queries, layout, generator)

    faster = cpu_seconds(ours, 10)
    row("sampler, 256 queries of 32 items", cpu_seconds(plain, 10), faster, "")
    row("  against a loop without lists of classes", cpu_seconds(plain_quick, 10), faster, "")


def row(name: str, plain: float, ours: float, note: str) -> None:
    print(f"  {name:<46} {1e3 * plain:9.1f} {1e3 * ours:9.1f}   {plain / ours:5.1f} times  {note}")


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
        bench_training(f"training, {n_memories} shared by {32 // n_memories} each, T = {timesteps}", model, images, batch)
    for timesteps in (1, 5, 19):
        bench_evaluation(model, images, members, timesteps)
    bench_sampler(members)


if __name__ == "__main__":
    main()
    sys.exit(0)
