# %% name="factors exchanged" dies="test_values_of_two_features"
def evaluate(weights, features):
    return weights @ features


# %% name="element by element" dies="test_values_of_two_features"
def evaluate(weights, features):
    return features * weights.T


# %% name="squashed by a sigmoid" dies="test_values_of_two_features"
def evaluate(weights, features):
    return torch.sigmoid(features @ weights)


# %% name="cut to 0 and 1" dies="test_values_of_two_features"
def evaluate(weights, features):
    return (features @ weights).clamp(0, 1)


# %% name="averaged over features" dies="test_values_of_two_features"
def evaluate(weights, features):
    return features @ weights / features.shape[1]


# %% name="averaged over trials" dies="test_values_of_two_features"
def evaluate(weights, features):
    return (features @ weights).mean(dim=0)


# %% name="only the first output" dies="test_values_of_random_features"
def evaluate(weights, features):
    return features @ weights[:, :1]


# %% name="values transposed" dies="test_values_of_two_features"
def evaluate(weights, features):
    return (features @ weights).T


# %% name="absolute values" dies="test_values_of_random_features"
def evaluate(weights, features):
    return (features @ weights).abs()


# %% name="features centred" dies="test_values_of_two_features"
def evaluate(weights, features):
    return (features - features.mean(dim=0)) @ weights
