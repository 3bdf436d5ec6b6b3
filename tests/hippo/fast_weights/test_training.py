import dataclasses

import pytest
import torch

from hippo import checkpoints
from hippo.datafiles import DataError
from hippo.fast_weights import (
    FastWeightsConfig,
    Training,
    accuracy,
    draw_examples,
    load_trained,
    new_network,
    train,
    unseen_examples,
)

SHORT = Training(length=4, batch_size=16, learning_rate=4e-3, n_iterations=6, every=2, n_train=500, n_validation=100)
NETWORKS = [FastWeightsConfig(n_hidden=8, n_embedding=4), "reference LSTM", "LSTM"]


def same(a, b):
    return all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))


@pytest.mark.parametrize("network", NETWORKS, ids=["fast weights", "reference LSTM", "LSTM"])
def test_a_run_that_was_stopped_ends_like_one_that_was_not(network, tmp_path):
    path = tmp_path / "run.safetensors"
    whole, curve = train(network, SHORT)
    train(network, dataclasses.replace(SHORT, n_iterations=2), path=path)
    goes_on, its_curve = train(network, SHORT, path=path)
    assert same(whole, goes_on)
    assert its_curve == curve
    assert curve.iterations == [2, 4, 6]
    finished, again = train(network, SHORT, path=path)  # nothing is left to do
    assert same(whole, finished)
    assert again == curve


def test_a_run_is_not_continued_with_other_settings(tmp_path):
    path = tmp_path / "run.safetensors"
    train("LSTM", SHORT, path=path)
    for network, training in [
        ("LSTM", dataclasses.replace(SHORT, learning_rate=1e-3)),
        ("LSTM", dataclasses.replace(SHORT, seed=1)),
        ("reference LSTM", SHORT),
    ]:
        with pytest.raises(DataError, match="is the checkpoint of"):
            train(network, training, path=path)


def test_a_trained_network_is_read_without_knowing_its_settings(tmp_path):
    path = tmp_path / "net.safetensors"
    model, curve = train(NETWORKS[0], SHORT, path=path)
    found, training, its_curve = load_trained(path)
    assert same(model, found)
    assert (training, its_curve, found.config) == (SHORT, curve, NETWORKS[0])
    checkpoints.save(path, model, {"of": "something else"})
    with pytest.raises(DataError, match="is not a network for associative retrieval"):
        load_trained(path)


def test_the_seed_decides_everything_and_torchs_own_is_left_alone():
    state = torch.random.get_rng_state()
    a, b, c = (train("LSTM", dataclasses.replace(SHORT, seed=seed))[0] for seed in (0, 0, 1))
    assert same(a, b)
    assert not same(a, c)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_learning_rate_falls_to_a_tenth_where_it_should():
    plain = new_network("LSTM", 0)
    kept, _ = train("LSTM", dataclasses.replace(SHORT, n_iterations=1, every=1))
    dropped, _ = train("LSTM", dataclasses.replace(SHORT, n_iterations=1, every=1, drop_at=0))
    # The first step of Adam is the learning rate times the sign of the gradient.
    for before, a, b in zip(plain.parameters(), kept.parameters(), dropped.parameters(), strict=True):
        torch.testing.assert_close((a - before) / 10, b - before, atol=2e-7, rtol=0)


def test_training_stops_when_it_is_good_enough_twice():
    _, curve = train("LSTM", dataclasses.replace(SHORT, enough=0.0))
    assert curve.iterations == [2, 4]


def test_accuracy_counts_right_answers(generator):
    examples = draw_examples(50, 4, generator=generator)

    class Oracle(torch.nn.Module):
        """Knows the answers to the even ones."""

        def forward(self, inputs):
            tokens = inputs.argmax(-1)
            logits = torch.zeros(len(tokens), 37)
            for k, row in enumerate(tokens.tolist()):
                answer = dict(zip(row[0:-2:2], row[1:-2:2], strict=True))[row[-1]]
                logits[k, answer if k % 2 == 0 else 0] = 1
            return logits

    assert accuracy(Oracle(), examples.inputs(), examples.targets, batch_size=10) == 0.5


def test_unseen_examples_are_not_those_of_the_training():
    drawn = draw_examples(100, 8, generator=torch.Generator().manual_seed(0))
    assert not torch.equal(unseen_examples(8, 100, seed=0).tokens, drawn.tokens)


def test_an_unknown_network_is_refused():
    with pytest.raises(ValueError, match="network: expected a FastWeightsConfig or one of reference LSTM, LSTM"):
        new_network("GRU", 0)


def test_one_pair_is_learnt_in_few_iterations():
    # K = 2 asks for the only digit that came, for which no memory is needed.
    _, curve = train(
        FastWeightsConfig(), dataclasses.replace(SHORT, length=2, batch_size=64, n_iterations=120, every=60)
    )
    assert curve.accuracies[-1] > 0.9


LARGE = Training(batch_size=256, learning_rate=4e-3, warm_up=100, drop_at=1250, n_iterations=1500, every=250)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_four_pairs_are_learnt_within_1500_iterations(seed):
    _, curve = train(FastWeightsConfig(), dataclasses.replace(LARGE, seed=seed))
    assert max(curve.accuracies) >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize(
    "network", [FastWeightsConfig(rate=0.0), FastWeightsConfig(norm="none"), "reference LSTM"], ids=str
)
def test_without_its_parts_a_network_stays_at_the_plateau(network):
    _, curve = train(network, LARGE)
    # 1/4 knows the digits but not the pairs; s.d. of 10,000 answers is 0.0043, the best of six validations.
    assert max(curve.accuracies) < 0.28
