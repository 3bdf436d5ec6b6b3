"""`make bench`: retrieval from a mixture against a loop-free copy of the published formulation and the bare products.

The published code repeats the memory for every cue and multiplies (B·N) tiny matrices; here it is
written again as it stands, batched products included, so that ratios are fair. Times are CPU seconds
of one thread, best of several; each ratio is measured in the same run. `--device cuda` streams a
million patterns instead, if there is such a device.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from hippo.retrieval import LearntPrecision, retrieve_by_gram, retrieve_from_mixture, stream_mixture_step

SIGMA, N_STEPS = 0.1, 10


def cpu_seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the least CPU time of several runs."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def published(patterns: Tensor, cues: Tensor, precision: Tensor | None = None, n_steps: int = N_STEPS) -> Tensor:
    """Retrieve as the published code does: M repeated for every cue, z for every pattern, one product per pair.

    Parameters
    ----------
    patterns
        (N, D).
    cues
        (B, D).
    precision
        (D, D), repeated for every pair, in every step, and applied from the left to a column; None: 1/σ².
    """
    n, d = patterns.shape
    b = len(cues)
    repeated = patterns.unsqueeze(0).repeat(b, 1, 1)  # (B, N, D)
    z = cues
    for _ in range(n_steps):
        copies = z.unsqueeze(1).repeat(1, n, 1)
        left = (copies - repeated).reshape(b * n, 1, d)
        right = (copies - repeated).reshape(b * n, d, 1)
        if precision is None:
            squared = torch.bmm(left, right).reshape(b, n) / SIGMA**2
        else:
            each = precision.unsqueeze(0).repeat(b * n, 1, 1)
            squared = torch.bmm(left, torch.bmm(each, right)).reshape(b, n)
        weights = torch.softmax(-squared / 2, dim=1)
        z = torch.bmm(weights.unsqueeze(1), repeated).squeeze(1)
    return z


def floor(patterns: Tensor, cues: Tensor) -> None:
    """Do the products that no form can do without: scores, Gram matrix, read-out, and the small ones between."""
    scores, gram = cues @ patterns.T, patterns @ patterns.T
    for _ in range(N_STEPS - 1):
        scores = scores @ gram
        scores = scores / scores.amax()
    scores @ patterns


def row(name: str, seconds: float, reference: float, bare: float | None = None) -> None:
    against = "" if bare is None else f"   {seconds / bare:5.2f} of the bare products"
    print(f"  {name:<34} {1e3 * seconds:10.3f}   {reference / seconds:8.0f} times{against}")


def bench_mixture(title: str, n: int, d: int, b: int, repeats: int) -> None:
    """Time ten iterations of a mixture whose cues are noisy patterns."""
    g = torch.Generator().manual_seed(0)
    patterns = torch.rand(n, d, generator=g)
    cues = (patterns[:b] + 0.3 * torch.randn(b, d, generator=g)).clamp(0, 1)
    reference = cpu_seconds(lambda: published(patterns, cues), 2)
    bare = cpu_seconds(lambda: floor(patterns, cues), repeats)
    print(f"{title}: N = {n}, D = {d}, B = {b}, {N_STEPS} iterations (CPU ms of one thread)")
    row("published formulation", reference, reference)
    forms = {
        "two products": lambda: retrieve_from_mixture(patterns, cues, SIGMA, N_STEPS, None),
        "Gram matrix": lambda: retrieve_by_gram(patterns, cues, SIGMA, N_STEPS, None),
        "two products, stops at rest": lambda: retrieve_from_mixture(patterns, cues, SIGMA, N_STEPS, 0.0),
    }
    expected = published(patterns, cues)
    for name, form in forms.items():
        row(name, cpu_seconds(form, repeats), reference, bare if name == "Gram matrix" else None)
        gap = float((form().readout - expected).abs().max())
        assert gap < 1e-4, gap
    print(f"  {'bare products':<34} {1e3 * bare:10.3f}\n")


def bench_precision(b: int) -> None:
    """Time ten iterations with a precision per dimension, D = 64."""
    g = torch.Generator().manual_seed(0)
    patterns = torch.randn(100, 64, generator=g)
    cues = patterns[:b] + 0.3 * torch.randn(b, 64, generator=g)
    model = LearntPrecision(64).requires_grad_(False)
    model.log_precision.copy_(torch.randn(64, generator=g) / 2)
    precision = model.precision()
    reference = cpu_seconds(lambda: published(patterns, cues, precision))
    print(f"learnt precision: N = 100, D = 64, B = {b}, {N_STEPS} iterations (CPU ms of one thread)")
    row("published, D × D for every pair", reference, reference)
    row("two products", cpu_seconds(lambda: model.retrieve(patterns, cues, N_STEPS, None), 200), reference)
    gap = float((model.retrieve(patterns, cues, N_STEPS, None).readout - published(patterns, cues, precision)).abs().max())
    print(f"  largest difference {gap:.1e}\n")


def bench_stream(device: str, n: int, d: int, b: int) -> None:
    """Time one streamed read of many patterns, and say what share of the bandwidth it reads them at."""
    g = torch.Generator(device).manual_seed(0)
    patterns = torch.randn(n, d, generator=g, device=device)
    cues = patterns[:b] + 0.3 * torch.randn(b, d, generator=g, device=device)

    def work() -> None:
        stream_mixture_step(patterns, cues, SIGMA)
        if device.startswith("cuda"):
            torch.cuda.synchronize()

    clock = time.perf_counter if device.startswith("cuda") else time.process_time
    work()
    started = clock()
    work()
    seconds = clock() - started
    started = clock()
    patterns.clone()
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    share = (clock() - started) / 2 / seconds  # a copy reads and writes
    print(f"streaming on {device}: N = {n:,}, D = {d}, B = {b:,} in one call")
    print(f"  {1e3 * seconds:.1f} ms, {4 * n * d * b / seconds / 1e9:.1f} GFLOP/s")
    print(f"  patterns read at {4e-9 * patterns.numel() / seconds:.2f} GB/s, {100 * share:.1f} % of what a copy reaches\n")


class Largest(TorchDispatchMode):
    """Notes the largest tensor that any operation makes."""

    numel = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        made = func(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, tuple) else (made,):
            if isinstance(tensor, Tensor) and tensor.untyped_storage().nbytes() >= 4 * tensor.numel():
                self.numel = max(self.numel, tensor.numel())
        return made


def bench_memory(n: int, d: int, b: int) -> None:
    """Say how large the largest intermediate result is."""
    patterns, cues = torch.rand(n, d), torch.rand(b, d)
    print(f"largest intermediate at N = {n}, D = {d}, B = {b}, in units of B (N + D)")
    for name, form in (
        ("two products", lambda: retrieve_from_mixture(patterns, cues, SIGMA, 2, None)),
        ("Gram matrix", lambda: retrieve_by_gram(patterns, cues, SIGMA, 2, None)),
        ("published formulation", lambda: published(patterns, cues, n_steps=2)),
    ):
        with Largest() as watch:
            form()
        print(f"  {name:<34} {watch.numel / (b * (n + d)):10.2f}")
    print()


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu")
    device = parser.parse_args().device
    torch.set_num_threads(1)
    bench_mixture("CIFAR pixels", 100, 3072, 10, 10)
    bench_mixture("CIFAR pixels", 100, 3072, 100, 10)
    bench_mixture("MNIST pixels", 100, 784, 100, 20)
    bench_mixture("codes", 100, 64, 100, 50)
    bench_precision(10)
    bench_precision(100)
    bench_memory(100, 3072, 100)
    if device == "cpu":
        bench_stream("cpu", 100_000, 64, 256)
    else:
        bench_stream(device, 1_000_000, 64, 1024)


if __name__ == "__main__":
    main()
    sys.exit(0)
