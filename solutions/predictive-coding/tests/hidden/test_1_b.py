"""Corrections of other networks: a gradient, and noise of the right size."""

import pytest
import torch

pytestmark = pytest.mark.question("1.b")


def case(generator, d_h=6, d_c=2, d_x=3, rows=5):
    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    net = {"W_r": draw(d_h, d_h), "b_r": draw(d_h), "W_c": draw(d_h, d_c), "W_o": draw(d_x, d_h), "b_o": draw(d_x)}
    return net, draw(rows, d_h), draw(rows, d_x), draw(rows, d_c), draw(rows, d_c)


@pytest.mark.hint("Compare with torch.autograd.grad of 1/2 |x_hat - x|^2 with respect to h_minus.")
def test_the_hidden_state_follows_the_gradient_of_the_error(student, generator, same):
    """h_plus is h_minus minus alpha_x times the gradient of half the squared error."""
    net, h, e_x, c, xi = case(generator)
    target = torch.tanh(h) @ net["W_o"].T + net["b_o"] - e_x
    leaf = h.double().requires_grad_()
    error = torch.tanh(leaf) @ net["W_o"].double().T + net["b_o"] - target
    (gradient,) = torch.autograd.grad((error**2).sum() / 2, [leaf])
    h_plus, e_h, _ = student.bottom_up(net, h, e_x, c, xi, 0.3, 0.2, 0.0)
    same(h_plus, h - 0.3 * gradient)
    same(e_h, 0.3 * gradient)


@pytest.mark.weight(2)
@pytest.mark.hint("One norm per row; W_c^T e_h for each row; noise times sigma_r times that row's norm.")
def test_corrections_of_other_networks(student, generator, reference, same):
    """All three results are right for other sizes and rates."""
    cases = (((6, 2, 3, 5), (0.1, 0.5, 2.6)), ((3, 1, 2, 4), (0.7, 0.0, 1.0)), ((5, 3, 1, 1), (0.2, 1.5, 0.5)))
    for sizes, rates in cases:
        args = case(generator, *sizes)
        for got, wanted in zip(student.bottom_up(*args, *rates), reference.bottom_up(*args, *rates), strict=True):
            same(got, wanted)


@pytest.mark.hint("Rows are chains that know nothing of each other: take the norm along dim=1, not of everything.")
def test_chains_do_not_mix(student, generator, same):
    """Permuting the rows of all arguments permutes the rows of all results."""
    net, *rows = case(generator)
    order = torch.tensor([3, 0, 4, 1, 2])
    straight = student.bottom_up(net, *rows, 0.2, 0.3, 1.5)
    permuted = student.bottom_up(net, *(row[order] for row in rows), 0.2, 0.3, 1.5)
    alone = student.bottom_up(net, *(row[:1] for row in rows), 0.2, 0.3, 1.5)
    for before, after, first in zip(straight, permuted, alone, strict=True):
        same(after, before[order])
        same(first, before[:1])


@pytest.mark.hint("Draw no numbers of your own: the noise is handed in as xi.")
def test_the_same_noise_gives_the_same_result(student, generator, same):
    """Two calls with the same arguments agree, and the arguments are left as they were."""
    net, h, e_x, c, xi = case(generator)
    kept = [student.keep(value) for value in (h, c)]
    first = student.bottom_up(net, kept[0], e_x, kept[1], xi, 0.2, 0.3, 1.5)
    second = student.bottom_up(net, h, e_x, c, xi, 0.2, 0.3, 1.5)
    for a, b in zip(first, second, strict=True):
        same(a, b, atol=1e-6)
    same(kept[0].value(), h, atol=0)
    same(kept[1].value(), c, atol=0)
