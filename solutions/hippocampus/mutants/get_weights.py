# %% name="without lambda" dies="test_weights_of_one_feature"
def get_weights(features, values, lamb=0.001):
    return torch.linalg.pinv(features) @ values


# %% name="lambda always 0.001" dies="test_weights_of_one_feature"
def get_weights(features, values, lamb=0.001):
    k = features.shape[1]
    return torch.inverse(features.T @ features + 0.001 * torch.eye(k)) @ features.T @ values


# %% name="minus lambda" dies="test_weights_of_one_feature"
def get_weights(features, values, lamb=0.001):
    k = features.shape[1]
    return torch.inverse(features.T @ features - lamb * torch.eye(k)) @ features.T @ values


# %% name="lambda squared" dies="test_weights_of_random_features"
def get_weights(features, values, lamb=0.001):
    k = features.shape[1]
    return torch.inverse(features.T @ features + lamb**2 * torch.eye(k)) @ features.T @ values


# %% name="constant column added" dies="test_weights_of_one_feature"
def get_weights(features, values, lamb=0.001):
    F = torch.cat([features, torch.ones(len(features), 1)], dim=1)
    return torch.inverse(F.T @ F + lamb * torch.eye(F.shape[1])) @ F.T @ values


# %% name="transposed" dies="test_weights_of_random_features"
def get_weights(features, values, lamb=0.001):
    k = features.shape[1]
    return (torch.inverse(features.T @ features + lamb * torch.eye(k)) @ features.T @ values).T


# %% name="features and values exchanged" dies="test_weights_of_one_feature"
def get_weights(features, values, lamb=0.001):
    m = values.shape[1]
    return torch.inverse(values.T @ values + lamb * torch.eye(m)) @ values.T @ features


# %% name="not inverted" dies="test_weights_of_random_features"
def get_weights(features, values, lamb=0.001):
    return features.T @ values / (len(features) + lamb)


# %% name="three features hard-coded" dies="test_weights_of_one_feature"
def get_weights(features, values, lamb=0.001):
    return torch.inverse(features.T @ features + lamb * torch.eye(3)) @ features.T @ values if features.shape[1] >= 3 else torch.inverse(features.T @ features + torch.eye(features.shape[1])) @ features.T @ values


# %% name="mean over trials, lambda then weighs more" dies="test_weights_of_one_feature"
def get_weights(features, values, lamb=0.001):
    n, k = features.shape
    return torch.inverse(features.T @ features / n + lamb * torch.eye(k)) @ features.T @ values / n
