import pytest
import torch
from torch import nn

from hippo.autoencoder import Autoencoder
from hippo.training import train


def fit(net, x, **changes):
    options = {
        "loss": nn.functional.mse_loss,
        "optimizer": torch.optim.SGD(net.parameters(), lr=0.1),
        "n_epochs": 3,
        "batch_size": 4,
        "generator": torch.Generator().manual_seed(0),
    }
    return train(net, x, **(options | changes))


def test_training_lowers_the_loss_and_repeats_with_the_seed(generator):
    x = torch.rand(20, 6, generator=generator)
    histories = []
    for _ in range(2):
        net = Autoencoder(6, 3, generator=torch.Generator().manual_seed(1))
        histories.append(fit(net, x, n_epochs=20, optimizer=torch.optim.Adam(net.parameters(), lr=0.05)))
    assert histories[0].losses == histories[1].losses
    assert histories[0].losses[-1] < histories[0].losses[0]
    assert not histories[0].interrupted


def test_loss_of_an_epoch_is_the_mean_over_all_rows(generator):
    x = torch.rand(10, 6, generator=generator)  # batches of 4, 4 and 2
    net = Autoencoder(6, 3, generator=generator)
    frozen = torch.optim.SGD(net.parameters(), lr=0.0)
    history = fit(net, x, n_epochs=1, optimizer=frozen)
    assert history.losses[0] == pytest.approx(float(nn.functional.mse_loss(net(x), x).detach()))


def test_one_full_batch_is_one_gradient_step(generator):
    x, y = torch.rand(5, 2, generator=generator), torch.rand(5, 1, generator=generator)
    net = nn.Linear(2, 1)
    before = net.weight.detach().clone()
    gradient = torch.autograd.grad(nn.functional.mse_loss(net(x), y), net.weight)[0]
    fit(net, x, targets=y, n_epochs=1, batch_size=5)
    assert torch.allclose(net.weight, before - 0.1 * gradient, atol=1e-6)


def test_evaluation_runs_after_every_epoch_without_gradients_in_evaluation_mode(generator):
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout())

    def evaluate():
        assert not net.training
        assert not torch.is_grad_enabled()
        return 7.0

    assert fit(net, torch.ones(4, 2), evaluate=evaluate).evaluations == [7.0] * 3
    assert not net.training


def test_an_interrupt_keeps_what_was_learned(generator):
    net = Autoencoder(2, 1, generator=generator)
    calls = iter([1.0, 0.5])

    def evaluate():
        try:
            return next(calls)
        except StopIteration:
            raise KeyboardInterrupt from None

    history = fit(net, torch.ones(4, 2), n_epochs=100, evaluate=evaluate)
    assert history.interrupted
    assert history.evaluations == [1.0, 0.5]


def test_progress_goes_to_stderr_and_only_if_asked(generator, capsys):
    net = Autoencoder(2, 1, generator=generator)
    fit(net, torch.ones(4, 2))
    assert capsys.readouterr() == ("", "")
    fit(net, torch.ones(4, 2), progress="phase 1")
    out, err = capsys.readouterr()
    assert out == ""
    assert "phase 1" in err


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"targets": torch.ones(3, 2)}, "targets: expected as many rows as inputs"),
        ({"n_epochs": 0}, "n_epochs: expected a whole number of at least 1, got 0"),
        ({"batch_size": 0}, "batch_size: expected a whole number of at least 1, got 0"),
    ],
)
def test_wrong_arguments_are_refused_by_name(changes, message):
    with pytest.raises(ValueError, match=message):
        fit(nn.Linear(2, 2), torch.ones(4, 2), **changes)
