"""`make bench`: the capacity study against plain loops, and recall against peers and the bare product.

Times are CPU seconds of one thread, best of several; each pair is measured in the same run, so that
ratios hold on a busy machine. The peers hopfieldnetwork and neurodynex3 are measured if they are
installed (`pip install hopfieldnetwork neurodynex3`); both are asked for a small part of the task
and charged in proportion.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from hippo import hopfield
from hippo.corruption import flip_exactly
from hippo.experiments import capacity
from hippo.learning_rules import hebb
from hippo.memory import recall
from hippo.modern import ModernHopfield
from hippo.pattern_memory import LowRankHopfield
from hippo.patterns import random_patterns, sign

N_UNITS, N_PATTERNS, N_CUES, N_STEPS = 1000, 100, 1000, 10


def cpu_seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the least CPU time of several runs."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def plain_weights(patterns: np.ndarray, rule: str) -> np.ndarray:
    """Choose the weights pattern by pattern, with the published sign or not: it costs the same."""
    n = patterns.shape[1]
    w = np.zeros((n, n))
    for x in patterns:
        if rule == "hebb":
            w += np.outer(x, x) / n
        else:
            g = w @ x
            w += (np.outer(x, x) - np.outer(x, g) - np.outer(g, x)) / n
    np.fill_diagonal(w, 0)
    return w


def plain_accuracy(patterns: np.ndarray, rule: str, n_steps: int) -> float:
    """Recall clean patterns and find the nearest of all, pair by pair, as the published code does."""
    w = plain_weights(patterns, rule)
    states = patterns.copy()
    for _ in range(n_steps):
        fields = states @ w
        states[fields < 0], states[fields > 0], states[fields == 0] = -1, 1, 0
    right = 0
    for i, state in enumerate(states):
        distances = [np.sum((state - pattern) ** 2) for pattern in patterns]
        right += int(np.argmin(distances) == i)
    return right / len(patterns)


def plain_study(config: capacity.Config) -> None:
    """Run the published protocol: new patterns for every load and trial."""
    numbers = np.random.default_rng(config.seed)
    for p_up in config.p_ups:
        for rule in config.rules:
            for load in config.loads:
                for _ in range(config.n_trials):
                    patterns = np.where(numbers.random((load, config.n_units)) < p_up, 1.0, -1.0)
                    plain_accuracy(patterns, rule, config.n_steps)


def bench_capacity() -> None:
    """Time the four published curves."""
    config = replace(capacity.Config(), rules=("hebb", "storkey"), cues=("clean",))
    ours = cpu_seconds(lambda: capacity.simulate(config))
    plain = cpu_seconds(lambda: plain_study(config), repeats=1)
    print(f"capacity study, four curves of {config.n_trials} trials (CPU seconds)")
    print(f"  plain loops {plain:8.2f}\n  hippo       {ours:8.2f}   {plain / ours:.1f} times faster\n")


def bench_recall() -> None:
    """Time storing 100 patterns of 1,000 units and recalling 1,000 cues in ten steps."""
    g = torch.Generator().manual_seed(0)
    x = random_patterns(N_PATTERNS, N_UNITS, generator=g)
    originals = x.repeat(N_CUES // N_PATTERNS, 1)
    cues = flip_exactly(originals, 0.1, g)
    w = hebb(x, integer=True)

    def bare() -> None:
        state = cues
        for _ in range(N_STEPS):
            state = state @ w
        del state

    def steps(memory: object) -> Callable[[], torch.Tensor]:
        return lambda: recall(memory, cues, n_steps=N_STEPS, stop_early=False)  # type: ignore[arg-type]

    modern = ModernHopfield(x, beta=1.0)
    floor = cpu_seconds(bare, 5)
    rows = {
        "ten bare products with W": (floor, None),
        "hippo, weights": (cpu_seconds(steps(hopfield.HopfieldNetwork(w)), 5), steps(hopfield.HopfieldNetwork(w))()),
        "hippo, without weights": (cpu_seconds(steps(LowRankHopfield(x)), 5), steps(LowRankHopfield(x))()),
        "hippo, modern, ten updates": (cpu_seconds(steps(modern), 5), sign(steps(modern)())),
    }
    print(f"recall of {N_CUES:,} cues, {N_PATTERNS} patterns, {N_UNITS:,} units, {N_STEPS} steps (CPU ms; share exact)")
    for name, (seconds, recalled) in rows.items():
        exact = "" if recalled is None else f"{float((recalled == originals).all(-1).float().mean()):.3f}"
        print(f"  {name:<34} {1e3 * seconds:10.0f}  {seconds / floor:6.2f} of the bare products  {exact}")
    store = cpu_seconds(lambda: hebb(x, integer=True), 5)
    print(f"  {'storing, hippo':<34} {1e3 * store:10.1f}")
    for name, measured in (("hopfieldnetwork", peer_hopfieldnetwork), ("neurodynex3", peer_neurodynex)):
        if importlib.util.find_spec(name) is None:
            print(f"  {name:<34} not installed")
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            seconds = measured(x.numpy().astype(int), cues.numpy().astype(int))
        whole = store + rows["hippo, weights"][0]
        print(f"  {name + ', store and recall':<34} {1e3 * seconds:10.0f}  {seconds / whole:6.1f} times hippo, weights")


def peer_hopfieldnetwork(patterns: np.ndarray, cues: np.ndarray, n_cues: int = 20) -> float:
    """Time the peer on some cues, synchronous, one at a time as it must."""
    from hopfieldnetwork import HopfieldNetwork

    started = time.process_time()
    network = HopfieldNetwork(N=patterns.shape[1])
    network.train_pattern(patterns.T)
    stored = time.process_time()
    for cue in cues[:n_cues]:
        network.set_initial_neurons_state(cue)
        network.update_neurons(N_STEPS, "sync")
    return stored - started + (time.process_time() - stored) * len(cues) / n_cues


def peer_neurodynex(patterns: np.ndarray, cues: np.ndarray, n_patterns: int = 2, n_cues: int = 20) -> float:
    """Time the peer on some patterns and cues, synchronous."""
    from neurodynex3.hopfield_network import network as peer

    started = time.process_time()
    network = peer.HopfieldNetwork(patterns.shape[1])
    network.store_patterns(list(patterns[:n_patterns]))
    stored = time.process_time()
    network.set_dynamics_sign_sync()
    for cue in cues[:n_cues]:
        network.set_state_from_pattern(cue)
        network.run(nr_steps=N_STEPS)
    recalled = time.process_time() - stored
    return (stored - started) * len(patterns) / n_patterns + recalled * len(cues) / n_cues


if __name__ == "__main__":
    torch.set_num_threads(1)
    bench_capacity()
    bench_recall()
    sys.exit(0)
