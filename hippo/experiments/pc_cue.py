"""Retrieval from poor cues: noise on the target, or only its beginning.

Noise on a cue keeps the errors, and so the noise on the causes, from dying down: the last cause is
worthless from a standard deviation of 0.2 on, the best cause so far is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.datasets import Images
from hippo.experiments.outcome import Outcome, apart_from_published
from hippo.experiments.pc_models import Trained, chain_targets, rerun, seeded, train_models
from hippo.plotting import error_curves, figure_of, trajectory_grid
from hippo.predictive_coding import (
    InferenceConfig,
    expected_error_norm,
    first_steps,
    nearest_prototype,
    noisy,
    retrieve,
    score_prototypes,
)
from hippo.trajectories import load_trajectories

__all__ = ["FULL", "QUICK", "RERUN", "Config", "run"]

ANSWERS = ("last cause", "best so far", "best of all chains", "every prototype scored")
#: The published program's arithmetic with a softmax prior, 3 models, 100 trials: (noise s.d., known
#: steps) → share right of each answer.
RERUN = MappingProxyType(
    {
        (0.0, 60): (0.737, 0.983, 1.00, 1.00),
        (0.2, 60): (0.183, 0.988, 1.00, 1.00),
        (0.5, 60): (0.042, 0.925, 0.983, 1.00),
        (1.0, 60): (0.038, 0.779, 0.883, 0.917),
        (0.0, 30): (0.596, 0.708, 0.867, 0.950),
        (0.0, 15): (0.208, 0.200, 0.317, 0.333),
    }
)


@dataclass(frozen=True)
class Config:
    """Protocol of the re-run: 3 models, 80 chains each, 100 trials."""

    n_models: int = 3
    n_iterations: int = 1000
    n_restarts: int = 4
    n_trials: int = 100
    noise_stds: tuple[float, ...] = (0.0, 0.2, 0.5, 1.0)
    known_steps: tuple[int, ...] = (30, 15)
    seed: int = 0


QUICK = Config(n_models=1, n_iterations=300, n_trials=30, noise_stds=(0.0, 0.2), known_steps=(30,))
FULL = Config(n_models=10)


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Retrieve from every cue; no images are read."""
    data = load_trajectories()
    x = data.x.to(device)
    models = train_models(x, config.n_models, config.n_iterations, config.seed)
    cues = [(std, len(x)) for std in config.noise_stds] + [(0.0, known) for known in config.known_steps]
    rows: list[dict[str, object]] = []
    metrics = []
    shares: dict[str, dict[tuple[float, int], list[float]]] = {}
    for cue in cues:
        answers = _retrieve(config, cue, models, x, rows)
        for answer, values in answers.items():
            shares.setdefault(answer, {})[cue] = values
            published = dict(zip(ANSWERS, RERUN.get(cue, ()), strict=False)).get(answer)
            metrics.append(rerun(f"{_describe(cue, len(x))}: {answer}", published, values, "share right", _why(answer)))
    curves = {
        answer: torch.tensor([found[std, len(x)] for std in config.noise_stds]).T
        for answer, found in shares.items()
        if all((std, len(x)) in found for std in config.noise_stds)
    }
    ax = error_curves(
        config.noise_stds,
        curves,
        xlabel="s.d. of the noise on the cue (unit of x)",
        ylabel="share right",
        title=f"Retrieval from noisy cues, {config.n_trials} trials",
    )
    figures = {"noise": figure_of(ax), "cues": _pictures(config, models[0], x, data.names)}
    outcome = Outcome(metrics, rows, figures)
    return outcome if data.is_published else apart_from_published(outcome, data.source)


def _retrieve(
    config: Config, cue: tuple[float, int], models: list[Trained], x: Tensor, rows: list[dict[str, object]]
) -> dict[str, list[float]]:
    """Measure the share right of every answer, (n_models) each."""
    std, known = cue
    observed = first_steps(len(x), known).to(x.device) if known < len(x) else None
    right = chain_targets(x.shape[1], config.n_restarts, x.device)
    found: dict[str, list[float]] = {}
    for i, trained in enumerate(models):
        stream = round(10 * std) + 20 * known
        targets = noisy(x, std, seeded(config.seed, 500 + i)) if std else x
        rates = InferenceConfig()
        floor = expected_error_norm(trained.model, len(x), std, rates.alpha_x, seeded(config.seed, 600 + i))
        versions = {"": rates} | ({", floor left out": replace(rates, noise_floor=floor)} if std else {})
        for suffix, version in versions.items():
            searched = retrieve(
                trained.model,
                targets,
                trained.prior,
                version,
                generator=seeded(100 + config.seed, stream + i),
                n_restarts=config.n_restarts,
                n_trials=config.n_trials,
                observed=observed,
            )
            last = nearest_prototype(searched.last_causes, trained.prior.means)
            best = searched.best_restart()
            answers = {ANSWERS[0] + suffix: last == right, ANSWERS[1] + suffix: searched.labels == right}
            if not suffix:
                answers[ANSWERS[2]] = best.labels == right[: x.shape[1]]
                scores = score_prototypes(trained.model, targets, observed=observed)
                answers[ANSWERS[3]] = scores.argmin(dim=0) == right[: x.shape[1]]
            for answer, hits in answers.items():
                share = float(hits.double().mean())
                found.setdefault(answer, []).append(share)
                rows.append({"noise_std": std, "known_steps": known, "answer": answer, "model": i, "share": share})
    return found


def _describe(cue: tuple[float, int], n_steps: int) -> str:
    std, known = cue
    if known < n_steps:
        return f"first {known} steps"
    return f"noise {std:g}" if std else "clean"


def _why(answer: str) -> str:
    return "noise below the error that the cue's own noise leaves is switched off" if "floor" in answer else ""


def _pictures(config: Config, trained: Trained, x: Tensor, names: tuple[str, ...]) -> Figure:
    """Draw five cues with the middle noise under what the prototypes generate."""
    std = sorted(config.noise_stds)[len(config.noise_stds) // 2]
    cues = noisy(x[:, :5], std, seeded(config.seed, 500))
    with torch.no_grad():
        generated = trained.model.predict(trained.model.causes[:5], len(x))
    return trajectory_grid(cues, generated, names[:5], title=f"Cues with noise of s.d. {std:g}, dashed")
