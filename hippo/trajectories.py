"""Pen trajectories in the plane: letters drawn through hand-placed points, and files of trajectories.

All have time first, (T, p, 2), share one starting point, have mean 0 over everything and the same
standard deviation, so that one initial hidden state can begin them all.
"""

from __future__ import annotations

import csv
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hippo.arguments import check_count, shape_text
from hippo.datasets import DataError
from hippo.draws import normal, uniform
from hippo.letter_points import LETTER_POINTS

__all__ = [
    "FILE",
    "Trajectories",
    "least_distance",
    "letters",
    "load_trajectories",
    "random_trajectories",
    "read_csv",
    "where_trajectories",
]

#: Standard deviation of the published trajectories over everything: √0.6944.
SPREAD = 0.833
#: The published trajectories' closest pair is 0.52 apart.
LEAST_DISTANCE = 0.5
#: The published trajectories, as their file is called.
FILE = "handwriting_trajs_20.npz"

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trajectories:
    """Trajectories with a name each."""

    #: (T, p, 2), time first.
    x: Tensor
    #: p names.
    names: tuple[str, ...]
    #: "20 pen trajectories" for the published ones, "drawn letters" for the bundled ones.
    source: str

    @property
    def is_published(self) -> bool:
        """Whether published figures were measured on these."""
        return self.source == "20 pen trajectories"


def load_trajectories(n_steps: int = 60) -> Trajectories:
    """Load the 20 published trajectories if `$HIPPO_DATA` holds them, else your own, else draw letters.

    Parameters
    ----------
    n_steps
        T of drawn letters; the published trajectories have 60 steps and stand in for no other T.

    Raises
    ------
    DataError
        If a file is there and broken. Your own are `trajectories.csv` in `$HIPPO_DATA`, as `read_csv`
        has it.
    """
    path = where_trajectories()
    if path is not None and path.name != FILE:
        return read_csv(path)
    if path is None or n_steps != 60:
        return letters(n_steps)
    cure = "replace it or unset HIPPO_DATA"
    try:
        with np.load(path, allow_pickle=False) as archive:
            values, names = archive["trajs"], archive["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is not a sound npz file with trajs, labels: {cure}.") from error
    if values.shape != (20, 60, 2) or names.shape != (20,) or not np.isfinite(values).all():
        raise DataError(f"{path} holds trajs {values.shape}, not 20 × 60 × 2 numbers: {cure}.")
    x = torch.from_numpy(values).float().transpose(0, 1).contiguous()
    return Trajectories(x, tuple(map(str, names)), "20 pen trajectories")


def where_trajectories() -> Path | None:
    """Return the file in `$HIPPO_DATA` that would be read, or None if letters are drawn."""
    named = os.environ.get("HIPPO_DATA")
    files = [Path(named, name) for name in (FILE, "trajectories.csv")] if named else []
    return next((file for file in files if file.exists()), None)


def letters(n_steps: int = 60, names: str | None = None) -> Trajectories:
    """Draw letters as one stroke each: a spline through hand-placed points, at even speed but for both ends.

    Parameters
    ----------
    n_steps
        T, at least 2.
    names
        Which letters, each once; all 20 that can be drawn without lifting the pen if None.

    Example
    -------
    >>> letters(60, "abc").x.shape
    torch.Size([60, 3, 2])
    """
    check_count("n_steps", n_steps, least=2)
    names = "".join(LETTER_POINTS) if names is None else names
    unknown = sorted(set(names) - set(LETTER_POINTS))
    if unknown or not names or len(set(names)) < len(names):
        raise ValueError(f"names: expected letters out of {''.join(LETTER_POINTS)}, each once, got {names!r}")
    strokes = [_stroke(np.array(LETTER_POINTS[name], dtype=np.float64), n_steps) for name in names]
    return Trajectories(_scaled(torch.from_numpy(np.stack(strokes, axis=1))), tuple(names), "drawn letters")


def random_trajectories(
    n: int, n_steps: int = 60, *, generator: torch.Generator, least: float = LEAST_DISTANCE
) -> Trajectories:
    """Draw smooth random trajectories, none nearer to another than `least`.

    Velocities are Σ_f a_f sin(2πft + φ_f) over f = 0.5, 1, 1.5, 2, 2.5, with a_f normal of s.d. 1/√f.

    Parameters
    ----------
    n, n_steps
        p and T.
    generator
        Draws amplitudes and phases.
    least
        Root mean squared distance; a draw nearer than that to an earlier one is drawn again.

    Raises
    ------
    ValueError
        If so many do not fit: after 100 draws in a row that were too near.
    """
    check_count("n", n)
    check_count("n_steps", n_steps, least=2)
    frequencies = torch.tensor([0.5, 1.0, 1.5, 2.0, 2.5])
    time = torch.linspace(0, 1, n_steps)[:, None, None]  # (T, 1, 1)
    kept: list[Tensor] = []
    misses = 0
    while len(kept) < n:
        device = torch.device("cpu")
        amplitudes = normal((2, 5), generator, device) / frequencies.sqrt()
        phases = 2 * torch.pi * uniform((2, 5), generator, device)
        velocity = (amplitudes * torch.sin(2 * torch.pi * frequencies * time + phases)).sum(dim=-1)  # (T, 2)
        path = velocity.cumsum(dim=0) - velocity[0]
        path = path * (SPREAD * 2**0.5 / path.square().sum(dim=1).mean().sqrt().clamp(min=1e-6))
        if all(float((path - other).square().sum(dim=1).mean().sqrt()) >= least for other in kept):
            kept.append(path)
            misses = 0
        else:
            misses += 1
        if misses == 100:
            raise ValueError(f"n: expected no more than fit at a distance of {least}, about {len(kept)}, got {n}")
    return Trajectories(torch.stack(kept, dim=1), tuple(str(i) for i in range(n)), "random trajectories")


def least_distance(x: Tensor) -> float:
    """Measure the root mean squared distance over time of the closest pair of (T, p, 2), p > 1."""
    if x.ndim != 3 or x.shape[1] < 2:
        raise ValueError(f"x: expected shape (T, p, 2) with at least two trajectories, got {shape_text(x)}")
    rows = x.transpose(0, 1).flatten(1).double()
    least: float = torch.pdist(rows).min().item()
    return least / float(len(x) ** 0.5)


def read_csv(path: Path) -> Trajectories:
    """Read trajectories from a CSV file with the columns name, step, x, y.

    Rows of one name belong together, in any order of steps; all names have the same steps.

    Raises
    ------
    DataError
        If the file cannot be read as that; the message names what is wrong.
    """
    points: dict[str, dict[int, tuple[float, float]]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or ()
            if not {"name", "step", "x", "y"} <= set(columns):
                raise DataError(f"{path} needs the columns name, step, x, y; it has {', '.join(columns) or 'none'}.")
            for row in reader:
                points.setdefault(row["name"], {})[int(row["step"])] = (float(row["x"]), float(row["y"]))
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): name a CSV file of trajectories.") from error
    except (ValueError, TypeError, csv.Error) as error:
        raise DataError(f"{path}, line {reader.line_num}: expected a name, a whole step, x and y ({error}).") from error
    steps = {tuple(sorted(path_points)) for path_points in points.values()}
    if len(steps) != 1 or len(next(iter(steps))) < 2:
        raise DataError(f"{path} needs the same steps, at least two, for every name; it has {len(steps)} sets of them.")
    values = [[path_points[step] for step in sorted(path_points)] for path_points in points.values()]
    x = torch.tensor(values, dtype=torch.float32).transpose(0, 1).contiguous()
    if not bool(x.isfinite().all()):
        raise DataError(f"{path} holds numbers that are not finite: correct them.")
    return Trajectories(x, tuple(points), path.name)


def _stroke(points: _Array, n_steps: int) -> _Array:
    """Follow a spline through points (n, 2), starting at 0, (T, 2)."""
    fine = _catmull_rom(points, 40)
    lengths = np.concatenate([[0.0], np.hypot(*np.diff(fine, axis=0).T).cumsum()])
    # The pen starts and ends at half its speed: sin² eases position at both ends.
    s = np.linspace(0, 1, n_steps)
    s = s - 0.25 * np.sin(2 * np.pi * s) / np.pi
    at = s * lengths[-1]
    path = np.stack([np.interp(at, lengths, fine[:, axis]) for axis in (0, 1)], axis=1)
    return np.asarray(path - path[0])


def _catmull_rom(points: _Array, n_between: int) -> _Array:
    """Interpolate points (n, 2) by cubics with the slope (p_{i+1} − p_{i−1})/2 at point i."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, end, after = padded[:-3, None], padded[1:-2, None], padded[2:-1, None], padded[3:, None]
    u = (np.arange(n_between) / n_between)[None, :, None]
    slope_start, slope_end = (end - before) / 2, (after - start) / 2
    curve = (
        (2 * u**3 - 3 * u**2 + 1) * start
        + (u**3 - 2 * u**2 + u) * slope_start
        + (-2 * u**3 + 3 * u**2) * end
        + (u**3 - u**2) * slope_end
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


def _scaled(x: Tensor) -> Tensor:
    """Bring trajectories with a common start to mean 0 per axis and the published spread."""
    centred = x - x.mean(dim=(0, 1))
    return (centred * (SPREAD / centred.std())).float().contiguous()
