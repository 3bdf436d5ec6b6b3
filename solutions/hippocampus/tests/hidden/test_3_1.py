"""Autoencoder: its equations, read from outside, and its training against a network of our own.

sigmoid(W x + b) is known from outside by its logit, which is W x + b: so a network can be read off, whatever its parts
are called.
"""

import pytest
import torch

pytestmark = [pytest.mark.question("3.1"), pytest.mark.category("fresh inputs")]

#: Float32 against float64 after 15 steps of Adam: see `tolerance.reason` of question 3.1 in assignment.toml.
ADAM_GAP = 1e-3


def logit(y):
    y = y.double()
    return torch.log(y) - torch.log1p(-y)


def weights_and_bias(layer, num_inputs):
    """W, b of a layer sigmoid(W x + b): b at x = 0, columns of W at unit vectors."""
    bias = logit(layer(torch.zeros(1, num_inputs)))[0]
    return (logit(layer(torch.eye(num_inputs))) - bias).T, bias


def twin(net, reference, num_inputs, num_hidden):
    """The reference's network in float64 with the same weights and biases."""
    copy = reference.Autoencoder(num_inputs, num_hidden).double()
    with torch.no_grad():
        for name, size in (("encoder", num_inputs), ("decoder", num_hidden)):
            weight, bias = weights_and_bias(net.attr(name), size)
            ours = getattr(copy, name)[0]
            ours.weight.copy_(weight)
            ours.bias.copy_(bias)
    return copy


def mse(a, b):
    return ((a.double() - b.double()) ** 2).mean()


@pytest.mark.weight(2)
@pytest.mark.hint("One linear layer and one sigmoid in the encoder, the same in the decoder.")
def test_both_layers_are_a_sigmoid_of_a_linear_map(student, generator, same):
    """Encoder and decoder are each a sigmoid of a linear function of their input."""
    for num_inputs, num_hidden in ((7, 3), (4, 2), (3, 5)):
        net = student.make("Autoencoder", num_inputs, num_hidden)
        for name, size in (("encoder", num_inputs), ("decoder", num_hidden)):
            layer = net.attr(name)
            W, b = weights_and_bias(layer, size)
            x = 3 * torch.randn(20, size, generator=generator)
            same(layer(x), torch.sigmoid(x.double() @ W.T + b), atol=1e-4)


@pytest.mark.hint("The parts must be attributes that torch knows as modules, with its usual random initial weights.")
@pytest.mark.category("randomness")
def test_weights_are_registered_and_random(student, same, holds):
    """The network owns its weights, and every new network starts from other ones."""
    first, second = student.make("Autoencoder", 6, 4), student.make("Autoencoder", 6, 4)
    num_parameters = sum(v.numel() for v in first.state().values())
    holds(num_parameters >= 2 * 6 * 4, "the weights of both layers must be parameters of the network")
    x = torch.eye(6)
    codes = first.attr("encoder")(x)
    holds(not torch.equal(codes, second.attr("encoder")(x)), "two new networks must differ")
    holds(not torch.equal(codes[:, 0], codes[:, 1]), "two hidden units must differ")


@pytest.mark.hint("With learning_rate=0, every epoch's entry is the mean over all batches of the loss asked for.")
def test_losses_are_means_over_all_batches(student, generator, same):
    """Without learning, every epoch's loss is that of the network, for both kinds of loss."""
    net = student.make("Autoencoder", 5, 2)
    x = torch.rand(12, 5, generator=generator)
    x[:4] = (x[:4] > 0.5).float()
    output = net(x).double()
    squared = mse(output, x)
    entropy = -(x * torch.log(output) + (1 - x) * torch.log(1 - output)).mean()
    for loss, expected in (("mse", squared), ("bce", entropy)):
        losses = student.train_autoencoder(net, x, num_epochs=3, batch_size=4, learning_rate=0.0, loss=loss)
        same(losses, torch.full((3,), float(expected)))


@pytest.mark.hint("One step of Adam per batch of batch_size images, num_epochs times over all images.")
def test_training_takes_the_right_number_of_adam_steps(student, generator, holds):
    """The step size of Adam and the number of steps are those asked for."""
    # Adam's first step changes every parameter by the step size, up to its epsilon; k steps one way by k times that.
    x = torch.ones(8, 5)
    for num_epochs, batch_size, learning_rate, steps in ((1, 8, 0.02, 1), (1, 2, 0.01, 4), (3, 4, 0.005, 6)):
        net = student.make("Autoencoder", 5, 2)
        before = net.state()
        student.train_autoencoder(net, x, num_epochs=num_epochs, batch_size=batch_size, learning_rate=learning_rate)
        after = net.state()
        largest = max(float((after[k].double() - before[k].double()).abs().max()) for k in before)
        wanted = steps * learning_rate
        holds(0.9 * wanted < largest < 1.01 * wanted, "the weights changed by more or less than the steps asked for")


@pytest.mark.weight(2)
@pytest.mark.hint("Clear gradients before every backward(); make one Adam before the loop; the input is the target.")
def test_training_follows_the_gradient(student, generator, reference, same):
    """The losses of the epochs are those of Adam with correct gradients, for both kinds of loss."""
    for loss in ("mse", "bce"):
        net = student.make("Autoencoder", 6, 3)
        x = (torch.rand(10, 6, generator=generator) < 0.4).float()
        ours = reference.train_autoencoder(twin(net, reference, 6, 3), x.double(), 15, 10, 0.1, loss)
        losses = student.train_autoencoder(net, x, num_epochs=15, batch_size=10, learning_rate=0.1, loss=loss)
        same(losses, ours, atol=ADAM_GAP)


@pytest.mark.hint("Train the network that is handed in, not a copy, and do not write into the images.")
@pytest.mark.category("arguments left as they are")
def test_training_changes_the_network_but_not_the_images(student, generator, same, holds):
    """The network handed in has learnt afterwards; the images are as they were."""
    net = student.make("Autoencoder", 5, 3)
    x = (torch.rand(8, 5, generator=generator) < 0.3).float()
    kept = student.keep(x)
    before = mse(net(x), x)
    student.train_autoencoder(net, kept, num_epochs=30, batch_size=8, learning_rate=0.05)
    holds(mse(net(x), x) < before, "the network handed in reconstructs no better than before")
    same(kept.value(), x, atol=0)


@pytest.mark.hint("int(d * p) cuts off, in every row, whatever d is; p = 0 changes nothing and p = 1 everything.")
def test_grey_corruption_for_other_sizes(student, generator, same, holds):
    """The number of overwritten pixels is exact for other sizes and shares, and all other pixels stay."""
    for rows, columns, p in ((5, 20, 0.33), (3, 31, 0.29), (4, 9, 0.0), (4, 9, 1.0), (1, 50, 0.1)):
        images = 0.1 + 0.8 * torch.rand(rows, columns, generator=generator)
        damaged = student.autoencoder_corrupt(images, p)
        holds(tuple(damaged.shape) == (rows, columns), "the shape must stay as it is")
        overwritten = (damaged == 0) | (damaged == 1)
        same(overwritten.sum(dim=1), torch.full((rows,), int(columns * p)), atol=0)
        same(torch.where(overwritten, images, damaged.to(images.dtype)), images, atol=0)


@pytest.mark.hint("Every pixel needs the same chance to be drawn, and of the drawn ones half become 0 and half 1.")
@pytest.mark.category("randomness")
def test_grey_corruption_is_fair(student, holds):
    """Every pixel becomes 0 as often as 1, and as often as any other pixel."""
    # 6 of 10 pixels in 400 rows: the zeros (ones) of a pixel are binomial (400, 0.3), s.d. 9.17; 7 s.d. = 64.
    # Tail below 3e-12, over 20 counts below 6e-11; exact halves vary no more.
    damaged = student.autoencoder_corrupt(torch.full((400, 10), 0.5), 0.6)
    for value in (0, 1):
        counts = (damaged == value).sum(dim=0)
        holds(bool((counts - 120).abs().max() < 64), "some pixels are drawn far more often than others")
    # of 2400 tosses: s.d. 24.5, 7 s.d. = 171
    holds(abs(int((damaged == 0).sum()) - 1200) < 171, "0 and 1 must be equally frequent")


@pytest.mark.hint("Draw for every row separately, and set no seed inside of the function.")
@pytest.mark.category("randomness")
def test_grey_corruption_draws_anew_for_every_row_and_call(student, holds):
    """Every picture has its own noise, and the next call brings other noise."""
    # at least 12870 ways for each row: 40 rows with fewer than 30 different ones, or two equal calls: below 1e-20
    images = torch.full((40, 16), 0.5)
    first, second = student.autoencoder_corrupt(images, 0.5), student.autoencoder_corrupt(images, 0.5)
    different = len({tuple((row == 0.5).tolist()) for row in first})
    holds(different >= 30, "different pictures must have different pixels overwritten")
    holds(not torch.equal(first, second), "two calls must not overwrite the same pixels")


@pytest.mark.weight(2)
@pytest.mark.hint("Corrupt the clean images anew for every fraction, and compare the output with the clean images.")
def test_loss_against_corruption(student, generator, same, holds):
    """The loss compares with the clean images, for each fraction anew."""
    net = student.make("Autoencoder", 10, 4)
    images = torch.full((400, 10), 0.5)
    images += 0.02 * torch.rand(400, 10, generator=generator)
    losses = torch.as_tensor(student.error_by_corruption(net, images, [1.0, 0.0, 0.5])).double()
    holds(tuple(losses.shape) == (3,), "three fractions must give three losses")
    same(losses[1], mse(net(images), images))
    holds(losses[0] != losses[1] and losses[2] != losses[1], "corruption must make a difference")
    # All pixels overwritten: the loss is a mean over 400 random inputs, like the one computed here. Per input it lies
    # in [0, 0.28] with s.d. below 0.14; the difference of the means has s.d. below 0.0099, 6.5 s.d. = 0.065. Compared
    # with the corrupted images instead, it would be 0.25 higher.
    noise = (torch.rand(400, 10, generator=generator) < 0.5).float()
    holds(abs(float(losses[0] - mse(net(noise), images))) < 0.065, "the loss is not that of the clean images")


@pytest.mark.hint("error_by_corruption uses the network without training it, and leaves images alone.")
@pytest.mark.category("arguments left as they are")
def test_loss_against_corruption_changes_nothing(student, generator, same):
    """Network and images are the same afterwards."""
    net = student.make("Autoencoder", 6, 3)
    images = torch.rand(4, 6, generator=generator)
    kept, before = student.keep(images), net(images)
    student.error_by_corruption(net, kept, [0.5, 0.25])
    same(kept.value(), images, atol=0)
    same(net(images), before, atol=0)
