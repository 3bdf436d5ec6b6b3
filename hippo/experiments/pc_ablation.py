"""What makes retrieval work: rates switched off or changed, one at a time, and what has no search at all.

Noise that scales with the error and the mixture prior do the work; the gradient on the causes adds
almost nothing at its published rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.datasets import Images
from hippo.draws import normal
from hippo.experiments.outcome import Metric, Outcome, apart_from_published
from hippo.experiments.pc_models import Trained, chain_targets, rerun, seeded, train_models
from hippo.plotting import error_curves
from hippo.predictive_coding import (
    InferenceConfig,
    descend,
    nearest_prototype,
    retrieve,
    score_prototypes,
    success,
)
from hippo.trajectories import load_trajectories

__all__ = ["FULL", "QUICK", "RERUN", "VARIANTS", "Config", "run"]

#: Name → rates.
VARIANTS = MappingProxyType(
    {
        "published": InferenceConfig(),
        "σ_r = 0": InferenceConfig(sigma_r=0.0),
        "α_c = 0": InferenceConfig(alpha_c=0.0),
        "α_c = 0, σ_r = 0": InferenceConfig(alpha_c=0.0, sigma_r=0.0),
        "α_c = 0, σ_r = 0, α_h = 1": InferenceConfig(alpha_c=0.0, sigma_r=0.0, alpha_h=1.0),
        "α_h = 0": InferenceConfig(alpha_h=0.0),
        "α_h = 0.19": InferenceConfig(alpha_h=0.19),
        "α_x = 0.05": InferenceConfig(alpha_x=0.05),
        "σ_r = 1.3": InferenceConfig(sigma_r=1.3),
        "σ_r = 5.2": InferenceConfig(sigma_r=5.2),
    }
)
#: Measure and trial of each column.
COLUMNS = (
    ("within", 10),
    ("within", 100),
    ("within", 300),
    ("visited", 300),
    ("best_so_far", 100),
    ("best_so_far", 300),
)
#: The published program's arithmetic with a softmax prior, mean of 3 models: share of chains per column.
RERUN = MappingProxyType(
    {
        "published": (0.400, 0.771, 0.754, 1.00, 0.979, 1.00),
        "σ_r = 0": (0.046, 0.046, 0.046, 0.046, 0.042, 0.042),
        "α_c = 0": (0.000, 0.000, 0.000, 0.042, 0.296, 0.333),
        "α_c = 0, σ_r = 0": (0.008, 0.204, 0.354, 0.363, 0.333, 0.413),
        "α_c = 0, σ_r = 0, α_h = 1": (0.158, 0.204, 0.200, 0.346, 0.483, 0.525),
        "α_h = 0": (0.358, 0.746, 0.742, 1.00, 0.967, 1.00),
        "α_h = 0.19": (0.467, 0.804, 0.767, 1.00, 0.983, 1.00),
        "α_x = 0.05": (0.325, 0.750, 0.825, 0.967, 0.875, 0.967),
        "σ_r = 1.3": (0.179, 0.425, 0.579, 0.667, 0.504, 0.667),
        "σ_r = 5.2": (0.267, 0.413, 0.408, 1.00, 0.979, 0.996),
    }
)
#: Adam on the cause, 100 iterations: learning rate → share within 0.1, share nearest.
RERUN_DESCENT = MappingProxyType({0.05: (0.300, 0.325), 0.2: (0.413, 0.417)})


@dataclass(frozen=True)
class Config:
    """Protocol of the ablations: 3 models, 80 chains each, 300 trials."""

    n_models: int = 3
    n_iterations: int = 1000
    n_restarts: int = 4
    n_trials: int = 300
    variants: tuple[str, ...] = tuple(VARIANTS)
    learning_rates: tuple[float, ...] = (0.05, 0.2)
    n_descent: int = 100
    seed: int = 0


QUICK = Config(n_models=1, n_iterations=300, n_trials=30, learning_rates=(0.2,), n_descent=30)
FULL = Config(n_models=10)


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Retrieve with every variant; no images are read."""
    data = load_trajectories()
    x = data.x.to(device)
    models = train_models(x, config.n_models, config.n_iterations, config.seed)
    rows: list[dict[str, object]] = []
    found: dict[str, dict[tuple[str, int], list[float]]] = {}
    best: dict[str, Tensor] = {}
    for name in config.variants:
        found[name], best[name] = _retrieve(config, name, models, x, rows)
    metrics = [_order(config, found)]
    for name, columns in found.items():
        for column, published in zip(COLUMNS, RERUN[name], strict=True):
            if column in columns:
                label = f"{name}: {column[0].replace('_', ' ')}, trial {column[1]}"
                metrics.append(rerun(label, published, columns[column], "share of chains"))
    metrics += _baselines(config, models, x, rows)
    outcome = Outcome(metrics, rows, {"ablation": _picture(config, best)})
    return outcome if data.is_published else apart_from_published(outcome, data.source)


def _retrieve(
    config: Config, name: str, models: list[Trained], x: Tensor, rows: list[dict[str, object]]
) -> tuple[dict[tuple[str, int], list[float]], Tensor]:
    """Measure the columns of one variant, and its best causes so far, (n_models, n_trials)."""
    right = chain_targets(x.shape[1], config.n_restarts, x.device)
    columns: dict[tuple[str, int], list[float]] = {}
    curves = []
    for i, trained in enumerate(models):
        searched = retrieve(
            trained.model,
            x,
            trained.prior,
            VARIANTS[name],
            # The same starts for all variants of a model.
            generator=seeded(config.seed, 300 + i),
            n_restarts=config.n_restarts,
            n_trials=config.n_trials,
            keep_history=True,
        )
        assert searched.history is not None
        judged = success(searched.history, trained.prior.means, right)
        curves.append(judged.best_so_far.double().mean(dim=1))
        for measure, trial in COLUMNS:
            if trial <= config.n_trials:
                value = float(getattr(judged, measure)[trial - 1].double().mean())
                columns.setdefault((measure, trial), []).append(value)
                rows.append(_row(name, i, measure, trial, value))
    return columns, torch.stack(curves)


def _baselines(config: Config, models: list[Trained], x: Tensor, rows: list[dict[str, object]]) -> list[Metric]:
    """Measure what needs no search: all prototypes scored, the gradient alone, and chance."""
    right = chain_targets(x.shape[1], config.n_restarts, x.device)
    targets = x.repeat(1, config.n_restarts, 1)
    letters = torch.arange(x.shape[1], device=x.device)
    scored = [float((score_prototypes(m.model, x).argmin(dim=0) == letters).double().mean()) for m in models]
    rows += [_row("exhaustive", i, "nearest", 0, value) for i, value in enumerate(scored)]
    metrics = [rerun("every prototype scored", 1.0, scored, "share of letters", "cheaper than any search")]
    for rate in config.learning_rates:
        within, nearest = [], []
        for i, trained in enumerate(models):
            start = normal(
                torch.Size((len(right), trained.prior.means.shape[1])), seeded(config.seed, 400 + i), x.device
            )
            causes = descend(trained.model, targets, start, learning_rate=rate, n_iterations=config.n_descent)
            distance = torch.linalg.vector_norm(causes - trained.prior.means[right], dim=1)
            within.append(float((distance < 0.1).double().mean()))
            nearest.append(float((nearest_prototype(causes, trained.prior.means) == right).double().mean()))
            rows.append(_row(f"descent, {rate:g}", i, "within", config.n_descent, within[-1]))
            rows.append(_row(f"descent, {rate:g}", i, "nearest", config.n_descent, nearest[-1]))
        published = RERUN_DESCENT.get(rate) if config.n_descent == 100 else None
        name = f"gradient on the cause, Adam {rate:g}"
        first, second = published if published is not None else (None, None)
        metrics.append(rerun(f"{name}: within", first, within, "share of chains"))
        metrics.append(rerun(f"{name}: nearest", second, nearest, "share of chains"))
    metrics.append(Metric("chance", 0.05, 1 / x.shape[1], "share of chains", "one of the prototypes at random"))
    return metrics


def _picture(config: Config, best: dict[str, Tensor]) -> Figure:
    """Draw best causes so far against trials: rates changed on the left, parts switched off on the right."""
    trials = [t for t in (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300) if t <= config.n_trials]
    figure: Figure = plt.figure(figsize=(11, 4.4), layout="constrained")
    panels: dict[str, list[str]] = {"rates changed": [], "noise or prior switched off": ["published"]}
    for name in best:
        panels["noise or prior switched off" if "_c = 0" in name or "σ_r = 0" in name else "rates changed"].append(name)
    for i, (title, names) in enumerate(panels.items()):
        shown = {
            name: best[name][:, [t - 1 for t in trials]].mean(dim=0, keepdim=True) for name in names if name in best
        }
        ax = figure.add_subplot(1, 2, i + 1)
        error_curves(trials, shown, ax, xlabel="trial", ylabel="best cause so far right (share)", title=title)
        ax.set_xscale("log")
        ax.set_ylim(-0.02, 1.02)
    return figure


def _order(config: Config, found: dict[str, dict[tuple[str, int], list[float]]]) -> Metric:
    """Count the pairs of variants that differ clearly in the published table and come out in its order."""
    agree = total = 0
    for a, b in combinations(found, 2):
        for column, first, second in zip(COLUMNS, RERUN[a], RERUN[b], strict=True):
            if column in found[a] and abs(first - second) > 0.1:
                mine = sum(found[a][column]) - sum(found[b][column])
                agree += (first - second) * mine > 0
                total += 1
    note = f"{total} pairs of variants and columns that differ by more than 0.1, twice the spread between models"
    return Metric("order of the whole table reproduced", 1.0, agree / max(total, 1), "share of pairs", note)


def _row(variant: str, model: int, measure: str, trial: int, value: float) -> dict[str, object]:
    return {"variant": variant, "model": model, "measure": measure, "trial": trial, "value": value}
