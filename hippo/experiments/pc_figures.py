"""Pictures of retrieval: letters, prototypes, the ways of causes, success over trials, energies, a film."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.draws import normal
from hippo.experiments.pc_models import Trained, seeded
from hippo.plotting import (
    Animation,
    cause_paths,
    error_curves,
    figure_of,
    loss_curves,
    trajectory_grid,
)
from hippo.plotting.trajectories import draw_causes, draw_trajectory
from hippo.predictive_coding import InferenceConfig, Retrieved, Success, energies, infer_traced
from hippo.trajectories import Trajectories

if TYPE_CHECKING:
    from hippo.experiments.pc_rnn import Config

__all__ = ["draw_figures", "film"]


def draw_figures(
    config: Config,
    data: Trajectories,
    x: Tensor,
    models: list[Trained],
    short: list[Trained],
    searches: list[Retrieved],
    judged: list[Success],
    local_losses: dict[str, list[float]],
) -> dict[str, Figure]:
    """Draw everything that does not move."""
    first, names = models[0], data.names
    letter = names.index(config.letter) if config.letter in names else 0
    losses = {
        f"τ = {config.time_constant:g}": first.fit.losses,
        f"τ = {config.short_time_constant:g}": short[0].fit.losses,
    } | {f"3 letters, {rule}": values for rule, values in local_losses.items()}
    figures = {
        "loss": figure_of(
            loss_curves(losses, ylabel="training loss (MSE)", title="One model each", xlabel="iteration")
        ),
        "prototypes": cause_paths(
            first.prior.means, first.prior.means.new_empty(1, 0, 2), None, names=names, title="Learnt causes"
        ),
        "paths": cause_paths(
            first.prior.means,
            _chains_of(searches[0], letter, len(names), config.n_restarts),
            letter,
            names=names,
            title=f"Four searches for the cause of “{names[letter]}”",
        ),
        "success": _success_curves(judged),
        "energies": _energy_curves(x, first, letter, config.seed),
    }
    with torch.no_grad():
        generated = first.model.predict(first.model.causes, len(x))
    title = f"{data.source}, τ = {config.time_constant:g}, dashed what was learnt from"
    figures["letters"] = trajectory_grid(x, generated, names, title=title)
    return figures


def _chains_of(search: Retrieved, letter: int, n: int, n_restarts: int) -> Tensor:
    """Collect the ways of up to four chains that look for one letter, (R, S, 2)."""
    assert search.history is not None
    rows = [restart * n + letter for restart in range(min(n_restarts, 4))]
    return search.history.causes[:, rows].transpose(0, 1)


def _success_curves(judged: list[Success]) -> Figure:
    n_trials = len(judged[0].within)
    # Evenly on the logarithmic axis: most happens early.
    trials = np.unique(np.geomspace(1, n_trials, 25).round().astype(int))
    labels = {
        "within": "last cause within 0.1",
        "nearest": "last cause nearest",
        "visited": "visited so far",
        "best_so_far": "best cause so far",
        "generated": "error below 0.2",
    }
    shares = {
        label: torch.stack([getattr(found, name).double().mean(dim=1)[trials - 1] for found in judged])
        for name, label in labels.items()
    }
    ax = error_curves(
        list(trials.astype(float)),
        shares,
        xlabel="trial",
        ylabel="share of chains",
        title="Five definitions of success",
    )
    ax.set_xscale("log")
    ax.set_ylim(-0.02, 1.02)
    return figure_of(ax)


def _energy_curves(x: Tensor, trained: Trained, letter: int, seed: int) -> Figure:
    """Trace the energies of one trial from the right cause and from a wrong one."""
    model, prior = trained.model, trained.prior
    others = torch.linalg.vector_norm(prior.means - prior.means[letter], dim=1)
    start = prior.means[[letter, int(others.argmax())]]
    config = InferenceConfig(noise="none")
    noise = normal(torch.Size((len(x), 2, prior.means.shape[1])), seeded(seed, 900), x.device)
    _, trace = infer_traced(model, x[:, [letter, letter]], start, config, prior, noise=noise)
    found = energies(trace, prior)
    free = found.free_energy(config)  # (T, 2)
    ax = error_curves(
        list(range(1, len(x) + 1)),
        {"right cause": free[:, :1].T, "farthest cause": free[:, 1:].T},
        xlabel="time (steps)",
        ylabel="energy α_x E_x + α_h E_h",
        title="One trial without noise",
    )
    ax.set_yscale("log")
    return figure_of(ax)


def film(data: Trajectories, trained: Trained, search: Retrieved, letter: int, most: int = 40) -> Animation:
    """Film one search: the cause hops among prototypes while what it generates is compared with the target."""
    assert search.history is not None
    names, prototypes = data.names, trained.prior.means.cpu().numpy()
    path, errors = search.history.causes[:, letter], search.history.errors[:, letter]  # (S, 2), (S,)
    inside = (path - trained.prior.means[letter]).norm(dim=1) < 0.1
    first = int(inside.to(torch.uint8).argmax()) if bool(inside.any()) else most
    n_frames = min(len(path), max(8, min(first + 5, most)))
    with torch.no_grad():
        generated = trained.model.predict(path[:n_frames], len(data.x)).cpu().numpy()  # (T, S, 2)
    ways, target = path.cpu().numpy(), data.x[:, letter].numpy()
    plane = 1.15 * float(np.abs(prototypes).max())
    paper = 1.1 * max(float(np.abs(target).max()), float(np.abs(generated).max()))

    def frame(t: int) -> Figure:
        figure: Figure = plt.figure(figsize=(9, 4.6), layout="constrained")
        axes = [figure.add_subplot(1, 2, side) for side in (1, 2)]
        draw_causes(prototypes, ways[: t + 1], letter, axes[0], names=names, radius=0.1, limit=plane)
        axes[0].set(xlabel="cause 1 (arbitrary unit)", ylabel="cause 2 (arbitrary unit)", title=f"trial {t + 1}")
        draw_trajectory(target, generated[:, t], axes[1], limit=paper)
        axes[1].set(xlabel="x (arbitrary unit)", ylabel="y (arbitrary unit)", title=f"error {float(errors[t]):.2f}")
        axes[1].legend(loc="lower right", fontsize=9)
        return figure

    told = f"reaches the right circle in trial {first + 1}" if first < n_frames else "does not reach the right circle"
    alt = (
        f"A film of {n_frames} trials: on the left a cause hops among {len(names)} named prototypes and {told}; on the "
        f"right what it generates, beside the letter {names[letter]}, with an error from {float(errors[0]):.2f} to "
        f"{float(errors[n_frames - 1]):.2f}."
    )
    return Animation(frame, n_frames, alt, seconds=0.35)
