# %% name="compared with the corrupted images" dies="test_loss_against_corruption"
def error_by_corruption(net, images, fractions):
    losses = []
    for p in fractions:
        x = autoencoder_corrupt(images, p)
        losses.append(float(((net(x) - x) ** 2).mean()))
    return torch.tensor(losses)


# %% name="nothing corrupted" dies="test_loss_against_corruption"
def error_by_corruption(net, images, fractions):
    return torch.tensor([float(((net(images) - images) ** 2).mean()) for p in fractions])


# %% name="corruption piles up" dies="test_loss_against_corruption"
def error_by_corruption(net, images, fractions):
    losses, x = [], images
    for p in fractions:
        x = autoencoder_corrupt(x, p)
        losses.append(float(((net(x) - images) ** 2).mean()))
    return torch.tensor(losses)


# %% name="summed instead of averaged" dies="test_loss_without_corruption"
def error_by_corruption(net, images, fractions):
    return torch.tensor([float(((net(autoencoder_corrupt(images, p)) - images) ** 2).sum()) for p in fractions])


# %% name="fractions taken as percent" dies="test_loss_against_corruption"
def error_by_corruption(net, images, fractions):
    return torch.tensor([float(((net(autoencoder_corrupt(images, p / 100)) - images) ** 2).mean()) for p in fractions])


# %% name="the corrupted image itself, not its reconstruction" dies="test_loss_without_corruption"
def error_by_corruption(net, images, fractions):
    return torch.tensor([float(((autoencoder_corrupt(images, p) - images) ** 2).mean()) for p in fractions])


# %% name="reconstruction compared with the clean reconstruction" dies="test_loss_without_corruption"
def error_by_corruption(net, images, fractions):
    return torch.tensor([float(((net(autoencoder_corrupt(images, p)) - net(images)) ** 2).mean()) for p in fractions])


# %% name="trains on the corrupted images" dies="test_loss_against_corruption_changes_nothing"
def error_by_corruption(net, images, fractions):
    losses = []
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for p in fractions:
        loss = ((net(autoencoder_corrupt(images, p)) - images) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    return torch.tensor(losses)


# %% name="root of the error" dies="test_loss_without_corruption"
def error_by_corruption(net, images, fractions):
    return torch.tensor([float(((net(autoencoder_corrupt(images, p)) - images) ** 2).mean() ** 0.5) for p in fractions])
