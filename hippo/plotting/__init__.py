"""Pictures of memories at work; each takes data, returns what it drew and carries an alt text.

Nothing here knows a model: what is drawn comes in as numbers. `alt_text(figure)` says in words what
a figure shows; `save(figure, path)` writes it with that text and closes it; `save_animation` writes
a GIF frame by frame.
"""

from __future__ import annotations

from hippo.plotting.addressing import address_map, image_grid
from hippo.plotting.alt import alt_text, figure_of, save
from hippo.plotting.animation import Animation, save_animation
from hippo.plotting.bars import preconditioning_bars
from hippo.plotting.curves import energy_traces, error_curves, loss_curves, overlap_traces
from hippo.plotting.episodes import accuracy_bars, episode_grid
from hippo.plotting.grids import recall_grid, reconstruction_grid
from hippo.plotting.learning import learning_curves
from hippo.plotting.matrices import weight_matrix
from hippo.plotting.paths import overlap_raster, state_map
from hippo.plotting.style import COLOURS
from hippo.plotting.trajectories import cause_paths, trajectory_grid

__all__ = [
    "COLOURS",
    "Animation",
    "accuracy_bars",
    "address_map",
    "alt_text",
    "cause_paths",
    "energy_traces",
    "episode_grid",
    "error_curves",
    "figure_of",
    "image_grid",
    "learning_curves",
    "loss_curves",
    "overlap_raster",
    "overlap_traces",
    "preconditioning_bars",
    "recall_grid",
    "reconstruction_grid",
    "save",
    "save_animation",
    "state_map",
    "trajectory_grid",
    "weight_matrix",
]
