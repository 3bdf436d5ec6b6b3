"""Retrieval: many chains search, trial after trial, for the cause that generates a target.

A chain hops between the prototypes' basins as long as its errors are large and rarely leaves the
right one, but it does leave: the cause of the last trial is right in three of four chains, the best
cause seen so far, by free-run error, in nearly all of them after 100 trials. So that is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hippo.arguments import check_count, check_positive, shape_text
from hippo.draws import normal
from hippo.predictive_coding.inference import InferenceConfig
from hippo.predictive_coding.model import PCRNN
from hippo.predictive_coding.prior import MixturePrior
from hippo.predictive_coding.trial import free_run_error, infer

__all__ = ["History", "Retrieved", "nearest_prototype", "retrieve"]


@dataclass(frozen=True)
class History:
    """Every trial of every chain; chains that had finished stay where they were."""

    #: Causes after each trial, (S, B, d_c).
    causes: Tensor
    #: Their free-run errors, (S, B).
    errors: Tensor


@dataclass(frozen=True)
class Retrieved:
    """What retrieval found; chain b = restart · n + target."""

    #: Best cause of each chain, (B, d_c).
    causes: Tensor
    #: Its free-run error, (B,).
    errors: Tensor
    #: Its nearest prototype, (B,).
    labels: Tensor
    #: Causes of the last trial, (B, d_c): a poor answer, kept for comparison.
    last_causes: Tensor
    #: Trials that each chain ran, (B,).
    n_trials: Tensor
    history: History | None
    n_restarts: int

    def best_restart(self) -> Retrieved:
        """Keep of each target the chain with the lowest error."""
        n = len(self.errors) // self.n_restarts
        restart = self.errors.view(self.n_restarts, n).argmin(dim=0)
        rows = restart * n + torch.arange(n, device=restart.device)
        return Retrieved(
            self.causes[rows],
            self.errors[rows],
            self.labels[rows],
            self.last_causes[rows],
            self.n_trials[rows],
            None if self.history is None else History(self.history.causes[:, rows], self.history.errors[:, rows]),
            1,
        )


def nearest_prototype(causes: Tensor, prototypes: Tensor) -> Tensor:
    """Name the prototype (K, d_c) that each cause (..., d_c) is nearest to, (...); of several the first."""
    return torch.cdist(causes.reshape(-1, causes.shape[-1]), prototypes).argmin(dim=-1).view(causes.shape[:-1])


@torch.no_grad()
def retrieve(
    model: PCRNN,
    targets: Tensor,
    prior: MixturePrior,
    config: InferenceConfig | None = None,
    *,
    generator: torch.Generator,
    n_restarts: int = 4,
    n_trials: int = 100,
    tolerance: float | None = None,
    patience: int | None = None,
    block: int = 10,
    observed: Tensor | None = None,
    start: Tensor | None = None,
    keep_history: bool = False,
) -> Retrieved:
    """Search for the causes of targets.

    Each trial starts from h_0 and from the causes that the trial before ended with.

    Parameters
    ----------
    model
        Trained.
    targets
        x, (T, n, d_x); noisy if you like.
    prior
        Prototypes, usually `MixturePrior(model.causes, 0.096)`.
    config
        Rates; the published ones if none are given.
    generator
        Draws the causes to start from, N(0, I), and the noise.
    n_restarts
        Chains per target.
    n_trials
        At most so many.
    tolerance
        A chain whose best error is at most this has finished.
    patience
        A chain that found nothing better for so many trials has finished.
    block
        Trials between two looks at errors: so many are measured in one batch.
    observed
        Which steps of the targets are known, bool (T,).
    start
        Causes to start from, (n_restarts · n, d_c), in place of drawn ones.
    keep_history
        Keep every trial.

    Returns
    -------
    Retrieved
        The best of each chain.
    """
    for name, value in (("n_restarts", n_restarts), ("n_trials", n_trials), ("block", block)):
        check_count(name, value)
    if patience is not None:
        check_count("patience", patience)
    if tolerance is not None:
        check_positive("tolerance", tolerance)
    config = InferenceConfig() if config is None else config
    device, d_c = targets.device, model.config.n_causes
    chains = targets.repeat(1, n_restarts, 1)  # (T, B, d_x)
    size = torch.Size((chains.shape[1], d_c))
    if start is not None and start.shape != size:
        raise ValueError(f"start: expected shape {tuple(size)}, a cause per chain, got {shape_text(start)}")
    causes = normal(size, generator, device) if start is None else start.to(device).clone()
    search = _Search(causes, patience, tolerance, keep_history)
    while search.trials < n_trials and len(search.active):
        rows = search.active
        now = chains if len(rows) == chains.shape[1] else chains[:, rows]
        causes = search.last[rows]
        visited = []
        for _ in range(min(block, n_trials - search.trials)):
            noise = normal(torch.Size((len(now), *causes.shape)), generator, device) if config.is_noisy else None
            causes = infer(model, now, causes, config, prior, noise=noise, observed=observed)
            visited.append(causes)
        block_causes = torch.stack(visited)  # (S, active, d_c)
        search.record(block_causes, free_run_error(model, now, block_causes, observed=observed))
    labels = nearest_prototype(search.best, prior.means)
    return Retrieved(search.best, search.errors, labels, search.last, search.ran, search.history(), n_restarts)


class _Search:
    """The best of every chain so far, and which of them go on."""

    def __init__(self, causes: Tensor, patience: int | None, tolerance: float | None, keep: bool) -> None:
        self.patience, self.tolerance = patience, tolerance
        self.last, self.best = causes, causes.clone()
        self.errors = torch.full_like(causes[:, 0], torch.inf)
        self.found_at = torch.zeros(len(causes), dtype=torch.long, device=causes.device)
        self.ran = torch.zeros_like(self.found_at)
        self.active = torch.arange(len(causes), device=causes.device)
        self.trials = 0
        self.kept: list[tuple[Tensor, Tensor]] | None = [] if keep else None
        self.last_errors = self.errors.clone()

    def record(self, causes: Tensor, errors: Tensor) -> None:
        """Take in a block of trials (S, active, d_c) with their errors (S, active)."""
        rows, n = self.active, len(causes)
        errors = errors.nan_to_num(nan=torch.inf)
        least, when = errors.min(dim=0)
        better = least < self.errors[rows]
        chosen = causes[when, torch.arange(len(rows), device=rows.device)]
        self.best[rows] = torch.where(better[:, None], chosen, self.best[rows])
        self.errors[rows] = torch.where(better, least, self.errors[rows])
        self.found_at[rows] = torch.where(better, self.trials + when + 1, self.found_at[rows])
        if self.kept is not None:
            all_causes, all_errors = self.last.repeat(n, 1, 1), self.last_errors.repeat(n, 1)
            all_causes[:, rows], all_errors[:, rows] = causes, errors
            self.kept.append((all_causes, all_errors))
            self.last_errors = all_errors[-1]
        self.last = self.last.clone()
        self.last[rows] = causes[-1]
        self.trials += n
        self.ran[rows] = self.trials
        go_on = torch.ones_like(rows, dtype=torch.bool)
        if self.tolerance is not None:
            go_on &= self.errors[rows] > self.tolerance
        if self.patience is not None:
            go_on &= self.trials - self.found_at[rows] < self.patience
        self.active = rows[go_on]

    def history(self) -> History | None:
        """Put the kept blocks together."""
        if self.kept is None:
            return None
        return History(*(torch.cat(parts) for parts in zip(*self.kept, strict=True)))
