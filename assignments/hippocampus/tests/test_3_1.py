"""Autoencoder: shapes, ranges, and that it learns."""

import pytest
import torch

pytestmark = pytest.mark.question("3.1")


@pytest.mark.hint("encoder: num_inputs to num_hidden; decoder: num_hidden to num_inputs.")
def test_code_and_reconstruction_have_the_right_shapes(student, holds):
    """The hidden layer has num_hidden units, the reconstruction the shape of the input."""
    net = student.make("Autoencoder", 6, 2)
    x = torch.rand(5, 6, generator=torch.Generator().manual_seed(0))
    code, output = net.attr("encoder")(x), net(x)
    holds(tuple(code.shape) == (5, 2), f"encoder(x) must have shape (5, 2), got {tuple(code.shape)}")
    holds(tuple(output.shape) == (5, 6), f"the reconstruction must have shape (5, 6), got {tuple(output.shape)}")


@pytest.mark.hint("Both layers end in torch.nn.Sigmoid().")
def test_code_and_reconstruction_lie_between_0_and_1(student, holds):
    """Code and reconstruction lie between 0 and 1, whatever goes in."""
    net = student.make("Autoencoder", 6, 3)
    x = 20 * torch.randn(40, 6, generator=torch.Generator().manual_seed(1))
    code = net.attr("encoder")(x)
    output = net.attr("decoder")(20 * torch.randn(40, 3, generator=torch.Generator().manual_seed(2)))
    for name, values in (("encoder(x)", code), ("decoder(h)", output)):
        lowest, highest = float(values.min()), float(values.max())
        holds(0 <= lowest <= highest <= 1, f"{name} must lie between 0 and 1, got {lowest:.3f} to {highest:.3f}")


@pytest.mark.hint("forward returns self.decoder(self.encoder(x)).")
def test_forward_is_decoder_after_encoder(student, same):
    """net(x) equals net.decoder(net.encoder(x))."""
    net = student.make("Autoencoder", 5, 3)
    x = torch.rand(4, 5, generator=torch.Generator().manual_seed(3))
    same(net(x), net.attr("decoder")(net.attr("encoder")(x)))


@pytest.mark.hint("One entry per epoch: the mean of that epoch's batch losses.")
def test_training_lowers_the_loss(student, holds):
    """Training returns one loss per epoch; they fall."""
    net = student.make("Autoencoder", 6, 3)
    pictures = torch.tensor([[1.0, 1, 1, 0, 0, 0], [0.0, 0, 0, 1, 1, 1]]).repeat(10, 1)
    losses = student.train_autoencoder(net, pictures, num_epochs=20, batch_size=10, learning_rate=0.05)
    holds(len(losses) == 20, f"20 epochs must give 20 losses, got {len(losses)}")
    holds(losses[-1] < 0.9 * losses[0], f"the loss must fall, got {losses[0]:.4f} first and {losses[-1]:.4f} last")


@pytest.mark.hint("int(d * p) pixels in every row: 4 of 10 here; the others stay as they are.")
def test_grey_corruption_overwrites_the_exact_number(student, same, holds):
    """Every picture has exactly int(d * p) pixels that became 0 or 1."""
    damaged = student.autoencoder_corrupt(torch.full((6, 10), 0.5), 0.48)
    holds(tuple(damaged.shape) == (6, 10), f"the result must keep the shape (6, 10), got {tuple(damaged.shape)}")
    holds(set(damaged.flatten().tolist()) <= {0.0, 0.5, 1.0}, "pixels must stay as they are or become 0 or 1")
    same((damaged != 0.5).sum(dim=1), torch.full((6,), 4), atol=0)


@pytest.mark.hint("Work on a copy: images.clone().")
def test_grey_corruption_leaves_its_input_alone(student, same):
    """The pictures handed in are the same afterwards."""
    images = torch.full((3, 8), 0.5)
    kept = student.keep(images)
    student.autoencoder_corrupt(kept, 0.5)
    same(kept.value(), images, atol=0)


@pytest.mark.hint("With p = 0 the loss is mse_loss(net(images), images).")
def test_loss_without_corruption(student, same):
    """Where nothing is corrupted, the loss is the mean squared error of the reconstruction."""
    net = student.make("Autoencoder", 6, 3)
    x = torch.rand(5, 6, generator=torch.Generator().manual_seed(4))
    same(student.error_by_corruption(net, x, [0.0]), ((net(x).double() - x.double()) ** 2).mean().reshape(1))
