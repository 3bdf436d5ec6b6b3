"""How many trajectories a generator keeps: learnt ones, and ones found again, against their number."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from hippo.datasets import Images
from hippo.experiments.outcome import Metric, Outcome
from hippo.experiments.pc_models import SIGMA_C, Trained, chain_targets, rerun, seeded
from hippo.plotting import error_curves, figure_of
from hippo.predictive_coding import (
    PCRNN,
    InferenceConfig,
    MixturePrior,
    PCRNNConfig,
    fit,
    letter_errors,
    nearest_prototype,
    retrieve,
    score_prototypes,
)
from hippo.trajectories import least_distance, random_trajectories

__all__ = ["FULL", "PUBLISHED", "QUICK", "Config", "run"]

#: Published benchmark: 60 hidden units, 3,000 iterations, rates and τ by a search that settled on
#: τ = 4.79, learning rate 0.0174 and 61 trajectories (60.76); 48.67 of them learnt, mean of 3 seeds.
PUBLISHED = {"trajectories": 61, "learnt": 48.67}


@dataclass(frozen=True)
class Config:
    """A sweep over the number of trajectories, and the published benchmark's best setting."""

    sizes: tuple[int, ...] = (5, 10, 20, 40, 60)
    time_constants: tuple[float, ...] = (50.0, 5.0)
    n_hidden: int = 60
    n_models: int = 2
    n_iterations: int = 1000
    learning_rate: float = 0.0174
    #: Below this mean distance a trajectory counts as learnt.
    threshold: float = 0.1
    n_restarts: int = 1
    n_trials: int = 100
    #: The published setting: so many iterations and models; 0 leaves it out.
    n_iterations_published: int = 3000
    n_models_published: int = 3
    sigma_c: float = SIGMA_C
    seed: int = 0


QUICK = Config(sizes=(5, 10), n_models=1, n_iterations=200, n_trials=20, n_models_published=0)
FULL = Config(sizes=(5, 10, 20, 40, 60, 80, 100), n_models=5, n_models_published=10)


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Train on random trajectories, count, and retrieve; no images are read."""
    rows: list[dict[str, object]] = []
    metrics: list[Metric] = []
    counts: dict[str, list[list[float]]] = {}
    shares: dict[str, list[list[float]]] = {}
    for tau in config.time_constants:
        for size in config.sizes:
            found = [_measure(config, size, tau, i, device) for i in range(config.n_models)]
            rows += [{"trajectories": size, "time_constant": tau, "model": i, **row} for i, row in enumerate(found)]
            name = f"{size} trajectories, τ = {tau:g}"
            for key, label, unit in (
                ("learnt", f"learnt to an error below {config.threshold:g}", "trajectories"),
                ("best_so_far", f"best cause so far right, trial {config.n_trials}", "share of chains"),
            ):
                metrics.append(rerun(f"{name}: {label}", None, [row[key] for row in found], unit))
            counts.setdefault(f"τ = {tau:g}", []).append([row["learnt"] for row in found])
            for key, label in (("best_so_far", "best cause so far"), ("exhaustive", "every prototype scored")):
                shares.setdefault(f"τ = {tau:g}, {label}", []).append([row[key] for row in found])
    if config.n_models_published:
        metrics.append(_published(config, device))
    ax = error_curves(
        config.sizes,
        {name: torch.tensor(values).T for name, values in counts.items()},
        xlabel="trajectories p",
        ylabel=f"learnt to an error below {config.threshold:g}",
        title=f"{config.n_hidden} hidden units, {config.n_iterations} iterations",
    )
    ax.plot(config.sizes, config.sizes, color="0.6", linewidth=1, zorder=0)
    found_again = error_curves(
        config.sizes,
        {name: torch.tensor(values).T for name, values in shares.items()},
        xlabel="trajectories p",
        ylabel="share right",
        title=f"Retrieval, {config.n_trials} trials",
    )
    found_again.set_ylim(-0.02, 1.05)
    return Outcome(metrics, rows, {"learnt": figure_of(ax), "retrieved": figure_of(found_again)})


def _train(
    config: Config, size: int, tau: float, i: int, n_iterations: int, device: str
) -> tuple[Trained, torch.Tensor]:
    """Draw trajectories and train one model on them; returns it with (T, p, 2)."""
    x = random_trajectories(size, generator=seeded(config.seed, 700 + i)).x.to(device)
    sizes = PCRNNConfig(n_trajectories=size, n_hidden=config.n_hidden, time_constant=tau)
    model = PCRNN(sizes, seeded(config.seed, 800 + i)).to(device)
    progress = f"{size} trajectories, τ = {tau:g}"
    how = fit(model, x, n_iterations=n_iterations, learning_rate=config.learning_rate, progress=progress)
    return Trained(model, how, MixturePrior(model.causes, config.sigma_c)), x


def _measure(config: Config, size: int, tau: float, i: int, device: str) -> dict[str, float]:
    trained, x = _train(config, size, tau, i, config.n_iterations, device)
    errors = letter_errors(trained.model, x)
    found = retrieve(
        trained.model,
        x,
        trained.prior,
        InferenceConfig(),
        generator=seeded(config.seed, 850 + i),
        n_restarts=config.n_restarts,
        n_trials=config.n_trials,
    )
    right = chain_targets(size, config.n_restarts, x.device)
    last = nearest_prototype(found.last_causes, trained.prior.means)
    scored = score_prototypes(trained.model, x).argmin(dim=0)
    return {
        "loss": trained.fit.best_loss,
        "learnt": float((errors < config.threshold).sum()),
        "mean_error": float(errors.mean()),
        "last_cause": float((last == right).double().mean()),
        "best_so_far": float((found.labels == right).double().mean()),
        "exhaustive": float((scored == right[:size]).double().mean()),
        "least_distance": least_distance(x),
    }


def _published(config: Config, device: str) -> Metric:
    """Repeat the published benchmark's best setting on other trajectories."""
    size = PUBLISHED["trajectories"]
    learnt = []
    for i in range(config.n_models_published):
        trained, x = _train(config, int(size), 4.79, i, config.n_iterations_published, device)
        learnt.append(float((letter_errors(trained.model, x) < config.threshold).sum()))
    spread = f"{min(learnt):g} to {max(learnt):g} in {len(learnt)} models"
    return Metric(
        f"published setting, {size:g} trajectories, τ = 4.79: learnt to an error below {config.threshold:g}",
        PUBLISHED["learnt"],
        sum(learnt) / len(learnt),
        "trajectories",
        f"{spread}; random trajectories, the published ones were drawn by hand and are not to be had",
    )
