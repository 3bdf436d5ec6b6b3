import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from hippo import datasets, download

ROOT = Path(__file__).parents[2]


def write_mnist(path, **changes):
    arrays = {name: np.zeros(shape, np.uint8) for name, shape in datasets.MNIST_SHAPES.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **(arrays | changes))


def test_bundled_digits_are_real_and_split(digits):
    assert digits.x_train.shape == (1498, 28, 28)
    assert digits.x_test.shape == (299, 28, 28)
    assert digits.x_train.dtype == torch.uint8
    assert int(digits.x_train.max()) == 255
    for labels in (digits.y_train, digits.y_test):
        assert labels.unique().tolist() == list(range(10))


def test_bundled_file_matches_its_card_and_holds_no_pickle():
    path = ROOT / "data" / "digits.npz"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == datasets.DIGITS_FILE_SHA256
    card = (ROOT / "data" / "digits.md").read_text(encoding="utf-8")
    assert datasets.DIGITS_FILE_SHA256 in card
    with np.load(path, allow_pickle=False) as arrays:
        assert {name: (arrays[name].shape, str(arrays[name].dtype)) for name in arrays} == {
            "images": ((1797, 8, 8), "uint8"),
            "labels": ((1797,), "uint8"),
        }


def test_the_stand_in_is_announced_on_stderr_and_only_if_allowed(nowhere, caplog):
    with pytest.raises(datasets.DownloadError, match="set HIPPO_DATA"):
        datasets.load_mnist()
    with pytest.raises(datasets.DownloadError, match="MNIST was not found"):
        datasets.load_mnist(allow_download=False)
    assert datasets.load_mnist(allow_bundled=True).name == "UCI digits"
    assert "bundled UCI digits stand in" in caplog.text


def test_a_missing_keras_is_named(nowhere, monkeypatch):
    def without_keras():
        raise ImportError("No module named 'keras'")

    monkeypatch.setattr(download, "fetch_mnist", without_keras)
    with pytest.raises(datasets.DownloadError, match="keras is not installed"):
        datasets.load_mnist()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_bytes(b"no zip"), "is not a sound npz file with x_train, y_train"),
        (lambda path: write_mnist(path, y_test=np.zeros(3, np.uint8)), r"holds y_test as uint8 \(3,\), not uint8"),
        (lambda path: write_mnist(path, y_test=np.zeros(10000)), "holds y_test as float64"),
        (lambda path: write_mnist(path), "holds other images than MNIST"),
        (lambda path: write_mnist(path, y_train=np.array([None])), "is not a sound npz file"),
    ],
)
def test_a_spoilt_file_is_refused_in_one_sentence_even_with_a_stand_in(spoil, message, nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    path = tmp_path / "mnist.npz"
    spoil(path)
    with pytest.raises(datasets.DataError, match=message) as caught:
        datasets.load_mnist(allow_bundled=True)
    assert str(path) in str(caught.value)
    assert "replace it by the published mnist.npz" in str(caught.value)


def test_the_cached_file_is_checked_as_a_file(nowhere):
    write_mnist(nowhere / "mnist.npz")
    with pytest.raises(datasets.DataError, match=r"is damaged \(sha256 .* instead of 731c5ac6…\): delete it"):
        datasets.load_mnist()


def test_a_folder_that_does_not_exist_is_refused(nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path / "nothing"))
    with pytest.raises(datasets.DataError, match="is not a folder: set HIPPO_DATA"):
        datasets.load_mnist(allow_bundled=True)


def test_the_named_folder_comes_before_the_cache(nowhere, monkeypatch, tmp_path):
    assert datasets.where_mnist() is None
    write_mnist(nowhere / "mnist.npz")
    assert datasets.where_mnist() == nowhere / "mnist.npz"
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    assert datasets.where_mnist() == nowhere / "mnist.npz"
    write_mnist(tmp_path / "mnist.npz")
    assert datasets.where_mnist() == tmp_path / "mnist.npz"


def test_keras_gets_its_backend_and_its_words_go_to_stderr(monkeypatch, tmp_path, capsys):
    import sys
    from types import ModuleType

    fake = ModuleType("keras.datasets")
    fake.mnist = ModuleType("mnist")
    fake.mnist.load_data = lambda: print("Downloading data")
    monkeypatch.setitem(sys.modules, "keras", ModuleType("keras"))
    monkeypatch.setitem(sys.modules, "keras.datasets", fake)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert download.fetch_mnist() == tmp_path / "datasets" / "mnist.npz"
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Downloading data\n")
    import os

    assert os.environ["KERAS_BACKEND"] == "torch"


def test_rows_and_choices_of_digits(digits):
    rows = datasets.flatten(digits.x_test)
    assert rows.shape == (299, 784)
    assert float(rows.max()) == 1.0
    chosen = datasets.only(digits.y_test, digits.y_test, (0, 2))
    assert chosen.unique().tolist() == [0, 2]
    with pytest.raises(ValueError, match="labels: expected 299, one per image, got 5"):
        datasets.only(digits.x_test, digits.y_test[:5], (0,))
    with pytest.raises(ValueError, match="images: expected uint8"):
        datasets.flatten(rows)


@pytest.mark.data
def test_real_mnist_is_read(mnist):
    assert mnist.name == "MNIST"
    # Counts of the digit 1 as published with the set.
    assert int((mnist.y_train == 1).sum()) == 6742
    assert int((mnist.y_test == 1).sum()) == 1135
