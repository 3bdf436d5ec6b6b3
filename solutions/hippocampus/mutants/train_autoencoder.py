# %% name="gradients never cleared" dies="test_training_follows_the_gradient"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="plain gradient descent" dies="test_training_takes_the_right_number_of_adam_steps"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.SGD(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="step size ignored" dies="test_losses_are_means_over_all_batches"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="batch size ignored" dies="test_training_takes_the_right_number_of_adam_steps"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), len(images)):
            batch = images[start:start + len(images)]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="always 1000 images per batch" dies="test_training_takes_the_right_number_of_adam_steps"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), 1000):
            batch = images[start:start + 1000]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="only the first batch of each epoch" dies="test_training_takes_the_right_number_of_adam_steps"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
            break
        history.append(sum(losses) / len(losses))
    return history


# %% name="always 70 epochs" dies="test_training_lowers_the_loss"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(70):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="loss of the last batch instead of the mean" dies="test_losses_are_means_over_all_batches"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(losses[-1])
    return history


# %% name="batch losses summed" dies="test_losses_are_means_over_all_batches"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses))
    return history


# %% name="one entry per batch" dies="test_training_lowers_the_loss"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            history.append(float(value))
    return history


# %% name="squared error summed over pixels" dies="test_losses_are_means_over_all_batches"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch, reduction="sum")
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="always squared error" dies="test_losses_are_means_over_all_batches"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="always cross-entropy" dies="test_losses_are_means_over_all_batches"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="output and target exchanged in the cross-entropy" dies="test_losses_are_means_over_all_batches"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(batch, net(batch))
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="a copy is trained" dies="test_training_changes_the_network_but_not_the_images"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    import copy

    net = copy.deepcopy(net)
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="no step taken" dies="test_training_lowers_the_loss"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="a new optimiser for every batch" dies="test_training_follows_the_gradient"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="learns the negative" dies="test_training_follows_the_gradient"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), 1 - batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="images normalised in place" dies="test_training_changes_the_network_but_not_the_images"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    images /= 2
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history


# %% name="decoder only" dies="test_training_follows_the_gradient"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loss_function = torch.nn.functional.mse_loss if loss == "mse" else torch.nn.functional.binary_cross_entropy
    optimiser = torch.optim.Adam(list(net.parameters())[2:], lr=learning_rate)
    history = []
    for epoch in range(num_epochs):
        losses = []
        for start in range(0, len(images), batch_size):
            batch = images[start:start + batch_size]
            value = loss_function(net(batch), batch)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(float(value))
        history.append(sum(losses) / len(losses))
    return history
