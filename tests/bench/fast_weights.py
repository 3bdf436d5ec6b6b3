"""`make bench`: fast weights as attention against the matrix, forward and backward.

CPU seconds of one thread, best of several, each pair measured in the same run so that ratios hold on
a busy machine; and the largest difference between what the two answer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch.nn.functional import cross_entropy

from hippo.fast_weights import FastWeights, FastWeightsConfig, draw_examples, new_network

#: K, batch, H; measured on other cores with an earlier form of both: 1.9, 8.5, 2.3, 10.6, 2.0, 5.5.
CASES = ((8, 64, 30), (8, 64, 100), (8, 512, 30), (8, 512, 100), (20, 64, 30), (20, 64, 100))


def cpu_seconds(works: list[Callable[[], object]], repeats: int = 5) -> list[float]:
    """Return the least CPU time of several runs of each, taken in turn."""
    best = [float("inf")] * len(works)
    for _ in range(repeats):
        for k, work in enumerate(works):
            started = time.process_time()
            work()
            best[k] = min(best[k], time.process_time() - started)
    return best


def step(network: torch.nn.Module, inputs: torch.Tensor, targets: torch.Tensor) -> Callable[[], None]:
    """One forward and one backward pass."""

    def work() -> None:
        network.zero_grad()
        torch.autograd.backward(cross_entropy(network(inputs), targets))

    return work


def bench_forms() -> None:
    """Time both forms with the same parameters on the same sequences."""
    print("fast weights, forward and backward (CPU ms)")
    print("    K  batch    H   matrix  attention   ratio   largest difference")
    for length, batch, n_hidden in CASES:
        examples = draw_examples(batch, length, generator=torch.Generator().manual_seed(0))
        config = FastWeightsConfig(n_hidden=n_hidden)
        networks = [
            FastWeights(replace(config, form=form), generator=torch.Generator().manual_seed(1))
            for form in ("matrix", "attention")
        ]
        inputs = examples.inputs()
        with torch.no_grad():
            apart = float((networks[0](inputs) - networks[1](inputs)).abs().max())
        matrix, attention = cpu_seconds([step(network, inputs, examples.targets) for network in networks])
        print(
            f"  {length:3d}  {batch:5d}  {n_hidden:3d}  {1e3 * matrix:7.1f}  {1e3 * attention:9.1f}  "
            f"{matrix / attention:6.1f}   {apart:.1e}"
        )
    print()


def bench_lstm() -> None:
    """Time an iteration of each network of the experiments."""
    examples = draw_examples(64, 8, generator=torch.Generator().manual_seed(0))
    inputs = examples.inputs()
    networks = {"fast weights": FastWeightsConfig(), "reference LSTM": "reference LSTM", "torch's LSTM": "LSTM"}
    works = [step(new_network(network, 0), inputs, examples.targets) for network in networks.values()]
    print("one iteration, K = 8, batch 64, 30 units (CPU ms)")
    for name, seconds in zip(networks, cpu_seconds(works), strict=True):
        print(f"  {name:<15} {1e3 * seconds:6.1f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    bench_forms()
    bench_lstm()
    sys.exit(0)
