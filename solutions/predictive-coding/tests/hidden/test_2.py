"""The prior's gradient against automatic differentiation, far causes, and basins that hold."""

import pytest
import torch

pytestmark = pytest.mark.question("2")


@pytest.mark.weight(2)
@pytest.mark.hint("Half of the gradient of torch.logsumexp(-|c - mu|^2 / (2 sigma^2)).")
def test_half_the_gradient_of_the_log_density(student, generator, same):
    """g is half of what automatic differentiation finds, for other prototypes and widths."""
    for n, k, d_c, sigma in ((5, 4, 2, 0.5), (3, 1, 3, 1.0), (4, 6, 1, 0.3), (1, 3, 2, 0.15)):
        prototypes = 0.5 * torch.randn(k, d_c, generator=generator)
        c = 0.5 * torch.randn(n, d_c, generator=generator)
        leaf = c.double().requires_grad_()
        density = torch.logsumexp(-((leaf[:, None] - prototypes) ** 2).sum(dim=2) / (2 * sigma**2), dim=1)
        (gradient,) = torch.autograd.grad(density.sum(), [leaf])
        same(student.prior_gradient(c, prototypes, sigma), gradient / 2)


@pytest.mark.hint("Only ratios of the exponentials matter: torch.softmax gives them at any distance.")
def test_far_causes_have_a_direction(student, generator, same, holds):
    """At a distance of 1,000 everything is finite and points to the nearest prototype."""
    angles = torch.rand(6, generator=generator) * 6.28
    c = 1e3 * torch.stack([angles.cos(), angles.sin()], dim=1)
    prototypes = torch.tensor([[1.5, 0.0], [-1.5, 0.2], [0.1, 1.5], [0.0, -1.5]])
    got = student.prior_gradient(c, prototypes, 0.1)
    holds(bool(got.isfinite().all()), "causes far from every prototype must give finite numbers")
    nearest = prototypes[torch.cdist(c.double(), prototypes.double()).argmin(dim=1)]
    wanted = nearest - c
    same(got / got.norm(dim=1, keepdim=True), wanted / wanted.norm(dim=1, keepdim=True), atol=1e-2)


@pytest.mark.hint("A step c + alpha_c g(c) leads towards the nearest prototype, never past it at these rates.")
def test_without_noise_a_chain_stays_in_its_basin(student, generator, same):
    """Following the pull alone, every cause falls onto the prototype that was nearest when it began."""
    prototypes = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    c = prototypes.repeat(2, 1) + 0.3 * torch.randn(6, 2, generator=generator).clamp(-2, 2)
    for _ in range(25):
        c = c + 0.02 * student.prior_gradient(c, prototypes, 0.2)
    same(c, prototypes.repeat(2, 1), atol=0.02)


@pytest.mark.hint("Never change c in place.")
def test_causes_are_left_alone(student, generator, same):
    """The causes that were handed in are not changed."""
    c = torch.randn(4, 2, generator=generator)
    kept = student.keep(c)
    student.prior_gradient(kept, torch.eye(2), 0.5)
    same(kept.value(), c, atol=0)
