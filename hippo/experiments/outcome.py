"""What an experiment leaves behind: numbers beside the published ones, a table, figures."""

from __future__ import annotations

import csv
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from hippo.plotting import Animation, alt_text, save, save_animation

__all__ = ["Metric", "Outcome", "apart_from_published", "beside_published", "write"]


@dataclass(frozen=True)
class Metric:
    """One measured number and the published one that it is held against."""

    name: str
    #: None where nothing was published.
    published: float | None
    measured: float
    unit: str
    #: How far to trust the comparison.
    note: str = ""


@dataclass
class Outcome:
    """Everything a run found out."""

    metrics: list[Metric]
    #: Tidy: one measurement per row, the same keys in every row.
    rows: list[dict[str, Any]]
    #: File name without suffix → figure.
    figures: dict[str, Figure] = field(default_factory=dict)
    #: The same for moving pictures.
    animations: dict[str, Animation] = field(default_factory=dict)


def beside_published(name: str, published: float | None, runs: Sequence[float], unit: str, tolerance: float) -> Metric:
    """Hold the mean of several runs against a published number.

    The note has the standard error s/√n. Where the mean differs by more than the tolerance it says
    by how much, and how far a mean over only five draws would scatter: s/√5.
    """
    n = len(runs)
    mean = sum(runs) / n
    spread = (sum((value - mean) ** 2 for value in runs) / max(n - 1, 1)) ** 0.5
    note = f"{n} draws, s.e. {spread / n**0.5:.3f}"
    if published is not None and abs(mean - published) > tolerance:
        note += f"; {mean - published:+.3f}, 5 draws scatter by {spread / 5**0.5:.3f}"
    return Metric(name, published, mean, unit, note)


def apart_from_published(outcome: Outcome, data: str) -> Outcome:
    """Take the published numbers off measurements on other data."""
    metrics = [replace(metric, published=None, note=f"on {data}") for metric in outcome.metrics]
    return replace(outcome, metrics=metrics)


def write(outcome: Outcome, folder: Path, *, experiment: str, config: Any, context: dict[str, str]) -> list[Path]:
    """Write an outcome into a folder.

    Parameters
    ----------
    outcome
        Its figures are closed.
    folder
        Made if it is not there.
    experiment
        Name of the CSV file.
    config
        Dataclass that repeats the run, written to config.json.
    context
        What else the run depended on: data, device.

    Returns
    -------
    list of Path
        metrics.json, config.json, figures.json (the alt texts), <experiment>.csv, the figures
        and the animations.
    """
    folder.mkdir(parents=True, exist_ok=True)
    versions = {"python": platform.python_version()} | {name: version(name) for name in ("torch", "numpy")}
    settings = {"experiment": experiment, "config": asdict(config), **context, "versions": versions}
    paths = [
        _write_json(folder / "metrics.json", [asdict(metric) for metric in outcome.metrics]),
        _write_json(folder / "config.json", settings),
        _write_json(folder / "figures.json", _alt_texts(outcome)),
        folder / f"{experiment}.csv",
    ]
    with paths[-1].open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(outcome.rows[0]))
        writer.writeheader()
        writer.writerows(outcome.rows)
    for name, figure in outcome.figures.items():
        paths.append(folder / f"{name}.png")
        save(figure, paths[-1])
    for name, animation in outcome.animations.items():
        paths.append(folder / f"{name}.gif")
        save_animation(animation, paths[-1])
    return paths


def _alt_texts(outcome: Outcome) -> dict[str, str]:
    still = {f"{name}.png": alt_text(figure) for name, figure in outcome.figures.items()}
    return still | {f"{name}.gif": animation.alt for name, animation in outcome.animations.items()}


def _write_json(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return path
