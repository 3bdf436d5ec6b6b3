import csv
import dataclasses
import importlib
import json

import pytest
import torch
from PIL import Image

from hippo.experiments import EXPERIMENTS
from hippo.experiments.execution import execute
from hippo.experiments.outcome import beside_published

#: Smaller than --quick.
TINY = {
    "recall-error": {"n_stored": (2, 5), "n_draws": 2, "n_unseen": 20},
    "noise": {"n_draws": 2, "n_unseen": 20},
    "autoencoder": {"n_hidden": (5, 10), "n_epochs": 2, "n_train": 200, "batch_size": 50},
    "preconditioning": {"n_networks": 2, "n_epochs": 50},
    "capacity": {"n_units": 20, "loads": (2, 5), "n_trials": 3, "batch": 2},
    "lookup": {"n_networks": 3},
    "sequence": {"n_networks": 2, "n_swept": 2, "n_slow": 2, "symbols": (5,), "n_units_slow": 200},
    "basins": {"n_networks": 2, "n_cues": 10, "n_units_hot": 20, "n_sweeps_hot": 4, "census_loads": (3, 5)},
    "dense": {"n_units": 16, "loads": (2, 40), "n_trials": 2, "sizes": (8, 12)},
}


def run(name, images, **changes):
    module = importlib.import_module(EXPERIMENTS[name].module)
    return module.run(dataclasses.replace(module.Config(), **changes), images)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_writes_what_it_promises(name, nowhere, tmp_path, monkeypatch):
    module = importlib.import_module(EXPERIMENTS[name].module)
    monkeypatch.setattr(module, "QUICK", dataclasses.replace(module.QUICK, **TINY[name]))
    outcome, images = execute(name, tmp_path / "out", preset="QUICK", seed=3)
    folder = tmp_path / "out"
    rows = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert [set(row) for row in rows] == [{"name", "published", "measured", "unit", "note"}] * len(outcome.metrics)
    assert images == ("UCI digits" if EXPERIMENTS[name].needs_images else "")
    if images:
        assert all(row["published"] is None and "UCI digits" in row["note"] for row in rows)
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert settings["config"]["seed"] == 3
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(outcome.rows)
    alts = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    assert alts.keys() == {path.name for path in folder.iterdir() if path.suffix in (".png", ".gif")}
    assert {name.removesuffix(".gif") for name in alts if name.endswith(".gif")} == set(outcome.animations)
    for file, alt in alts.items():
        with Image.open(folder / file) as image:
            inside = image.info["comment"].decode() if file.endswith(".gif") else image.text["Description"]
            assert inside == alt != ""


@pytest.mark.parametrize("name", sorted(set(EXPERIMENTS) - {"preconditioning"}))
def test_an_experiment_repeats_with_its_seed_and_leaves_torchs_alone(name, digits):
    state = torch.random.get_rng_state()
    first, second = (run(name, digits, **TINY[name]) for _ in range(2))
    assert first.metrics == second.metrics
    assert run(name, digits, **TINY[name], seed=1).metrics != first.metrics
    assert torch.equal(state, torch.random.get_rng_state())


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_configurations_are_frozen(name):
    module = importlib.import_module(EXPERIMENTS[name].module)
    for config in (module.Config(), module.QUICK, module.FULL):
        with pytest.raises(dataclasses.FrozenInstanceError):
            config.seed = 1


def test_a_mean_outside_the_tolerance_says_by_how_much():
    metric = beside_published("x", 1.0, [1.1, 1.3], "MSE", 0.05)
    assert metric.measured == pytest.approx(1.2)
    assert metric.note == "2 draws, s.e. 0.100; +0.200, 5 draws scatter by 0.063"
    assert "+" not in beside_published("x", 1.19, [1.1, 1.3], "MSE", 0.05).note


def measured(outcome):
    return {metric.name: metric.measured for metric in outcome.metrics}


def test_half_flipped_cues_leave_an_error_of_two_and_the_pseudo_inverse_is_better(digits):
    found = measured(run("noise", digits, n_draws=20, flip_probabilities=(0.2, 0.5)))
    # At ½ the expected error is 2 by symmetry; s.d. per draw of stored cues is about 0.4, so 4.5
    # standard errors of 20 draws.
    for rule in ("outer product", "pseudo-inverse"):
        for cue in ("stored", "unseen"):
            assert abs(found[f"{rule}, {cue}, flips 0.5"] - 2) < 0.4
    for cue in ("stored", "unseen"):
        assert found[f"pseudo-inverse, {cue}, flips 0.2"] < found[f"outer product, {cue}, flips 0.2"]


@pytest.mark.data
def test_recall_errors_agree_with_the_published_ones(mnist):
    outcome = run("recall-error", mnist, n_draws=30, n_unseen=50)
    for metric in outcome.metrics:
        # The published means come from few draws; over five, they scatter by up to 0.06. Off by at
        # most 0.1 in every cell.
        assert metric.measured == pytest.approx(metric.published, abs=0.12), metric
    stored = [metric for metric in outcome.metrics if metric.name.startswith("pseudo-inverse, stored")]
    assert all(metric.measured == 0 for metric in stored)


@pytest.mark.data
def test_noise_errors_agree_with_the_published_ones(mnist):
    outcome = run("noise", mnist, n_draws=20, flip_probabilities=(0.01, 0.3))
    for metric in outcome.metrics:
        # 5 standard errors of the noisiest cell (s.d. 0.12 per draw) are 0.13 at 20 draws.
        assert metric.measured == pytest.approx(metric.published, abs=0.13), metric


def test_preconditioning_gives_the_published_ranges():
    found = measured(run("preconditioning", None, n_networks=1, seed=3))
    assert found["networks with |s2 − s1| ≤ 0.13"] == 1
    assert found["networks with s1 and s2 above neither"] == 1
    # Network 3 of the ten has the largest published responses.
    assert found["s1, highest network"] == pytest.approx(0.90, abs=0.02)
    assert found["s2, highest network"] == pytest.approx(1.01, abs=0.02)


@pytest.mark.slow
@pytest.mark.data
def test_two_hundred_hidden_units_reach_the_published_loss(mnist):
    found = measured(run("autoencoder", mnist, n_hidden=(200,)))
    assert found["200 hidden units, train"] <= 0.002
    assert found["200 hidden units, test"] <= 0.002
