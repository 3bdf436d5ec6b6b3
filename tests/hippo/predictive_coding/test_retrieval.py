"""Retrieval keeps the best it saw; success is counted as its definitions say."""

import pytest
import torch

from hippo.predictive_coding import (
    History,
    InferenceConfig,
    descend,
    dwelling,
    free_run_error,
    nearest_prototype,
    noisy,
    retrieve,
    score_prototypes,
    success,
)


def search(trained, prior, data, seed=0, **options):
    options = {"n_restarts": 2, "n_trials": 20} | options
    return retrieve(trained, data.x, prior, generator=torch.Generator().manual_seed(seed), **options)


@pytest.fixture(scope="module")
def found(trained, prior, data):
    return search(trained, prior, data, keep_history=True, n_trials=40)


def test_the_answer_is_the_best_of_the_history(found, trained, data):
    least, when = found.history.errors.min(dim=0)
    assert torch.equal(found.errors, least)
    assert torch.equal(found.causes, found.history.causes[when, torch.arange(18)])
    assert torch.equal(found.last_causes, found.history.causes[-1])
    assert torch.equal(found.labels, nearest_prototype(found.causes, trained.causes.detach()))
    torch.testing.assert_close(free_run_error(trained, data.x.repeat(1, 2, 1), found.causes), found.errors)


def test_from_noisy_cues_the_best_cause_so_far_is_right_and_the_last_is_not(trained, prior, data):
    cues = noisy(data.x, 0.3, torch.Generator().manual_seed(1))
    found = retrieve(trained, cues, prior, generator=torch.Generator().manual_seed(0), n_restarts=2, n_trials=40)
    right = torch.arange(9).repeat(2)
    last, best = nearest_prototype(found.last_causes, prior.means) == right, found.labels == right
    # Of 18 chains; the last cause is right by chance, 2 of 18, so 9 or more come once in 10,000 seeds.
    assert int(last.sum()) < 9 < 15 <= int(best.sum())


def test_the_same_seed_finds_the_same_and_another_seed_something_else(trained, prior, data):
    state = torch.random.get_rng_state()
    first, second, other = (search(trained, prior, data, seed, n_trials=4) for seed in (0, 0, 1))
    assert torch.equal(first.causes, second.causes)
    assert not torch.equal(first.causes, other.causes)
    assert torch.equal(state, torch.random.get_rng_state())


def test_the_size_of_a_block_changes_nothing(trained, prior, data):
    one, all_at_once = (search(trained, prior, data, n_trials=7, block=block) for block in (1, 7))
    assert torch.equal(one.last_causes, all_at_once.last_causes)
    torch.testing.assert_close(one.errors, all_at_once.errors)


def test_finished_chains_are_dropped_and_stay_where_they_were(trained, prior, data):
    start = trained.causes.detach().repeat(2, 1)
    start[9:] = 0.0
    done = search(
        trained, prior, data, start=start, tolerance=0.15, block=2, n_trials=12, keep_history=True
    )
    assert done.n_trials[:9].max() <= done.n_trials[9:].max()
    early = done.n_trials < 12
    assert bool(early.any())
    for b in early.nonzero()[:, 0].tolist():
        assert done.errors[b] <= 0.15
        stopped = int(done.n_trials[b])
        assert bool((done.history.causes[stopped - 1 :, b] == done.history.causes[stopped - 1, b]).all())
    went_on = done.n_trials == 12
    assert bool(went_on.any())
    assert bool((done.history.errors[:10, went_on] > 0.15).all())


def test_patience_ends_a_chain_that_finds_nothing_better(trained, prior, data):
    still = InferenceConfig(alpha_x=0, alpha_c=0)
    done = search(trained, prior, data, config=still, patience=4, block=2, n_trials=50)
    # Nothing moves: the first trial is the best, and four trials later patience is at its end.
    assert done.n_trials.tolist() == [6] * 18


def test_without_noise_a_chain_stays_in_its_first_basin(trained, prior, data):
    found = search(trained, prior, data, config=InferenceConfig(sigma_r=0), n_trials=10, keep_history=True)
    basins = nearest_prototype(found.history.causes, prior.means)
    assert bool((basins == basins[0]).all())


def test_scoring_every_prototype_names_every_trajectory(trained, data):
    scores = score_prototypes(trained, data.x)
    assert scores.shape == (9, 9)
    assert torch.equal(scores.argmin(dim=0), torch.arange(9))
    torch.testing.assert_close(scores[4], free_run_error(trained, data.x, trained.causes[[4] * 9]))


def test_descent_lowers_the_error_and_leaves_the_model_alone(trained, data):
    start = trained.causes.detach() + 0.15
    kept = {name: value.clone() for name, value in trained.state_dict().items()}
    end = descend(trained, data.x, start, n_iterations=30)
    before, after = ((trained.predict(c, 60) - data.x).square().mean(dim=(0, 2)) for c in (start, end))
    assert bool((after < before).all())
    assert all(torch.equal(kept[name], value) for name, value in trained.state_dict().items())
    assert all(parameter.grad is None for parameter in trained.parameters())


def test_five_definitions_of_success_on_an_example_by_hand():
    prototypes = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    # One chain that looks for prototype 0: far, inside, away to the other with a lower error, back near.
    causes = torch.tensor([[0.4, 0.0], [0.05, 0.0], [1.0, 0.0], [0.2, 0.0]])[:, None]
    errors = torch.tensor([[0.5], [0.3], [0.25], [0.1]])
    judged = success(History(causes, errors), prototypes, torch.tensor([0]))
    assert judged.within[:, 0].tolist() == [False, True, False, False]
    assert judged.nearest[:, 0].tolist() == [True, True, False, True]
    assert judged.visited[:, 0].tolist() == [False, True, True, True]
    assert judged.best_so_far[:, 0].tolist() == [True, True, False, True]
    assert judged.generated[:, 0].tolist() == [False, False, False, True]


def test_dwelling_finds_the_rates_of_a_process_that_has_them():
    g = torch.Generator().manual_seed(0)
    state, states = torch.zeros(4000, dtype=torch.bool), []
    for _ in range(50):
        u = torch.rand(4000, generator=g)
        state = torch.where(state, u < 0.9, u < 0.2)
        states.append(state)
    stay, enter = dwelling(torch.stack(states))
    # At least 60,000 transitions of each kind: five s.d. are 0.009.
    assert stay == pytest.approx(0.9, abs=0.009)
    assert enter == pytest.approx(0.2, abs=0.009)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_trials": 0}, "n_trials"),
        ({"patience": 0}, "patience"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"start": torch.zeros(3, 2)}, r"start: expected shape \(18, 2\), a cause per chain, got \(3, 2\)"),
    ],
)
def test_wrong_options_are_named(trained, prior, data, options, words):
    with pytest.raises(ValueError, match=words):
        search(trained, prior, data, **options)
