"""Fixtures that several test files of the library use."""

import os
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch
from hypothesis import settings

from hippo import datasets

matplotlib.use("Agg")
settings.register_profile("hippo", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("hippo")


@pytest.fixture(autouse=True)
def _no_figure_is_left_open():
    yield
    plt.close("all")


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="session")
def digits():
    return datasets.load_digits()


@pytest.fixture(scope="session")
def mnist():
    """Real MNIST; tests that use it are marked `data`."""
    folder = os.environ.get("HIPPO_DATA")
    if not folder or not Path(folder, "mnist.npz").exists():
        pytest.skip("needs mnist.npz in $HIPPO_DATA")
    return datasets.load_mnist(allow_download=False)


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without MNIST and without a way to get it; returns the empty cache folder."""
    monkeypatch.delenv("HIPPO_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))

    def offline():
        raise OSError("no network")

    monkeypatch.setattr("hippo.download.fetch_mnist", offline)
    return tmp_path / "keras" / "datasets"
