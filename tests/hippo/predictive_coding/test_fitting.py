"""Training lowers the loss, keeps its best weights, and learns what it is told to."""

import pytest
import torch

from hippo.predictive_coding import PCRNN, PCRNNConfig, fit, letter_errors
from hippo.trajectories import letters


@pytest.fixture(scope="module")
def x():
    return letters(30, "lov").x


def fresh(**options):
    return PCRNN(PCRNNConfig(n_trajectories=3, n_hidden=20, time_constant=5.0, **options), torch.Generator().manual_seed(0))


def test_the_model_has_the_weights_of_its_best_iteration(x):
    model = fresh()
    found = fit(model, x, n_iterations=60, learning_rate=0.1)
    assert found.best_loss == min(found.losses) < 0.5 * found.losses[0]
    loss = (model.predict(model.causes, 30) - x).square().mean()
    assert loss.item() == pytest.approx(found.best_loss, rel=1e-5)


def test_the_last_iterate_is_what_adam_written_out_gives(x):
    model, by_hand = fresh().double(), fresh().double()
    fit(model, x.double(), n_iterations=5, keep_best=False)
    values = [p for p in by_hand.parameters() if p.requires_grad]
    m, v = ([torch.zeros_like(p) for p in values] for _ in range(2))
    for k in range(1, 6):
        loss = (by_hand.predict(by_hand.causes, 30) - x).square().mean()
        gradients = torch.autograd.grad(loss, values)
        for i, (p, gradient) in enumerate(zip(values, gradients, strict=True)):
            g = gradient + 1e-4 * p.detach()
            m[i], v[i] = 0.9 * m[i] + 0.1 * g, 0.999 * v[i] + 0.001 * g**2
            with torch.no_grad():
                p -= 0.03 * (m[i] / (1 - 0.9**k)) / ((v[i] / (1 - 0.999**k)).sqrt() + 1e-8)
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, by_hand.state_dict()[name], atol=1e-9, rtol=0)


def test_the_initial_state_is_learnt_if_and_only_if_asked(x):
    for learnt in (False, True):
        model = fresh(learn_h0=learnt)
        before = model.h0.detach().clone()
        fit(model, x, n_iterations=5, keep_best=False)
        assert torch.equal(model.h0.detach(), before) != learnt


def test_clipping_bounds_the_gradient(x):
    free, clipped = fresh(), fresh()
    fit(free, x, n_iterations=3, keep_best=False)
    # A bound below Adam's epsilon makes every step tiny.
    fit(clipped, x, n_iterations=3, keep_best=False, max_norm=1e-9)
    moved = [float((m.causes.detach() - fresh().causes.detach()).norm()) for m in (free, clipped)]
    assert moved[1] < moved[0] / 3


def test_letter_errors_are_mean_distances(x):
    model = fresh()
    expected = (model.predict(model.causes, 30) - x).norm(dim=-1).mean(dim=0)
    torch.testing.assert_close(letter_errors(model, x), expected.detach())
