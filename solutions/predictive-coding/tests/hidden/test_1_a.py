"""Steps and rollouts of other networks."""

import pytest
import torch

pytestmark = pytest.mark.question("1.a")


def network(generator, d_h, d_c, d_x):
    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    return {
        "W_r": draw(d_h, d_h) / d_h**0.5, "b_r": draw(d_h), "W_c": draw(d_h, d_c), "W_o": draw(d_x, d_h) / d_h**0.5,
        "b_o": draw(d_x),
    }  # fmt: skip


SIZES = ((4, 1, 2, 3, 5.0), (9, 2, 2, 5, 50.0), (3, 3, 1, 1, 1.0))


@pytest.mark.weight(2)
@pytest.mark.hint("Leak, recurrent weights on tanh(h), cause, bias; divide what drives by tau; shapes of every size.")
def test_top_down_of_other_networks(student, generator, reference, same):
    """Hidden states and outputs are right for other sizes and time constants."""
    for d_h, d_c, d_x, rows, tau in SIZES:
        net = network(generator, d_h, d_c, d_x)
        h, c = torch.randn(rows, d_h, generator=generator), torch.randn(rows, d_c, generator=generator)
        got, wanted = student.top_down(net, h, c, tau), reference.top_down(net, h, c, tau)
        same(got[0], wanted[0])
        same(got[1], wanted[1])


@pytest.mark.weight(2)
@pytest.mark.hint("T outputs, (T, B, d_x), every row from the same h0, every step from the one before.")
def test_rollout_of_other_networks(student, generator, reference, same):
    """Trajectories are right for other sizes, lengths and time constants."""
    for (d_h, d_c, d_x, rows, tau), n_steps in zip(SIZES, (6, 12, 1), strict=True):
        net = network(generator, d_h, d_c, d_x)
        h0, c = torch.randn(d_h, generator=generator), torch.randn(rows, d_c, generator=generator)
        same(student.rollout(net, h0, c, n_steps, tau), reference.rollout(net, h0, c, n_steps, tau))


@pytest.mark.hint("The loop feeds h_minus of one step into the next, with the same causes.")
def test_rollout_is_top_down_again_and_again(student, generator, reference, same):
    """A rollout is what top-down steps give one after the other, without any correction."""
    net = network(generator, 5, 2, 2)
    h0, c = torch.randn(5, generator=generator), torch.randn(4, 2, generator=generator)
    outputs = []
    h = h0.expand(4, -1)
    for _ in range(5):
        h, x_hat = reference.top_down(net, h, c, 4.0)
        outputs.append(x_hat)
    same(student.rollout(net, h0, c, 5, 4.0), torch.stack(outputs))


@pytest.mark.hint("Never write into h0, c or the weights: a loop needs a state of its own.")
def test_arguments_are_left_alone(student, generator, same):
    """Neither the causes nor the initial state are changed."""
    net = network(generator, 4, 2, 2)
    h0, c = torch.randn(4, generator=generator), torch.randn(3, 2, generator=generator)
    kept_h0, kept_c = student.keep(h0), student.keep(c)
    student.rollout(net, kept_h0, kept_c, 4, 3.0)
    same(kept_h0.value(), h0, atol=0)
    same(kept_c.value(), c, atol=0)
    h = torch.randn(3, 4, generator=generator)
    kept_h = student.keep(h)
    student.top_down(net, kept_h, kept_c, 3.0)
    same(kept_h.value(), h, atol=0)
