"""`make bench`: retrieval and training of a predictive-coding RNN against a faithful loop and against a floor.

The loop does what the published program does: a step at a time, autograd on during inference, five
traces kept, a second pass for the error of every trial. Times are CPU seconds of one thread, best
of several, each pair in the same run, so that ratios hold on a busy machine. The floor is the bare
arithmetic, products and tanh of the same sizes and numbers.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor

from hippo.predictive_coding import PCRNN, InferenceConfig, MixturePrior, PCRNNConfig, fit, retrieve
from hippo.trajectories import load_trajectories

N_RESTARTS, N_TRIALS, N_ITERATIONS = 4, 10, 10


class Loop:
    """The published program's arithmetic and habits, with the weights of a model."""

    def __init__(self, model: PCRNN, prior: MixturePrior, config: InferenceConfig) -> None:
        self.w_o, self.b_o = model.output_weights, model.output_bias
        self.w_r, self.b_r = model.recurrent_weights, model.recurrent_bias
        self.w_c, self.h0, self.tau = model.cause_weights, model.h0, model.config.time_constant
        self.mus, self.sigma, self.config = prior.means, prior.sigma, config

    def forward(self, x: Tensor, c: Tensor, alpha_x: float, alpha_c: float, sigma_r: float, store: bool) -> Tensor:
        """Run the steps of one pass and return the errors; `self.c` is the cause that it ended with."""
        old_h = self.h0.expand(x.shape[1], -1).clone()
        errors = torch.zeros_like(x)
        traces: list[Tensor] = [
            torch.zeros(len(x), x.shape[1], size) for size in (x.shape[2], old_h.shape[1], old_h.shape[1])
        ]
        all_c, all_e = torch.zeros(len(x), *c.shape), torch.zeros(len(x), *old_h.shape)
        for t in range(len(x)):
            h_prior = (1 - 1 / self.tau) * old_h + (1 / self.tau) * (
                torch.mm(torch.tanh(old_h), self.w_r.T) + torch.mm(c, self.w_c.T) + self.b_r.unsqueeze(0)
            )
            x_pred = torch.mm(torch.tanh(h_prior), self.w_o.T) + self.b_o.unsqueeze(0)
            error = x_pred - x[t]
            errors[t] = error
            if alpha_x > 0:
                h_post = h_prior - alpha_x * (1 - torch.tanh(h_prior) ** 2) * torch.mm(error, self.w_o)
                error_h = h_prior - h_post
                c = c - self.config.alpha_h * torch.mm(error_h, self.w_c)
                c = c + sigma_r * torch.norm(error_h, dim=1, keepdim=True) * torch.randn_like(c)
            else:
                h_post = h_prior
                error_h = torch.zeros_like(h_prior)
            if alpha_c > 0:
                differences = c.unsqueeze(1) - self.mus.unsqueeze(0)
                squares = torch.sum(differences**2, dim=2)
                weights = torch.exp(-squares / (2 * self.sigma**2)) + 1e-40
                weights = weights / torch.sum(weights, dim=1, keepdim=True)
                c = c - alpha_c * torch.sum(weights.unsqueeze(2) * differences, dim=1) / (2 * self.sigma**2)
            old_h = h_post
            if store:
                for trace, value in zip(traces, (x_pred, h_prior, h_post), strict=True):
                    trace[t] = value.detach()
                all_c[t], all_e[t] = c.detach(), error_h.detach()
        self.c = c
        return errors

    def retrieve(self, x: Tensor, c: Tensor) -> Tensor:
        """Infer and measure, trial after trial."""
        config = self.config
        for _ in range(N_TRIALS):
            self.forward(x, c, config.alpha_x, config.alpha_c, config.sigma_r, True)
            c = self.c.detach()
            torch.mean(torch.norm(self.forward(x, c, 0.0, config.alpha_c, 0.0, True), dim=2), dim=0)
        return c


def cpu_seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the least CPU time of several runs."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def bench_retrieval(model: PCRNN, x: Tensor) -> None:
    """Time a trial of 80 chains, inference and measurement."""
    prior, config = MixturePrior(model.causes, 0.096), InferenceConfig()
    loop, chains = Loop(model, prior, config), x.repeat(1, N_RESTARTS, 1)
    start = torch.randn(chains.shape[1], 2, generator=torch.Generator().manual_seed(0))

    def ours(n_restarts: int) -> Callable[[], object]:
        g = torch.Generator().manual_seed(0)
        return lambda: retrieve(model, x, prior, config, generator=g, n_restarts=n_restarts, n_trials=N_TRIALS)

    plain = cpu_seconds(lambda: loop.retrieve(chains, start), 3) / N_TRIALS
    fast = cpu_seconds(ours(N_RESTARTS)) / N_TRIALS
    wide = cpu_seconds(ours(16 * N_RESTARTS), 2) / N_TRIALS / 16
    floor = bench_floor(model, len(x), chains.shape[1])
    print(f"retrieval, {chains.shape[1]} chains: inference and free-run error (CPU ms per trial)")
    print(f"  faithful loop              {1e3 * plain:8.2f}")
    print(f"  hippo                      {1e3 * fast:8.2f}   {plain / fast:5.1f} times faster, {fast / floor:4.1f} x floor")
    print(f"  hippo, 16 times the chains {1e3 * wide:8.2f}   {plain / wide:5.1f} times faster, {wide / floor:4.1f} x floor")
    print(f"  floor                      {1e3 * floor:8.2f}   products and tanh alone\n")


def bench_floor(model: PCRNN, n_steps: int, n_chains: int) -> float:
    """Time the products and the tanh of one trial with its free run, nothing else."""
    n = n_steps * n_chains  # all steps at once: no cost per step
    d_h = model.config.n_hidden
    hidden, small = torch.randn(n, d_h), torch.randn(n, 2)
    w_h, w_down, w_up = torch.randn(d_h, d_h), torch.randn(d_h, 2), torch.randn(2, d_h)
    out, read, raised = torch.empty_like(hidden), torch.empty(n, 2), torch.empty(n, d_h)
    scores = torch.empty(n, 20)
    mus = torch.randn(2, 20)

    def bare() -> None:
        for _ in range(3):  # two tanh per step of inference, one of a free run
            torch.tanh(hidden, out=out)
        for _ in range(2):  # inference and free run
            torch.mm(hidden, w_h, out=out)
            torch.mm(small, w_up, out=raised)
            torch.mm(hidden, w_down, out=read)
        torch.mm(small, w_up, out=raised)  # bottom up
        torch.mm(hidden, w_down, out=read)
        torch.mm(small, mus, out=scores)

    return cpu_seconds(bare, 7)


def bench_training(model: PCRNN, x: Tensor) -> None:
    """Time iterations of training."""

    def plain() -> None:
        other = PCRNN(model.config, torch.Generator().manual_seed(0))
        optimizer = torch.optim.Adam([p for p in other.parameters() if p.requires_grad], lr=0.03, weight_decay=1e-4)
        loop = Loop(other, MixturePrior(other.causes, 0.096), InferenceConfig())
        for _ in range(N_ITERATIONS):
            optimizer.zero_grad()
            errors = loop.forward(x, other.causes, 0.0, 0.0, 0.0, True)
            torch.mean(errors**2).backward()
            optimizer.step()

    def ours() -> None:
        fit(PCRNN(model.config, torch.Generator().manual_seed(0)), x, n_iterations=N_ITERATIONS)

    ours()
    slow, fast = cpu_seconds(plain, 3) / N_ITERATIONS, cpu_seconds(ours) / N_ITERATIONS
    print(f"training, {x.shape[1]} trajectories of {len(x)} steps (CPU ms per iteration)")
    print(f"  faithful loop              {1e3 * slow:8.2f}")
    print(f"  hippo                      {1e3 * fast:8.2f}   {slow / fast:5.1f} times faster\n")


def bench_cuda(model: PCRNN, x: Tensor) -> None:
    """Time thousands of chains on a GPU, where one is at hand."""
    if not torch.cuda.is_available():
        print("no CUDA device: thousands of chains at once not measured")
        return
    there, on_it = PCRNN(model.config, torch.Generator()).cuda(), x.cuda()
    there.load_state_dict(model.state_dict())
    prior, g = MixturePrior(there.causes, 0.096), torch.Generator("cuda").manual_seed(0)
    for n_restarts in (4, 100, 1000):
        torch.cuda.synchronize()
        started = time.perf_counter()
        retrieve(there, on_it, prior, generator=g, n_restarts=n_restarts, n_trials=N_TRIALS)
        torch.cuda.synchronize()
        seconds = (time.perf_counter() - started) / N_TRIALS
        print(f"  CUDA, {20 * n_restarts:6,} chains  {1e3 * seconds:8.2f} ms per trial, wall")


if __name__ == "__main__":
    torch.set_num_threads(1)
    data = load_trajectories()
    print(f"on {data.source}\n")
    trained = PCRNN(PCRNNConfig(n_trajectories=data.x.shape[1]), torch.Generator().manual_seed(0))
    fit(trained, data.x, n_iterations=300)
    bench_retrieval(trained, data.x)
    bench_training(trained, data.x)
    bench_cuda(trained, data.x)
    sys.exit(0)
