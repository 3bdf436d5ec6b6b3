"""One experiment from its name to the files it leaves."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib

from hippo.datasets import load_mnist
from hippo.experiments import EXPERIMENTS
from hippo.experiments.outcome import Outcome, apart_from_published, write
from hippo.experiments.settings import with_settings

__all__ = ["execute"]


def execute(
    name: str,
    folder: Path,
    *,
    preset: str | None = None,
    device: str = "cpu",
    seed: int | None = None,
    settings_file: Path | None = None,
    settings: Sequence[str] = (),
) -> tuple[Outcome, str]:
    """Run an experiment and write what it found.

    Parameters
    ----------
    name
        Key of `EXPERIMENTS`.
    folder
        Where the results go.
    preset
        "QUICK" (which downloads nothing), "FULL", or None for the published protocol.
    device
        Torch device.
    seed
        Replaces the configuration's.
    settings_file, settings
        Other fields of the configuration, as `with_settings` takes them.

    Returns
    -------
    outcome, data
        What was found, and the name of the images it was found on, "" without images.

    Raises
    ------
    DataError
        If a data file is broken.
    SettingsError
        If the configuration has no such field, or the value does not fit it.
    OSError
        If the results cannot be written.
    """
    matplotlib.use("Agg")
    entry = EXPERIMENTS[name]
    module = importlib.import_module(entry.module)
    config = getattr(module, preset) if preset else module.Config()
    config = with_settings(config, settings_file, settings)
    if seed is not None:
        config = replace(config, seed=seed)
    images = load_mnist(allow_bundled=True, allow_download=preset != "QUICK") if entry.needs_images else None
    outcome: Outcome = module.run(config, images, device)
    if images is not None and images.name != "MNIST":
        outcome = apart_from_published(outcome, images.name)
    source = "none" if images is None else f"{images.name}, {images.source}"
    write(outcome, folder, experiment=name, config=config, context={"data": source, "device": device})
    return outcome, "" if images is None else images.name
