# %% name="sum over the classes" dies="test_loss_of_a_guess"
def loss(p, labels):
    return (p - nn.functional.one_hot(labels, p.shape[1])).square().sum(dim=1).mean()


# %% name="cross-entropy" dies="test_loss_of_a_guess"
def loss(p, labels):
    return nn.functional.cross_entropy(p, labels)


# %% name="absolute error" dies="test_loss_of_a_guess"
def loss(p, labels):
    return (p - nn.functional.one_hot(labels, p.shape[1])).abs().mean()


# %% name="only the right class" dies="test_loss_of_a_guess"
def loss(p, labels):
    return (1 - p[torch.arange(len(p)), labels]).square().mean()


# %% name="a root too many" dies="test_loss_of_a_guess"
def loss(p, labels):
    return (p - nn.functional.one_hot(labels, p.shape[1])).square().mean().sqrt()
