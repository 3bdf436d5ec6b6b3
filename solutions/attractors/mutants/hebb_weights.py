# %% name="diagonal left in" dies="test_hebb_of_two_small_patterns"
def hebb_weights(patterns):
    return patterns.T @ patterns / patterns.shape[1]


# %% name="divided by the number of patterns" dies="test_hebb_of_one_pattern"
def hebb_weights(patterns):
    weights = patterns.T @ patterns / patterns.shape[0]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="not divided at all" dies="test_hebb_of_two_small_patterns"
def hebb_weights(patterns):
    weights = patterns.T @ patterns
    return weights - torch.diag(torch.diagonal(weights))


# %% name="products of patterns instead of units" dies="test_hebb_of_two_small_patterns"
def hebb_weights(patterns):
    weights = patterns @ patterns.T / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="only the first pattern" dies="test_hebb_of_two_small_patterns"
def hebb_weights(patterns):
    weights = torch.outer(patterns[0], patterns[0]) / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="negative sign" dies="test_hebb_of_two_small_patterns"
def hebb_weights(patterns):
    weights = -patterns.T @ patterns / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="centred patterns" dies="test_hebb_of_one_pattern"
def hebb_weights(patterns):
    x = patterns - patterns.mean()
    weights = x.T @ x / patterns.shape[1]
    return weights - torch.diag(torch.diagonal(weights))


# %% name="divided by 100" dies="test_hebb_of_two_small_patterns"
def hebb_weights(patterns):
    weights = patterns.T @ patterns / 100
    return weights - torch.diag(torch.diagonal(weights))
