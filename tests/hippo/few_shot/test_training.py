import dataclasses

import pytest
import torch

from hippo import checkpoints
from hippo.datafiles import DataError
from hippo.experiments.few_shot import novel_drawings
from hippo.few_shot import SHIPPED, Learner, Settings, Training, accuracies, by_class, publish, shipped, train
from hippo.glyphs import generate
from hippo.omniglot import load_characters

SMALL = Settings("storkey", n_features=8)
SHORT = Training(n_episodes=24, batch=4, save_every=8)


@pytest.fixture(scope="module")
def glyphs():
    made = generate(6, 5, 8, generator=torch.Generator().manual_seed(0))
    return by_class(made.images, made.character)


def same(first, second):
    return all(
        torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    )


def test_a_run_that_was_stopped_goes_on_bit_for_bit(glyphs, tmp_path):
    whole, losses = train(SMALL, SHORT, glyphs)
    path = tmp_path / "run.safetensors"
    train(SMALL, dataclasses.replace(SHORT, n_episodes=16), glyphs, path=path)
    resumed, resumed_losses = train(SMALL, SHORT, glyphs, path=path)
    assert same(whole, resumed)
    assert losses == resumed_losses
    assert len(losses) == len(SHORT.stretches) == 3
    written = path.read_bytes()
    finished, _ = train(SMALL, SHORT, glyphs, path=path)  # read, not trained
    assert same(whole, finished)
    assert path.read_bytes() == written


def test_learners_differ_by_seed_and_not_by_run(glyphs):
    once, again, other = (train(SMALL, dataclasses.replace(SHORT, seed=seed), glyphs)[0] for seed in (0, 0, 1))
    assert same(once, again)
    assert not same(once, other)


@pytest.mark.parametrize(
    ("settings", "training", "message"),
    [
        (SMALL, dataclasses.replace(SHORT, learning_rate=1e-3), "of a run with learning_rate 0.0003"),
        (SMALL, dataclasses.replace(SHORT, n_episodes=8), "of a run with 16 episodes"),
        (dataclasses.replace(SMALL, n_features=9), SHORT, "the checkpoint of another model"),
    ],
)
def test_a_run_with_other_settings_does_not_go_on(settings, training, message, glyphs, tmp_path):
    path = tmp_path / "run.safetensors"
    train(SMALL, dataclasses.replace(SHORT, n_episodes=16), glyphs, path=path)
    with pytest.raises(DataError, match=message):
        train(settings, training, glyphs, path=path)


def test_what_is_published_are_the_parameters_without_the_state_of_the_optimizer(glyphs, tmp_path):
    learner, _ = train(SMALL, SHORT, glyphs, path=tmp_path / "run.safetensors")
    assert publish(tmp_path / "run.safetensors", tmp_path / "small.safetensors") == 24
    read = Learner(SMALL)
    note = checkpoints.load(tmp_path / "small.safetensors", read)
    assert same(learner, read)
    assert note["made_with"]["arm"] == "storkey"
    assert (tmp_path / "small.safetensors").stat().st_size < (tmp_path / "run.safetensors").stat().st_size / 2
    checkpoints.save(tmp_path / "other.safetensors", read, {})
    with pytest.raises(DataError, match="is not a checkpoint of few-shot learning"):
        publish(tmp_path / "other.safetensors", tmp_path / "never.safetensors")


def test_a_learner_learns_to_tell_glyphs_apart(glyphs):
    # Untrained it is at the loss of a guess, 0.16; 300 episodes bring it well below.
    learner, losses = train(
        Settings(n_features=16), Training(n_episodes=300, learning_rate=1e-3, save_every=100), glyphs
    )
    assert losses[-1] < 0.14 < losses[0] + 0.01
    found = accuracies(learner, glyphs, 50, generator=torch.Generator().manual_seed(1))
    # 50 tasks of 10 queries: five standard errors above chance are 0.2 + 5 √(0.16/500) = 0.29.
    assert found.mean > 0.29


@pytest.mark.parametrize("arm", SHIPPED)
def test_a_shipped_learner_is_small_and_tells_new_glyphs_apart(arm, glyphs):
    assert checkpoints.shipped(f"few-shot-{arm}").stat().st_size < 2e6
    card = checkpoints.shipped(f"few-shot-{arm}").with_suffix(".md").read_text(encoding="utf-8")
    learner, n_episodes = shipped(arm)
    assert f"{n_episodes:,} episodes" in card
    found = accuracies(learner, glyphs, 40, generator=torch.Generator().manual_seed(1))
    assert found.mean > 0.8  # never trained on glyphs; seen 0.9 and more, standard error 0.02


@pytest.mark.data
@pytest.mark.parametrize("arm", SHIPPED)
def test_a_shipped_learner_names_unseen_characters(arm, omniglot):
    learner, _ = shipped(arm)
    found = accuracies(learner, novel_drawings(omniglot), 100, generator=torch.Generator().manual_seed(1))
    # Required of 1,000 tasks: 0.88 and 0.965; of 100, five standard errors of 0.011 and 0.006 less.
    assert found.mean > {"none": 0.825, "storkey": 0.935}.get(arm, 0.88)


@pytest.mark.data
@pytest.mark.slow
def test_memory_beats_none_after_the_same_two_thousand_episodes(omniglot):
    from hippo.experiments.few_shot import Config, run

    outcome = run(Config(arms=("storkey", "none"), n_episodes=2000, n_test=300))
    memory, none = (metric.measured for metric in outcome.metrics[:2])
    assert memory > 0.75
    assert memory > none


@pytest.fixture(scope="session")
def omniglot():
    try:
        return load_characters()
    except DataError as missing:
        pytest.skip(str(missing))
