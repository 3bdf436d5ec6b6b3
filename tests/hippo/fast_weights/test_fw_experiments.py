import dataclasses

import pytest

from hippo.checkpoints import shipped
from hippo.experiments import fast_weights, fw_length, fw_noise
from hippo.experiments.fast_weights_networks import ARMS, NETWORKS, trained
from hippo.fast_weights import Curve, Training, load_trained
from hippo.plotting import alt_text

TINY = {"n_iterations": 2, "n_train": 200, "n_validation": 100, "n_seeds": 1}


@pytest.mark.parametrize(
    "name", sorted({*fw_noise.Config().networks, *(f"fast-weights-{k}" for k in fw_length.Config().trained_on)})
)
def test_a_shipped_network_was_trained_as_its_arm_says_and_has_learnt(name):
    model, training, curve = load_trained(shipped(name))
    arm = NETWORKS[name]
    assert getattr(model, "config", arm.network) == arm.network
    assert dataclasses.replace(training, seed=arm.training.seed) == arm.training
    assert curve.accuracies[-1] >= 0.98
    assert shipped(name).stat().st_size < 100_000


def test_fast_weights_bear_noise_as_published():
    config = dataclasses.replace(fw_noise.Config(), networks=("fast-weights-4",), n_test=5000)
    metrics = fw_noise.run(config).metrics
    assert len(metrics) == 11
    for metric in metrics:
        # What was asked for; reading the figure is ± 0.005, and s.d. of 5,000 answers at most 0.007.
        assert metric.measured == pytest.approx(metric.published, abs=0.06), metric


def test_short_sequences_are_no_harder_than_those_of_the_training():
    config = dataclasses.replace(fw_length.Config(), trained_on=(8,), lengths=(2, 8, 20), n_test=1000)
    short, same, long = (metric.measured for metric in fw_length.run(config).metrics)
    assert short > 0.97
    assert same > 0.97
    assert 0.1 < long < 0.9  # ten pairs, with a digit for each: above chance, and not what was trained


def test_a_run_that_was_stopped_goes_on_from_its_checkpoints(tmp_path):
    config = dataclasses.replace(fast_weights.Config(), arms=("LSTM",), checkpoints=str(tmp_path), **TINY)
    first = fast_weights.run(config)
    assert [path.name for path in tmp_path.iterdir()] == ["LSTM-K8-seed0.safetensors"]
    path = next(tmp_path.iterdir())
    written = path.stat().st_mtime_ns
    again = fast_weights.run(config)
    assert path.stat().st_mtime_ns == written  # nothing was trained
    assert again.rows == first.rows
    longer = fast_weights.run(dataclasses.replace(config, n_iterations=4))
    assert [row["iteration"] for row in longer.rows] == [2, 4]


def test_the_picture_says_in_words_where_every_curve_ends():
    outcome = fast_weights.run(dataclasses.replace(fast_weights.Config(), arms=("fast weights", "LSTM"), **TINY))
    text = alt_text(outcome.figures["learning"])
    for row in outcome.rows:
        assert f"{row['arm']} ends at {row['accuracy']:.4g} after 2 iterations" in text


def test_a_published_point_is_held_against_the_same_iteration():
    curve = Curve([1000, 2000], [0.3, 0.9], [1.0, 0.2])
    name = "fast weights, as published"
    metrics = {m.name: m for m in fast_weights._metrics(name, ARMS[name], [curve])}
    assert (metrics[f"{name}: at 1,000"].published, metrics[f"{name}: at 1,000"].measured) == (0.28, 0.3)
    assert metrics[f"{name}: at 1,000"].note == ""
    assert "differs between seeds" in metrics[f"{name}: at 2,000"].note
    assert f"{name}: at 3,000" not in metrics  # was not reached


def test_arms_keep_no_checkpoint_unless_they_are_told_where(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arm = dataclasses.replace(
        ARMS["LSTM"], training=Training(n_iterations=1, n_train=10, n_validation=10, batch_size=2)
    )
    trained("LSTM", arm, None)
    assert list(tmp_path.iterdir()) == []
