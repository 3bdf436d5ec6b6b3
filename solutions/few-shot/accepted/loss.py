# %% name="mse_loss"
def loss(p, labels):
    return nn.functional.mse_loss(p, nn.functional.one_hot(labels, p.shape[1]).float())


# %% name="a formula"
def loss(p, labels):
    own = p[torch.arange(len(p)), labels]
    return float(((p**2).sum(1) - 2 * own + 1).mean() / p.shape[1])


# %% name="loops"
def loss(p, labels):
    total = 0.0
    for row, label in zip(p.tolist(), labels.tolist()):
        for c, value in enumerate(row):
            total += (value - (c == label)) ** 2
    return total / p.numel()
