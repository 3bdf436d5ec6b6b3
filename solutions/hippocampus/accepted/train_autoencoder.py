# %% name="batches in order, tensor of losses"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    criterion = torch.nn.MSELoss() if loss == "mse" else torch.nn.BCELoss()
    opt = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = torch.zeros(num_epochs)
    for epoch in range(num_epochs):
        batches = torch.split(images, batch_size)
        for batch in batches:
            opt.zero_grad()
            error = criterion(net(batch), batch)
            error.backward()
            opt.step()
            losses[epoch] += error.detach() / len(batches)
    return losses


# %% name="data loader, loss weighted by batch size"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images), batch_size=batch_size, shuffle=True)
    opt = torch.optim.Adam(list(net.parameters()), learning_rate)
    net.train()
    history = []
    for _ in range(num_epochs):
        total = 0.0
        for (x,) in loader:
            y = net(x)
            value = ((y - x) ** 2).mean() if loss == "mse" else -(x * y.log() + (1 - x) * (1 - y).log()).mean()
            for q in net.parameters():
                q.grad = None
            value.backward()
            opt.step()
            total += value.item() * len(x)
        history.append(total / len(images))
    return history


# %% name="gradients by torch.autograd.grad, numpy permutation and array"
def train_autoencoder(net, images, num_epochs=70, batch_size=1000, learning_rate=0.01, loss="mse"):
    function = getattr(torch.nn.functional, {"mse": "mse_loss", "bce": "binary_cross_entropy"}[loss])
    parameters = list(net.parameters())
    opt = torch.optim.Adam(parameters, lr=learning_rate)
    history = np.zeros(num_epochs)
    for epoch in range(num_epochs):
        order = np.random.permutation(len(images))
        values = []
        for start in range(0, len(images), batch_size):
            batch = images[order[start:start + batch_size]]
            value = function(net(batch), batch)
            for parameter, gradient in zip(parameters, torch.autograd.grad(value, parameters)):
                parameter.grad = gradient
            opt.step()
            values.append(value.item())
        history[epoch] = np.mean(values)
    return history
