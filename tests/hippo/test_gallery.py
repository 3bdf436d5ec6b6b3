"""The pictures that the README shows are those that the experiments draw.

`python tests/hippo/test_gallery.py` draws them anew.
"""

import dataclasses
import importlib
import os
import re
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from hippo import plotting
from hippo.experiments import EXPERIMENTS

ROOT = Path(__file__).resolve().parents[2]
GALLERY = Path(__file__).with_name("gallery")

#: File → experiment, its picture, and what differs from the published protocol to leave the rest out.
PICTURES = {
    "capacity.png": ("capacity", "identity", {"rules": ("hebb", "storkey"), "cues": ("clean",)}),
    "lookup.gif": ("lookup", "lookup", {}),
    "sequence.png": (
        "sequence",
        "raster-exponential",
        {"n_networks": 1, "n_swept": 1, "n_slow": 1, "strengths": (3.0,), "symbols": (5,), "time_constants": (16.0,)},
    ),
    "retrieval.gif": (
        "pc-rnn",
        "retrieval",
        {"n_models": 1, "n_models_local": 1, "n_iterations_local": 2, "n_trials": 60},
    ),
    "noise.png": ("fw-noise", "noise", {}),
}


def draw(name, path):
    """Run the experiment and write its picture; returns the alt text."""
    experiment, picture, changes = PICTURES[name]
    module = importlib.import_module(EXPERIMENTS[experiment].module)
    outcome = module.run(dataclasses.replace(module.Config(), **changes), None)
    if name.endswith(".gif"):
        plotting.save_animation(outcome.animations[picture], path)
        return outcome.animations[picture].alt
    text = plotting.alt_text(outcome.figures[picture])
    plotting.save(outcome.figures[picture], path)
    return text


def frames(path):
    with Image.open(path) as image:
        for i in range(getattr(image, "n_frames", 1)):
            image.seek(i)
            yield np.asarray(image.convert("RGB"), dtype=float)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:More than 20 figures")
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_the_readme_is_what_its_experiment_draws(name, tmp_path, monkeypatch):
    monkeypatch.delenv("HIPPO_DATA", raising=False)  # the README shows what anybody draws, with no data of their own
    draw(name, tmp_path / name)
    committed, drawn = list(frames(GALLERY / name)), list(frames(tmp_path / name))
    assert len(committed) == len(drawn)
    for a, b in zip(committed, drawn, strict=True):
        assert a.shape == b.shape
        # Other versions of fonts and of rounding move a few pixels; another result moves lines.
        assert np.abs(a - b).mean() < 2


def test_the_readme_shows_the_gallery_with_words_for_who_cannot_see_it():
    shown = dict(re.findall(r"!\[([^\]]+)\]\(tests/hippo/gallery/([^)]+)\)", (ROOT / "README.md").read_text("utf-8")))
    assert sorted(shown.values()) == sorted(PICTURES) == sorted(path.name for path in GALLERY.iterdir())
    assert min(len(alt) for alt in shown) > 60


if __name__ == "__main__":
    os.environ.pop("HIPPO_DATA", None)
    matplotlib.use("Agg")
    GALLERY.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        print(name, draw(name, GALLERY / name), sep=": ")
