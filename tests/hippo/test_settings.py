"""A run is set by the names of its configuration's fields, in a file or on the command line."""

import json

import pytest
from typer.testing import CliRunner

from hippo.cli import app
from hippo.experiments import vma
from hippo.experiments.settings import SettingsError, with_settings


def test_settings_come_from_a_file_and_the_command_line_wins(tmp_path):
    file = tmp_path / "run.toml"
    file.write_text('timesteps = 12\nlr = 1\nestimator = "geometric"\ncrowd = [2, 3]\namp = true\n', encoding="utf-8")
    config = with_settings(vma.Config(), file, ["timesteps=16", "checkpoint_path=run.safetensors", "lr=3e-4"])
    assert (config.timesteps, config.lr, config.estimator, config.crowd) == (16, 3e-4, "geometric", (2, 3))
    assert (config.amp, config.checkpoint_path, config.steps) == (True, "run.safetensors", 1100)


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("step=3", "There is no setting 'step'; choose from steps, batch_size"),
        ("steps=many", "steps: expected a whole number, got 'many'"),
        ("steps=1.5", "steps: expected a whole number, got 1.5"),
        ("amp=1", "amp: expected true or false, got 1"),
        ("resize=32", "resize: expected one of 26, 28, got 32"),
        ("estimator=vimco", "estimator: expected one of arithmetic, geometric"),
        ("crowd=[1, 0.5]", "crowd: expected a list, each of it a whole number"),
        ("steps", "--set steps: expected name=value"),
        ("queries_per_memory=5", "queries_per_memory: expected a divisor of batch_size"),
    ],
)
def test_a_setting_that_does_not_fit_is_one_sentence(assignment, message):
    with pytest.raises(SettingsError, match=r"\.$") as found:
        with_settings(vma.Config(), assignments=[assignment])
    assert message in str(found.value)
    assert str(found.value).endswith(".")
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(("content", "message"), [(None, "cannot be read"), ("steps == 3", "no sound TOML")])
def test_a_file_that_cannot_be_used_is_named(tmp_path, content, message):
    file = tmp_path / "run.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        with_settings(vma.Config(), file)


def test_the_command_line_takes_settings(tmp_path, nowhere, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["run", "lookup", "--set", "n_networks=3", "--set", "n_units=30"])
    assert result.exit_code == 0, result.output
    settings = json.loads((tmp_path / "results" / "lookup" / "config.json").read_text(encoding="utf-8"))
    assert (settings["config"]["n_networks"], settings["config"]["n_units"]) == (3, 30)
    wrong = CliRunner().invoke(app, ["run", "lookup", "--set", "n_nets=3"])
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("There is no setting 'n_nets'")
