"""Sensory preconditioning on fresh inputs."""

import pytest
import torch

pytestmark = [pytest.mark.question("3.3"), pytest.mark.category("fresh inputs")]


def in_order(rows):
    """The rows, sorted, so that their order does not matter."""
    return torch.tensor(sorted(torch.as_tensor(rows).tolist()))


@pytest.mark.hint("The columns are s1, s2, c1, c2, in this order.")
def test_trials_for_all_combinations_of_stimuli(student, reference, same):
    """Trials are right for s2 alone, for both stimuli and for neither."""
    for s1, s2 in ((0, 1), (1, 1), (0, 0), (1, 0)):
        same(in_order(student.stimulus_rows(s1, s2)), in_order(reference.stimulus_rows(s1, s2)))


@pytest.mark.hint("The empty context comes twice, with the stimuli and without; every other context once.")
def test_preconditioning_trials(student, reference, same):
    """The ten preconditioning trials are the right ones."""
    same(in_order(student.preconditioning_rows()), in_order(reference.preconditioning_rows()))


@pytest.mark.weight(2)
@pytest.mark.hint("A = (F^T F + lamb I)^-1 F^T V; no constant column; lamb as handed in.")
def test_weights_of_random_features(student, generator, reference, same):
    """Ridge regression is right for several outputs, few trials and any lambda."""
    for trials, features, outputs, lamb in ((9, 3, 2, 0.5), (3, 5, 1, 2.0), (1, 4, 3, 1.0), (12, 2, 1, 3.0)):
        F = torch.randn(trials, features, generator=generator)
        V = torch.randn(trials, outputs, generator=generator)
        same(student.get_weights(F, V, lamb), reference.get_weights(F.double(), V.double(), lamb))


@pytest.mark.hint("Without a value, lamb is 0.001; it makes the matrix invertible even if two features are equal.")
def test_weights_of_equal_features(student, generator, reference, same):
    """Two features that are always equal share the weight, and lambda is 0.001 unless told."""
    feature = torch.full((1, 1), 0.03) * (1 + torch.rand(1, 1, generator=generator))
    F, V = feature.repeat(1, 2), torch.ones(1, 1)
    same(student.get_weights(F, V), reference.get_weights(F.double(), V.double(), 0.001))


@pytest.mark.hint("Any number of trials, features and outputs; nothing else is done to the product.")
def test_values_of_random_features(student, generator, reference, same):
    """Predicted values are right for several outputs."""
    for trials, features, outputs in ((5, 3, 1), (4, 4, 2), (1, 3, 4)):
        A = 2 * torch.randn(features, outputs, generator=generator)
        F = torch.randn(trials, features, generator=generator)
        same(student.evaluate(A, F), reference.evaluate(A.double(), F.double()))


@pytest.mark.weight(2)
@pytest.mark.hint("One read-out, learnt from s1 and neither with the lambda given; then s1, s2, neither in this order.")
def test_responses_to_random_hidden_layers(student, generator, reference, same):
    """The three responses are those of a read-out that has never seen s2."""
    for contexts, hidden, lamb in ((4, 3, 0.5), (6, 2, 1.0), (2, 4, 0.1)):
        layers = [torch.rand(contexts, hidden, generator=generator) for _ in range(3)]
        got = student.conditioned_responses(*layers, lamb)
        wanted = reference.conditioned_responses(*[layer.double() for layer in layers], lamb)
        for response, expected in zip(got, wanted, strict=True):
            same(torch.as_tensor(response).reshape(-1), expected.reshape(-1))


@pytest.mark.hint("If s2 has the same hidden layer as s1, it must get the same response.")
def test_responses_transfer_with_the_code(student, generator, same):
    """A stimulus with the code of s1 gets the response of s1, one with the code of neither that of neither."""
    s1, neither = torch.rand(4, 3, generator=generator), torch.rand(4, 3, generator=generator)
    like_s1 = [torch.as_tensor(r).reshape(-1) for r in student.conditioned_responses(s1, s1, neither)]
    like_neither = [torch.as_tensor(r).reshape(-1) for r in student.conditioned_responses(s1, neither, neither)]
    same(like_s1[1], like_s1[0])
    same(like_neither[1], like_neither[2])
    same(like_neither[0], like_s1[0])
