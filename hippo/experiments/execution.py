"""One experiment from its name to the files it leaves."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib

from hippo.datasets import load_mnist
from hippo.experiments import EXPERIMENTS
from hippo.experiments.outcome import Outcome, apart_from_published, write
from hippo.experiments.settings import with_settings

__all__ = ["configured", "execute"]


def configured(
    name: str,
    *,
    preset: str | None = None,
    seed: int | None = None,
    settings_file: Path | None = None,
    settings: Sequence[str] = (),
) -> Any:
    """Return the configuration that an experiment runs with.

    Parameters
    ----------
    name
        Key of `EXPERIMENTS`.
    preset
        "QUICK", "FULL", or None for the published protocol.
    seed
        Replaces the configuration's.
    settings_file, settings
        Other fields of the configuration, as `with_settings` takes them.

    Raises
    ------
    SettingsError
        If the configuration has no such field, or the value does not fit it.
    """
    module = importlib.import_module(EXPERIMENTS[name].module)
    config = with_settings(getattr(module, preset) if preset else module.Config(), settings_file, settings)
    return config if seed is None else replace(config, seed=seed)


def execute(
    name: str, folder: Path, config: Any, *, device: str = "cpu", download: bool = True
) -> tuple[Outcome, str]:
    """Run an experiment and write what it found.

    Parameters
    ----------
    name
        Key of `EXPERIMENTS`.
    folder
        Where the results go.
    config
        As `configured` returns it.
    device
        Torch device.
    download
        Whether images may be fetched where they are not here.

    Returns
    -------
    outcome, data
        What was found, and the name of the images it was found on, "" without images.

    Raises
    ------
    DataError
        If a data file is broken.
    OSError
        If the results cannot be written.
    """
    matplotlib.use("Agg")
    entry = EXPERIMENTS[name]
    images = load_mnist(allow_bundled=True, allow_download=download) if entry.needs_images else None
    outcome: Outcome = importlib.import_module(entry.module).run(config, images, device)
    if images is not None and images.name != "MNIST":
        outcome = apart_from_published(outcome, images.name)
    source = "none" if images is None else f"{images.name}, {images.source}"
    write(outcome, folder, experiment=name, config=config, context={"data": source, "device": device})
    return outcome, "" if images is None else images.name
