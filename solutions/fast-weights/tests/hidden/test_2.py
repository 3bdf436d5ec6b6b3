"""The same functions on fresh networks and inputs."""

import pytest
import torch

pytestmark = pytest.mark.question("2")


def normal(*shape, generator):
    return torch.randn(*shape, generator=generator)


@pytest.mark.hint("Over the last dimension, whatever the shape; gain and bias have one number per unit.")
def test_layer_norm_of_other_states(student, generator, reference, same):
    """Layer norm is right for other shapes, gains and biases."""
    for shape in ((4, 7), (1, 12), (2, 3, 5), (6,)):
        u = 3 * normal(*shape, generator=generator) + 2
        gain, bias = normal(shape[-1], generator=generator), normal(shape[-1], generator=generator)
        same(student.layer_norm(u, gain, bias), reference.layer_norm(u, gain, bias))


@pytest.mark.hint("A <- decay A + rate h h^T, one per sequence; what you were given stays as it was.")
def test_other_states_are_written(student, generator, reference, same):
    """Writing is right for other sizes, and leaves the memory that it was given."""
    for n, n_hidden, decay, rate in ((1, 3, 0.9, 0.5), (5, 4, 0.5, 1.0), (2, 7, 0.0, 0.3)):
        memory, h = normal(n, n_hidden, n_hidden, generator=generator), normal(n, n_hidden, generator=generator)
        kept = student.keep(memory)
        same(student.write(kept, h, decay, rate), reference.write(memory, h, decay, rate))
        same(kept.value(), memory, atol=0)


def network(generator, n, length, n_inputs, n_hidden):
    x = normal(n, length, n_inputs, generator=generator)
    w = normal(n_hidden, n_hidden, generator=generator) / n_hidden**0.5
    c = normal(n_inputs, n_hidden, generator=generator)
    gain, bias = 1 + 0.2 * normal(n_hidden, generator=generator), 0.5 * normal(n_hidden, generator=generator)
    return x, w, c, gain, bias


@pytest.mark.hint("h_0 = 0, A_0 = 0; write with the state before, then read S times with z unchanged.")
@pytest.mark.weight(2)
def test_states_of_other_networks(student, generator, reference, same):
    """The states are right for other sizes, lengths and rates, with one inner step."""
    cases = ((3, 5, 6, 8, 0.9, 0.5), (1, 4, 3, 12, 0.5, 0.3), (2, 1, 4, 9, 0.9, 1.0))
    for n, length, n_inputs, n_hidden, decay, rate in cases:
        given = network(generator, n, length, n_inputs, n_hidden)
        same(student.states_by_matrix(*given, decay, rate, 1), reference.states_by_matrix(*given, decay, rate, 1))


@pytest.mark.hint("In the inner loop only h^(s) changes: z and A stay.")
def test_states_with_several_inner_steps(student, generator, reference, same):
    """The states are right for two and three inner steps."""
    for n_inner in (2, 3):
        given = network(generator, 2, 4, 5, 10)
        same(student.states_by_matrix(*given, 0.9, 0.2, n_inner), reference.states_by_matrix(*given, 0.9, 0.2, n_inner))


@pytest.mark.hint("With gain None: h^(s) = ReLU(z + A h^(s-1)).")
def test_states_without_layer_norm(student, generator, reference, same):
    """The states are right without layer norm."""
    x, w, c, _, _ = network(generator, 3, 3, 5, 6)
    given = (x, w, c / 4, None, None, 0.9, 0.1, 2)  # small, as nothing keeps their size in bounds
    same(student.states_by_matrix(*given), reference.states_by_matrix(*given))
