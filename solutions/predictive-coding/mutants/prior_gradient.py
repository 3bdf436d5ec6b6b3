# %% name="exponentials one by one" dies="test_a_far_cause_is_pulled_to_the_nearest_prototype"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    weights = torch.exp(-(d**2).sum(dim=2) / (2 * sigma**2))
    r = weights / weights.sum(dim=1, keepdim=True)
    return -(r[:, :, None] * d).sum(dim=1) / (2 * sigma**2)


# %% name="a tiny number against division by 0" dies="test_a_far_cause_is_pulled_to_the_nearest_prototype"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    weights = torch.exp(-(d**2).sum(dim=2) / (2 * sigma**2)) + 1e-30
    r = weights / weights.sum(dim=1, keepdim=True)
    return -(r[:, :, None] * d).sum(dim=1) / (2 * sigma**2)


# %% name="the whole gradient" dies="test_one_prototype_pulls"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    r = torch.softmax(-(d**2).sum(dim=2) / (2 * sigma**2), dim=1)
    return -(r[:, :, None] * d).sum(dim=1) / sigma**2


# %% name="away from prototypes" dies="test_one_prototype_pulls"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    r = torch.softmax(-(d**2).sum(dim=2) / (2 * sigma**2), dim=1)
    return (r[:, :, None] * d).sum(dim=1) / (2 * sigma**2)


# %% name="shares without the 2" dies="test_half_the_gradient_of_the_log_density"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    r = torch.softmax(-(d**2).sum(dim=2) / sigma**2, dim=1)
    return -(r[:, :, None] * d).sum(dim=1) / (2 * sigma**2)


# %% name="shares of distances, not of squares" dies="test_half_the_gradient_of_the_log_density"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    r = torch.softmax(-d.norm(dim=2) / (2 * sigma**2), dim=1)
    return -(r[:, :, None] * d).sum(dim=1) / (2 * sigma**2)


# %% name="only the nearest prototype" dies="test_half_the_gradient_of_the_log_density"
def prior_gradient(c, prototypes, sigma):
    nearest = prototypes[torch.cdist(c, prototypes).argmin(dim=1)]
    return (nearest - c) / (2 * sigma**2)


# %% name="shares over causes, not over prototypes" dies="test_half_the_gradient_of_the_log_density"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    r = torch.softmax(-(d**2).sum(dim=2) / (2 * sigma**2), dim=0)
    return -(r[:, :, None] * d).sum(dim=1) / (2 * sigma**2)


# %% name="a mean over prototypes, without shares" dies="test_half_the_gradient_of_the_log_density"
def prior_gradient(c, prototypes, sigma):
    return -(c[:, None, :] - prototypes[None, :, :]).mean(dim=1) / (2 * sigma**2)


# %% name="not divided by the width" dies="test_one_prototype_pulls"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    r = torch.softmax(-(d**2).sum(dim=2) / (2 * sigma**2), dim=1)
    return -(r[:, :, None] * d).sum(dim=1)


# %% name="changes the causes" dies="test_causes_are_left_alone"
def prior_gradient(c, prototypes, sigma):
    d = c[:, None, :] - prototypes[None, :, :]
    r = torch.softmax(-(d**2).sum(dim=2) / (2 * sigma**2), dim=1)
    c -= (r[:, :, None] * prototypes).sum(dim=1)
    return -c / (2 * sigma**2)
